import { act, succeeds } from "./actions.js";
import { call } from "./api.js";
import { FormButton, filled } from "./dialog.js";
import { dateTimeOf } from "./format.js";
import { Section } from "./parts.js";
import { useRoute } from "./route.js";
import { useResource } from "./use-resource.js";
import type { Snapshot } from "./views.js";

/** Snapshots, and the reset. */
export function Snapshots() {
  const { account } = useRoute();
  const query = { account };
  const { data } = useResource<{ snapshots: Snapshot[] }>("/snapshots", ["snapshots"], query);
  const pathOf = (name: string) => `/snapshots/${encodeURIComponent(name)}`;
  const whose = account === undefined ? "of all accounts" : "of this account";
  return (
    <div class="sheet">
      <h2>Snapshots</h2>
      <p class="muted">A snapshot keeps rows and clocks {whose}.</p>
      <form
        class="line"
        onSubmit={async (event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const { name = "" } = filled(new FormData(form));
          const work = () => call("PUT", pathOf(name), { query });
          if (await succeeds(work, { topics: ["snapshots"], done: `Saved ${name}.` })) form.reset();
        }}
      >
        <input
          name="name"
          required
          aria-label="Name of the snapshot"
          placeholder="name"
          pattern="[A-Za-z0-9_.\-]{1,64}"
        />
        <button type="submit" class="primary">
          Save
        </button>
      </form>
      {data?.snapshots.length === 0 && <p class="muted">No snapshot yet.</p>}
      <ul class="plain-list">
        {data?.snapshots.map(({ name, saved_at }) => (
          <li key={name} class="line">
            <b class="grow">{name}</b>
            <span class="muted">{dateTimeOf(saved_at)}</span>
            <FormButton
              label="Restore"
              title={`Restore ${name}?`}
              submit="Restore"
              onSubmit={() => replaced(() => call("POST", `${pathOf(name)}/restore`, { query }), `Restored ${name}.`)}
            >
              <p>Rows and clocks {whose} become as they were.</p>
            </FormButton>
            <button
              type="button"
              aria-label={`Remove the snapshot ${name}`}
              onClick={() => act(() => call("DELETE", pathOf(name), { query }), { topics: ["snapshots"] })}
            >
              Remove
            </button>
          </li>
        ))}
      </ul>
      <Section title="Reset">
        <p class="muted">Rows, clock, faults, logs and random numbers {whose}. Snapshots remain.</p>
        <div class="buttons">
          {(["seeded", "empty"] as const).map((to) => (
            <FormButton
              key={to}
              label={to === "seeded" ? "Reset to the seeded state" : "Reset to empty"}
              title={to === "seeded" ? "Reset to the seeded state?" : "Reset to empty accounts?"}
              submit="Reset"
              danger
              onSubmit={() => replaced(() => call("POST", "/reset", { query, body: { to } }), "Reset.")}
            >
              <p>Everything that came since is gone, except what snapshots keep.</p>
            </FormButton>
          ))}
        </div>
      </Section>
    </div>
  );
}

/** Everything may have changed after it. */
const replaced = (work: () => Promise<unknown>, done: string) => succeeds(work, { topics: "all", done });
