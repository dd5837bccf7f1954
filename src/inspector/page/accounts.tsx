import { useState } from "preact/hooks";
import { act, succeeds } from "./actions.js";
import { call } from "./api.js";
import { Secret, Sid } from "./copy.js";
import { Field, FormButton, filled, Select } from "./dialog.js";
import { Chip, Fields, Section } from "./parts.js";
import { currentRoute, goTo, useRoute } from "./route.js";
import { useResource } from "./use-resource.js";
import type { AccountView, CreatedAccount } from "./views.js";

/** The accounts: each has recordings, calls, a clock, faults and logs of its own. */
export function Accounts() {
  const { account } = useRoute();
  const { data } = useResource<{ accounts: AccountView[] }>("/accounts", ["accounts"]);
  const [created, setCreated] = useState<CreatedAccount | undefined>();
  async function create(form: FormData): Promise<boolean> {
    const made = await act(() => call<CreatedAccount>("POST", "/accounts", { body: filled(form) }), {
      topics: ["accounts"],
      done: "Created an account.",
    });
    setCreated(made);
    return made !== undefined;
  }
  return (
    <div class="sheet">
      <h2>Accounts</h2>
      <p class="muted">Each has recordings, calls, a clock, faults, snapshots and logs of its own.</p>
      <div class="buttons">
        <FormButton label="New account" title="New account" submit="Create" onSubmit={create}>
          <Field label="Name">
            <input name="friendly_name" placeholder="its SID" />
          </Field>
          <Field label="Recordings">
            <Select name="recordings" values={["default", "none"]} value="default" />
          </Field>
          <Field label="Parent, which makes it a subaccount">
            <Select name="owner_account_sid" values={parentsIn(data?.accounts)} omitted="none" />
          </Field>
        </FormButton>
        {account !== undefined && (
          <button type="button" onClick={() => goTo({ account: undefined })}>
            Show all accounts
          </button>
        )}
      </div>
      {created && <Created account={created} />}
      <ul class="plain-list">
        {data?.accounts.map(({ sid, friendly_name, owner_account_sid }) => (
          <li key={sid} class="line">
            <span class="grow">
              <b>{friendly_name}</b> {owner_account_sid !== null && <span class="muted">subaccount</span>}
              <br />
              <Sid value={sid} />
            </span>
            {sid === account ? (
              <Chip text="shown" tone="info" />
            ) : (
              <button type="button" aria-label={`Switch to ${friendly_name}`} onClick={() => goTo({ account: sid })}>
                Switch
              </button>
            )}
            <RemoveAccount sid={sid} name={friendly_name} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function parentsIn(accounts: readonly AccountView[] = []): string[] {
  return accounts.filter(({ owner_account_sid }) => owner_account_sid === null).map(({ sid }) => sid);
}

function Created({ account: { sid, auth_token, keys } }: { account: CreatedAccount }) {
  const [key] = keys;
  return (
    <Section title="The new account">
      <Fields
        of={[
          ["Account", <Sid value={sid} />],
          ["Auth token", <Secret name="auth token" value={auth_token} />],
          ["API key", key && <Sid value={key.sid} />],
          ["API secret", key && <Secret name="API secret" value={key.secret} />],
        ]}
      />
    </Section>
  );
}

function RemoveAccount({ sid, name }: { sid: string; name: string }) {
  return (
    <FormButton
      label="Remove"
      title={`Remove ${name}?`}
      submit="Remove"
      danger
      onSubmit={async () => {
        const work = () => call("DELETE", `/accounts/${sid}`);
        // Its lists are not read again while it goes.
        if (currentRoute().account === sid) goTo({ account: undefined });
        return await succeeds(work, { topics: "all", done: `Removed ${name}.` });
      }}
    >
      <p>Its resources, subaccounts, snapshots, clock, faults and logs go with it.</p>
    </FormButton>
  );
}
