import fc from "fast-check";
import t from "tap";
import { environmentFor } from "../../src/commands/environment.js";
import { ACCOUNT, TOKEN } from "../support/emulator.js";

const URL = "http://127.0.0.1:4010";
const FILES = { extra: "/f/ca.pem", bundle: "/f/bundle.pem", trustStore: "/f/trust-store.p12", phpFolder: "/f/php" };
const LOCAL = "localhost,127.0.0.1,::1,host.docker.internal";
const account = { sid: ACCOUNT, authToken: TOKEN };

function variables(env: Record<string, string>, url = URL, files = FILES) {
  const notices: string[] = [];
  const set = environmentFor(env, { url, account }, files, (line) => notices.push(line));
  return { set, notices };
}

t.test("empty environment: all variables, no notice", async (t) => {
  const { set, notices } = variables({});
  t.same(set, {
    TWILIO_EMULATOR_URL: URL,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    HTTP_PROXY: URL,
    HTTPS_PROXY: URL,
    http_proxy: URL,
    https_proxy: URL,
    NO_PROXY: LOCAL,
    no_proxy: LOCAL,
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: FILES.extra,
    SSL_CERT_FILE: FILES.bundle,
    REQUESTS_CA_BUNDLE: FILES.bundle,
    CURL_CA_BUNDLE: FILES.bundle,
    PHP_INI_SCAN_DIR: ":/f/php",
    JAVA_TOOL_OPTIONS:
      "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4010 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4010 " +
      "-Dhttp.nonProxyHosts=localhost|127.0.0.1|[::1]|host.docker.internal|*.host.docker.internal " +
      "-Djavax.net.ssl.trustStore=/f/trust-store.p12 -Djavax.net.ssl.trustStoreType=PKCS12",
  });
  t.same(notices, []);
});

t.test("environment of an emulator at the same address: the same again, no notice", async (t) => {
  const { set } = variables({ JAVA_TOOL_OPTIONS: "-Xmx1g", PHP_INI_SCAN_DIR: "/mine" });
  t.same(variables(set), { set, notices: [] });
});

t.test("account without a known token: credentials of the user remain", async (t) => {
  const set = environmentFor({}, { url: URL, account: undefined }, FILES, t.fail);
  t.notOk(Object.keys(set).some((name) => /SID|TOKEN/.test(name)));
});

t.test("NO_PROXY of the user: kept, without entries that lead past the emulator", async (t) => {
  const { set, notices } = variables({
    NO_PROXY: "db.example, 10.0.0.0/8,*,.twilio.com",
    no_proxy: "db.example api.ie1.twilio.com:443,.com,[fd00::1]:80,.svc",
  });
  t.equal(set.NO_PROXY, `db.example,10.0.0.0/8,[fd00::1]:80,.svc,${LOCAL}`);
  t.equal(set.no_proxy, set.NO_PROXY);
  t.match(set.JAVA_TOOL_OPTIONS, "=db.example|*.db.example|[fd00::1]|svc|*.svc|localhost|");
  t.same(notices, [
    "NO_PROXY without *, .twilio.com, api.ie1.twilio.com:443, .com: requests to Twilio's API would not reach the emulator",
  ]);
});

t.test("NO_PROXY of any words: no entry covers Twilio's API by its end", async () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("*", ".com", "TWILIO.com", "m", "*.api.twilio.com", "::1"));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const entries = (variables({ NO_PROXY: words.join(",") }).set.NO_PROXY as string).split(",");
      return entries.every((entry) => !"api.twilio.com".endsWith(entry.toLowerCase().replace(/^\*?\.?/, "")));
    }),
  );
});

t.test("proxy of the user: replaced, with a notice that does not print it", async (t) => {
  const { notices } = variables({ HTTPS_PROXY: "http://me:secret@proxy.example:3128", http_proxy: "" });
  t.same(notices, ["HTTPS_PROXY replaced by the emulator: --tunnel-others connects to other hosts directly"]);
});

t.test("emulator at an IPv6 address or another name: NO_PROXY has it, Java's host has no brackets", async (t) => {
  const six = variables({}, "http://[fd00::2]:4010").set;
  t.equal(six.NO_PROXY, `${LOCAL},fd00::2`);
  t.match(six.JAVA_TOOL_OPTIONS, "-Dhttps.proxyHost=fd00::2 ");
  t.equal(variables({}, "http://emulator:4010").set.NO_PROXY, `${LOCAL},emulator`);
});

t.test("PHP_INI_SCAN_DIR: the user's folders first; empty: no folder of PHP", async (t) => {
  t.equal(variables({ PHP_INI_SCAN_DIR: "/a:" }).set.PHP_INI_SCAN_DIR, "/a::/f/php");
  t.equal(variables({ PHP_INI_SCAN_DIR: "" }).set.PHP_INI_SCAN_DIR, "/f/php");
});

t.test("path with a space: quoted for Java", async (t) => {
  const { set } = variables({}, URL, { ...FILES, trustStore: "/my files/x.p12" });
  t.match(set.JAVA_TOOL_OPTIONS, ' "-Djavax.net.ssl.trustStore=/my files/x.p12" ');
});
