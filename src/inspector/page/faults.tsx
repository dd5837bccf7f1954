import { act } from "./actions.js";
import { call } from "./api.js";
import { CallbackFaults } from "./callback-faults.js";
import { Field, FormButton, filled } from "./dialog.js";
import { Chip, Section } from "./parts.js";
import { useRoute } from "./route.js";
import { useResource } from "./use-resource.js";
import type { FaultSpec, FaultView } from "./views.js";

/** The usual stories. */
const STORIES: readonly (readonly [name: string, text: string, fault: FaultSpec])[] = [
  ["Burst of 429", "The next 5 requests get 20429 with Retry-After: 1", { error: 20429, retry_after: 1, times: 5 }],
  ["503", "The next 3 requests get 20503", { error: 20503, times: 3 }],
  ["Slow", "The next 10 answers take 2 to 5 seconds", { delay: [2000, 5000], times: 10 }],
  ["Dropped connection", "The next answer ends in its middle", { drop: "middle", times: 1 }],
  ["Media 404", "The next download gets 20404", { operation: "FetchRecordingMedia", error: 20404, times: 1 }],
];

/** The armed faults of requests and of callbacks. */
export function Faults() {
  const { account } = useRoute();
  const query = { account };
  const { data } = useResource<{ faults: FaultView[] }>("/faults", ["faults", "requests"], query);
  const arm = (body: unknown) =>
    act(() => call("POST", "/faults", { query, body }), { topics: ["faults"], done: "Armed a fault." });
  async function armText(form: FormData): Promise<boolean> {
    const fault = await act(async () => JSON.parse(filled(form).fault ?? ""), { topics: [] });
    return fault !== undefined && (await arm(fault)) !== undefined;
  }
  return (
    <div class="sheet">
      <h2>Faults</h2>
      <p class="muted">
        A fault changes the next matching requests{account === undefined ? " of any account" : " of this account"}.
      </p>
      <div class="stories">
        {STORIES.map(([name, text, fault]) => (
          <button key={name} type="button" class="story" onClick={() => arm(fault)}>
            <b>{name}</b>
            <span class="muted">{text}</span>
          </button>
        ))}
      </div>
      <Section title="Armed">
        {data?.faults.length === 0 && <p class="muted">No fault is armed.</p>}
        <ul class="plain-list">
          {data?.faults.map(({ id, seen, struck, account: limited, ...fault }) => (
            <li key={id} class="line">
              <Chip text={id} tone="warn" />
              <code class="mono grow">{JSON.stringify(fault)}</code>
              {limited !== undefined && <span class="mono muted">{limited.slice(0, 8)}…</span>}
              <span class="counts">
                struck {struck} of {seen}
              </span>
              <button
                type="button"
                class="small"
                aria-label={`Remove the fault ${id}`}
                onClick={() => act(() => call("DELETE", `/faults/${id}`), { topics: ["faults"] })}
              >
                Remove
              </button>
            </li>
          ))}
        </ul>
        <div class="buttons">
          <FormButton label="Arm another" title="Arm a fault" submit="Arm" onSubmit={armText}>
            <p class="muted">
              One of error, delay, drop and body; with times, after, probability, and method, operation, sid or path.
            </p>
            <Field label="The fault, as JSON">
              <textarea
                name="fault"
                class="mono"
                rows={6}
                spellcheck={false}
                defaultValue={'{\n  "error": 20404,\n  "operation": "FetchRecording",\n  "times": 1\n}'}
              />
            </Field>
          </FormButton>
          <button
            type="button"
            disabled={data === undefined || data.faults.length === 0}
            onClick={() => act(() => call("DELETE", "/faults", { query }), { topics: ["faults"] })}
          >
            Remove all
          </button>
        </div>
      </Section>
      <CallbackFaults account={account} />
    </div>
  );
}
