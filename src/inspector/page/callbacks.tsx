import { act } from "./actions.js";
import { call } from "./api.js";
import { CallbackDetails } from "./callback-details.js";
import { Failure } from "./failure.js";
import { count, timeOf } from "./format.js";
import { Choices, FilterField, Split, Toolbar } from "./pane.js";
import { Chip, Empty } from "./parts.js";
import { goTo, useRoute } from "./route.js";
import { useLog } from "./use-log.js";
import { useResource } from "./use-resource.js";
import type { AccountView, CallbackView } from "./views.js";
import { VirtualList } from "./virtual-list.js";

const STATES = ["pending", "delivered", "failed", "refused", "dropped"] as const;
const READ = {
  entries: ({ callbacks }: { callbacks: CallbackView[] }) => callbacks,
  from: ({ callbacks }: { callbacks: CallbackView[] }) => callbacks,
  keyOf: ({ id }: CallbackView) => id,
  account: ({ account }: CallbackView) => account,
};

/** The callbacks that were sent, live. */
export function Callbacks() {
  const { account, id, filters } = useRoute();
  const { q = "", state = "" } = filters;
  const { entries, error } = useLog<CallbackView, { callbacks: CallbackView[] }>(
    "/callbacks",
    account,
    "callbacks",
    READ,
  );
  const words = q.toLowerCase().split(/\s+/);
  const shown = entries?.filter((entry) => {
    const text = `${entry.event} ${entry.sid} ${entry.url}`.toLowerCase();
    return (state === "" || entry.state === state) && words.every((word) => text.includes(word));
  });
  if (error !== undefined && entries === undefined) return <Failure error={error} />;
  if (entries === undefined || shown === undefined) return null;
  return (
    <>
      <Toolbar>
        <FilterField
          label="Filter callbacks"
          hint="Event, SID or URL"
          value={q}
          onInput={(text) => goTo({ filters: { ...filters, q: text } }, { replace: true })}
        />
        <Choices
          label="State"
          values={STATES}
          value={state}
          onChange={(one) => goTo({ filters: { ...filters, state: one } }, { replace: true })}
        />
        <span class="muted counts">{count(shown.length, "callback")}</span>
        <Pausing account={account} />
        <button
          type="button"
          onClick={() => act(() => call("DELETE", "/callbacks", { query: { account } }), { topics: ["callbacks"] })}
        >
          Clear
        </button>
      </Toolbar>
      <Split
        list={
          shown.length === 0 ? (
            <None isFiltered={entries.length > 0} />
          ) : (
            <VirtualList
              label="Callbacks"
              columns="columns-callbacks"
              header={<Header />}
              items={shown}
              keyOf={READ.keyOf}
              selected={id}
              onSelect={(key) => goTo({ id: key }, { replace: id !== undefined })}
              renderRow={(callback) => <Row callback={callback} />}
            />
          )
        }
        details={
          id === undefined ? undefined : (
            <CallbackDetails key={id} id={id} callback={entries.find((entry) => entry.id === id)} />
          )
        }
      />
    </>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty text="No callback matches.">
        <button type="button" onClick={() => goTo({ filters: {} })}>
          Remove the filters
        </button>
      </Empty>
    );
  }
  return <Empty text="No callback was sent yet. A recording, call or conference with a status callback sends them." />;
}

function Header() {
  return (
    <>
      <span>State</span>
      <span>Event</span>
      <span class="wide">URL</span>
      <span class="wide end">Attempts</span>
      <span class="wide end">Answer</span>
      <span class="wide end">Time (UTC)</span>
    </>
  );
}

function Row({ callback: { state, event, url, attempts, created_at } }: { callback: CallbackView }) {
  return (
    <>
      <Chip text={state} />
      <b class="cell">{event}</b>
      <span class="wide mono muted cell">{url}</span>
      <span class="wide end">{attempts.length}</span>
      <span class="wide end">{attempts.at(-1)?.status ?? "–"}</span>
      <span class="wide end muted" title={created_at}>
        {timeOf(created_at, false)}
      </span>
    </>
  );
}

/** Holds the callbacks of the account back; of all accounts, one after the other. */
function Pausing({ account }: { account: string | undefined }) {
  const log = useResource<{ paused?: boolean | null }>("/callbacks", ["callbacks"], { account, since: "~" });
  const accounts = useResource<{ accounts: AccountView[] }>("/accounts", ["accounts"]);
  const sids = account === undefined ? accounts.data?.accounts.map(({ sid }) => sid) : [account];
  const paused = log.data?.paused ?? null;
  const all = (name: "pause" | "release", done: string) =>
    act(
      async () => {
        for (const sid of sids ?? []) await call("POST", `/callbacks/${name}`, { query: { account: sid } });
      },
      { topics: ["callbacks"], done },
    );
  const where = account === undefined ? " of all accounts" : "";
  return (
    <>
      {paused !== true && (
        <button type="button" onClick={() => all("pause", `Callbacks${where} are held back.`)}>
          Pause all
        </button>
      )}
      {paused !== false && (
        <button type="button" onClick={() => all("release", `Callbacks${where} are sent.`)}>
          Release
        </button>
      )}
    </>
  );
}
