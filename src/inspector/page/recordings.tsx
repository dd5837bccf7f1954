import { act } from "./actions.js";
import { call } from "./api.js";
import { Field, FormButton, filled, Select } from "./dialog.js";
import { Failure } from "./failure.js";
import { count, dateTimeOf, lengthOf } from "./format.js";
import { Choices, FilterField, Split, Toolbar } from "./pane.js";
import { Chip, Empty } from "./parts.js";
import { RecordingDetails } from "./recording-details.js";
import { SOURCES, STATUSES } from "./recording-values.js";
import { goTo, useRoute } from "./route.js";
import { usePages } from "./use-pages.js";
import type { RecordingDetail } from "./views.js";
import { VirtualList } from "./virtual-list.js";

/** The recordings of an account, soft-deleted ones included. */
export function Recordings() {
  const { account, id, filters } = useRoute();
  const { q = "", status = "", source = "", call_sid = "", conference_sid = "" } = filters;
  const change = (changed: Record<string, string>) => goTo({ filters: { ...filters, ...changed } }, { replace: true });
  const query = { account, search: q, status, source, call_sid, conference_sid };
  const { items, error, hasMore, more } = usePages(
    "/recordings",
    ["recordings"],
    query,
    ({ recordings }: { recordings: RecordingDetail[]; next: string | null }) => recordings,
  );
  const isFiltered = Object.values(filters).some((value) => value !== "");
  return (
    <>
      <Toolbar>
        <FilterField
          label="Search recordings"
          hint="RE…, CA… or CF…"
          value={q}
          onInput={(text) => change({ q: text })}
        />
        <Choices label="Status" values={STATUSES} value={status} onChange={(one) => change({ status: one })} />
        <select aria-label="Source" value={source} onChange={(event) => change({ source: event.currentTarget.value })}>
          <option value="">every source</option>
          {SOURCES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        {call_sid !== "" && <Pinned text={`of ${call_sid}`} onRemove={() => change({ call_sid: "" })} />}
        {conference_sid !== "" && (
          <Pinned text={`of ${conference_sid}`} onRemove={() => change({ conference_sid: "" })} />
        )}
        <span class="muted counts">
          {items &&
            `${hasMore ? "the last " : ""}${count(items.length, "recording")}${account === undefined ? " of the main account" : ""}`}
        </span>
        <NewRecording account={account} />
      </Toolbar>
      <Split
        list={
          items === undefined || items.length === 0 ? (
            error ? (
              <Failure error={error} />
            ) : (
              items && <None isFiltered={isFiltered} />
            )
          ) : (
            <VirtualList
              label="Recordings"
              columns="columns-recordings"
              header={<Header />}
              items={items}
              keyOf={({ sid }) => sid}
              selected={id}
              onSelect={(sid) => goTo({ id: sid }, { replace: id !== undefined })}
              renderRow={(recording) => <Row recording={recording} />}
              onEnd={more}
            />
          )
        }
        details={id === undefined ? undefined : <RecordingDetails key={id} sid={id} account={account} />}
      />
    </>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (!isFiltered) return <Empty text="This account has no recordings. Create one, or place a call and record it." />;
  return (
    <Empty text="No recording matches.">
      <button type="button" onClick={() => goTo({ filters: {} })}>
        Remove the filters
      </button>
    </Empty>
  );
}

function Pinned({ text, onRemove }: { text: string; onRemove(): void }) {
  return (
    <button type="button" class="small mono" aria-label={`Remove the filter ${text}`} onClick={onRemove}>
      {text.slice(0, 14)}… ✕
    </button>
  );
}

function Header() {
  return (
    <>
      <span>Status</span>
      <span>SID</span>
      <span class="wide">Source</span>
      <span class="wide end">Length</span>
      <span class="wide">Created (UTC)</span>
    </>
  );
}

function Row({ recording }: { recording: RecordingDetail }) {
  const { detailed_status, sid, source, duration, date_created, days_left, encryption_details, channels } = recording;
  return (
    <>
      <span class="cell">
        <Chip text={detailed_status} />
        {days_left !== null && <span class="muted"> {days_left === 0 ? "gone" : `${days_left} d left`}</span>}
      </span>
      <span class="mono cell">{sid}</span>
      <span class="wide cell">
        {source}
        {channels === 2 && <span class="muted"> · 2 channels</span>}
        {encryption_details !== null && <span class="muted"> · encrypted</span>}
      </span>
      <span class="wide end">{duration === null ? "–" : lengthOf(Number(duration))}</span>
      <span class="wide muted">{dateTimeOf(date_created)}</span>
    </>
  );
}

function NewRecording({ account }: { account: string | undefined }) {
  async function create(form: FormData): Promise<boolean> {
    const { channels, ...given } = filled(form);
    const body = { ...given, ...(channels !== undefined && { channels: Number(channels) }) };
    const created = await act(() => call<{ sid: string }>("POST", "/recordings", { query: { account }, body }), {
      topics: ["recordings"],
      done: "Created a recording.",
    });
    if (created !== undefined) goTo({ id: created.sid });
    return created !== undefined;
  }
  return (
    <FormButton label="New recording" title="New recording" submit="Create" onSubmit={create}>
      <p class="muted">What is left empty follows from the other values.</p>
      <Field label="Status">
        <Select name="status" values={STATUSES} omitted="completed" />
      </Field>
      <Field label="Length, in seconds">
        <input name="duration" inputMode="numeric" pattern="[0-9]{1,9}" placeholder="10" />
      </Field>
      <Field label="Source">
        <Select name="source" values={SOURCES} omitted="RecordVerb" />
      </Field>
      <Field label="Channels">
        <Select name="channels" values={["1", "2"]} omitted="1" />
      </Field>
      <Field label="Call SID">
        <input name="call_sid" class="mono" placeholder="CA…" />
      </Field>
      <Field label="Conference SID">
        <input name="conference_sid" class="mono" placeholder="CF…" />
      </Field>
    </FormButton>
  );
}
