import { act } from "./actions.js";
import { call } from "./api.js";
import { Chip, Section } from "./parts.js";
import { useResource } from "./use-resource.js";
import type { CallbackFaultView } from "./views.js";

const FAULTS = ["drop", "delay", "duplicate", "reorder", "bad-signature"] as const;

/** The armed faults of callbacks. */
export function CallbackFaults({ account }: { account: string | undefined }) {
  const query = { account };
  const { data } = useResource<{ faults: CallbackFaultView[] }>("/callback-faults", ["faults", "callbacks"], query);
  return (
    <Section title="Of callbacks" note="each strikes the next callback">
      <div class="buttons">
        {FAULTS.map((fault) => (
          <button
            key={fault}
            type="button"
            onClick={() =>
              act(() => call("POST", "/callback-faults", { query, body: { fault } }), {
                topics: ["faults"],
                done: "Armed a fault of callbacks.",
              })
            }
          >
            {fault}
          </button>
        ))}
        <button
          type="button"
          disabled={data === undefined || data.faults.length === 0}
          onClick={() => act(() => call("DELETE", "/callback-faults", { query }), { topics: ["faults"] })}
        >
          Remove all
        </button>
      </div>
      <ul class="plain-list">
        {data?.faults.map(({ id, fault, event, times, struck }) => (
          <li key={id} class="line">
            <Chip text={id} tone="warn" />
            <span class="grow">
              <b>{fault}</b> {event}
            </span>
            <span class="counts">
              struck {struck}, {times} to go
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
