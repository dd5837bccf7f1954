import { useMemo } from "preact/hooks";
import { act, say } from "./actions.js";
import { call } from "./api.js";
import { Connect } from "./connect.js";
import { Failure } from "./failure.js";
import { count, durationOf, shortPath, timeOf } from "./format.js";
import { FilterField, Split, Toolbar } from "./pane.js";
import { Chip, Empty, HttpStatus } from "./parts.js";
import { RequestDetails } from "./request-details.js";
import { requestFilter } from "./request-filter.js";
import { goTo, useRoute } from "./route.js";
import { saveFile } from "./save-file.js";
import { useLog } from "./use-log.js";
import type { Har, RequestView } from "./views.js";
import { VirtualList } from "./virtual-list.js";

const READ = {
  entries: ({ requests }: { requests: RequestView[] }) => requests,
  from: ({ requests }: { requests: RequestView[] }) => requests,
  keyOf: ({ number }: RequestView) => String(number),
  account: ({ account }: RequestView) => account,
};

/** The requests that came, live. */
export function Requests() {
  const { account, id, filters } = useRoute();
  const { q = "" } = filters;
  const { entries, error } = useLog<RequestView, { requests: RequestView[] }>("/requests", account, "requests", READ);
  const shown = useMemo(() => entries?.filter(requestFilter(q)), [entries, q]);

  if (error !== undefined && entries === undefined) return <Failure error={error} />;
  if (entries === undefined || shown === undefined) return null;
  if (entries.length === 0) return <Connect isFirstUse />;
  const open = entries.find(({ number }) => String(number) === id);
  return (
    <>
      <Toolbar>
        <FilterField
          label="Filter requests"
          hint="Filter: status:404  op:FetchRecording  sid:RE…  -method:GET"
          value={q}
          onInput={(text) => goTo({ filters: { q: text } }, { replace: true })}
        />
        <span class="muted counts">
          {shown.length === entries.length
            ? count(entries.length, "request")
            : `${shown.length.toLocaleString("en")} of ${count(entries.length, "request")}`}
        </span>
        <button type="button" disabled={shown.length === 0} onClick={() => exportHar(shown, account)}>
          Export HAR
        </button>
        <button
          type="button"
          onClick={() => act(() => call("DELETE", "/requests", { query: { account } }), { topics: ["requests"] })}
        >
          Clear
        </button>
      </Toolbar>
      <Split
        list={
          shown.length === 0 ? (
            <Empty text="No request matches the filter.">
              <button type="button" onClick={() => goTo({ filters: {} })}>
                Remove the filter
              </button>
            </Empty>
          ) : (
            <VirtualList
              label="Requests"
              columns={account === undefined ? "columns-requests columns-all" : "columns-requests"}
              header={<Header isOfAll={account === undefined} />}
              items={shown}
              keyOf={READ.keyOf}
              selected={id}
              onSelect={(key) => goTo({ id: key }, { replace: id !== undefined })}
              renderRow={(request) => <Row request={request} isOfAll={account === undefined} />}
            />
          )
        }
        details={id === undefined ? undefined : <RequestDetails key={id} number={id} known={open} />}
      />
    </>
  );
}

function Header({ isOfAll }: { isOfAll: boolean }) {
  return (
    <>
      <span>Status</span>
      <span>Method</span>
      <span>Operation and path</span>
      <span class="wide">Code</span>
      {isOfAll && <span class="wide">Account</span>}
      <span class="wide end">Duration</span>
      <span class="wide end">Time (UTC)</span>
    </>
  );
}

function Row({ request, isOfAll }: { request: RequestView; isOfAll: boolean }) {
  const { status, method, operation, path, query, code, account, duration, time, fault } = request;
  return (
    <>
      <HttpStatus status={status} />
      <span class="mono">{method}</span>
      <span class="operation" title={query === "" ? path : `${path}?${query}`}>
        {fault !== null && <Chip text="fault" tone="warn" />}
        {operation !== null && <b>{operation}</b>}
        <span class="mono muted path">
          <bdi>{shortPath(path)}</bdi>
        </span>
      </span>
      <span class="wide mono">{code}</span>
      {isOfAll && (
        <span class="wide mono muted cell" title={account ?? ""}>
          {account === null ? "none" : `${account.slice(0, 8)}…`}
        </span>
      )}
      <span class="wide end">{durationOf(duration)}</span>
      <span class="wide end muted" title={time}>
        {timeOf(time)}
      </span>
    </>
  );
}

async function exportHar(shown: readonly RequestView[], account: string | undefined): Promise<void> {
  const har = await act(() => call<Har>("GET", "/requests/har", { query: { account } }), { topics: [] });
  if (har === undefined) return;
  const numbers = new Set(shown.map(({ number }) => number));
  const entries = har.log.entries.filter(({ _number }) => numbers.has(_number));
  saveFile("requests.har", JSON.stringify({ log: { ...har.log, entries } }, null, 2));
  say(`Exported ${count(entries.length, "request")}.`);
}
