import { useState } from "preact/hooks";
import { CopyButton, Secret, Sid } from "./copy.js";
import { useRoute } from "./route.js";
import { useResource } from "./use-resource.js";
import type { AccountDetail, AccountView } from "./views.js";

const MASK = "•".repeat(12);

/** How to connect a client with this emulator: its real address, account and token. */
export function Connect({ isFirstUse = false }: { isFirstUse?: boolean }) {
  const { account } = useRoute();
  const accounts = useResource<{ accounts: AccountView[] }>("/accounts", ["accounts"]);
  const main = accounts.data?.accounts.find(({ owner_account_sid }) => owner_account_sid === null)?.sid;
  const sid = account ?? main;
  const path = sid === undefined ? undefined : `/accounts/${sid}`;
  const credentials = useResource<AccountDetail>(path, ["accounts"]);
  const [isShown, show] = useState(false);
  if (sid === undefined) return null;
  const token = credentials.data?.auth_token ?? undefined;
  const ways = waysTo(location.origin, sid, isShown && token !== undefined ? token : MASK);
  const copies = waysTo(location.origin, sid, token ?? "the auth token");
  return (
    <div class="sheet">
      <h2>{isFirstUse ? "No request came yet" : "Connect a client"}</h2>
      <p>
        {isFirstUse && "Requests show here as they come. "}
        One port serves HTTP, HTTPS and an HTTP proxy. Connect a client in one of three ways.
      </p>
      <dl class="fields">
        <div class="field">
          <dt>Address</dt>
          <dd>
            <Sid value={location.origin} />
          </dd>
        </div>
        <div class="field">
          <dt>Account</dt>
          <dd>
            <Sid value={sid} />
          </dd>
        </div>
        <div class="field">
          <dt>Auth token</dt>
          <dd>
            {token === undefined ? (
              <span class="muted">
                {credentials.data && "the one given at start, such as TWILIO_AUTH_TOKEN; the emulator does not show it"}
              </span>
            ) : (
              <Secret name="auth token" value={token} />
            )}
          </dd>
        </div>
      </dl>
      {ways.map(({ title, text, code }, index) => (
        <section key={title} class="section">
          <h3>
            {index + 1}. {title}
          </h3>
          <p>{text}</p>
          <div class="snippet">
            <pre class="code">{code}</pre>
            <CopyButton text={copies[index]?.code ?? code} what={`the snippet ${index + 1}`} />
          </div>
        </section>
      ))}
      {token !== undefined && (
        <button type="button" onClick={() => show(!isShown)}>
          {isShown ? "Hide the token" : "Show the token in the snippets"}
        </button>
      )}
    </div>
  );
}

function waysTo(origin: string, sid: string, token: string) {
  const { hostname, port } = new URL(origin);
  const credentials = `export TWILIO_ACCOUNT_SID=${sid} TWILIO_AUTH_TOKEN=${token}`;
  return [
    {
      title: "A base URL",
      text: "For clients that have a setting for it, such as Twilio's for Node.js.",
      code: `const client = twilio("${sid}", "${token}");\nclient.api.baseUrl = "${origin}";`,
    },
    {
      title: "A proxy",
      text: "The program stays as it is: the emulator is its proxy, and its certificate authority is trusted.",
      code: [
        `curl ${origin}/_emulator/ca.pem > ca.pem`,
        credentials,
        `HTTP_PROXY=${origin} NODE_EXTRA_CA_CERTS=ca.pem node program.js`,
      ].join("\n"),
    },
    {
      title: "The name api.twilio.com",
      text: "The name resolves to the emulator: in a hosts file, in Docker's network aliases, or in one command.",
      code: [
        `curl ${origin}/_emulator/ca.pem > ca.pem`,
        credentials,
        `curl --connect-to api.twilio.com:443:${hostname}:${port || "443"} --cacert ca.pem \\`,
        `  -u $TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN https://api.twilio.com/2010-04-01/Accounts/${sid}/Recordings.json`,
      ].join("\n"),
    },
  ];
}
