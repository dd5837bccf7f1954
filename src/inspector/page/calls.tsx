import { act } from "./actions.js";
import { call } from "./api.js";
import { CallDetails } from "./call-details.js";
import { Field, FormButton, filled, Select } from "./dialog.js";
import { Failure } from "./failure.js";
import { count, dateTimeOf, lengthOf } from "./format.js";
import { Choices, Split, Toolbar } from "./pane.js";
import { Chip, Empty } from "./parts.js";
import { goTo, useRoute } from "./route.js";
import { usePages } from "./use-pages.js";
import type { CallDetail } from "./views.js";
import { VirtualList } from "./virtual-list.js";

const STATUSES = ["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"] as const;

/** The calls of an account, newest first. */
export function Calls() {
  const { account, id, filters } = useRoute();
  const { status = "" } = filters;
  const { items, error, hasMore, more } = usePages(
    "/calls",
    ["calls"],
    { account, status },
    ({ calls }: { calls: CallDetail[]; next: string | null }) => calls,
  );
  return (
    <>
      <Toolbar>
        <Choices
          label="Status"
          values={STATUSES}
          value={status}
          onChange={(one) => goTo({ filters: { status: one } }, { replace: true })}
        />
        <span class="muted counts">
          {items &&
            `${hasMore ? "the last " : ""}${count(items.length, "call")}${account === undefined ? " of the main account" : ""}`}
        </span>
        <NewCall account={account} />
      </Toolbar>
      <Split
        list={
          items === undefined || items.length === 0 ? (
            error ? (
              <Failure error={error} />
            ) : (
              items && (
                <Empty text={status === "" ? "No calls yet. Place one to see it ring." : `No call is ${status}.`} />
              )
            )
          ) : (
            <VirtualList
              label="Calls"
              columns="columns-calls"
              header={<Header />}
              items={items}
              keyOf={({ sid }) => sid}
              selected={id}
              onSelect={(sid) => goTo({ id: sid }, { replace: id !== undefined })}
              renderRow={(one) => <Row call={one} />}
              onEnd={more}
            />
          )
        }
        details={id === undefined ? undefined : <CallDetails key={id} sid={id} account={account} />}
      />
    </>
  );
}

function Header() {
  return (
    <>
      <span>Status</span>
      <span>SID</span>
      <span class="wide">From and to</span>
      <span class="wide end">Length</span>
      <span class="wide">Started (UTC)</span>
    </>
  );
}

function Row({ call: { status, sid, from, to, duration, start_time } }: { call: CallDetail }) {
  return (
    <>
      <Chip text={status} />
      <span class="mono cell">{sid}</span>
      <span class="wide cell">
        {from} <span class="muted">→</span> {to}
      </span>
      <span class="wide end">{duration === null ? "–" : lengthOf(Number(duration))}</span>
      <span class="wide muted">{dateTimeOf(start_time)}</span>
    </>
  );
}

function NewCall({ account }: { account: string | undefined }) {
  async function place(form: FormData): Promise<boolean> {
    const { lasts, record, ...given } = filled(form);
    const body = {
      ...given,
      ...(lasts !== undefined && { script: { lasts: Number(lasts) } }),
      ...(record !== undefined && { recording: {} }),
    };
    const placed = await act(() => call<{ sid: string }>("POST", "/calls", { query: { account }, body }), {
      topics: ["calls", "recordings", "clock"],
      done: "Placed a call.",
    });
    if (placed !== undefined) goTo({ id: placed.sid });
    return placed !== undefined;
  }
  return (
    <FormButton label="New call" title="New call" submit="Place" onSubmit={place}>
      <Field label="Status">
        <Select name="status" values={STATUSES} omitted="queued: it rings and is answered by its script" />
      </Field>
      <Field label="From">
        <input name="from" placeholder="a number for fiction" />
      </Field>
      <Field label="To">
        <input name="to" placeholder="+12025550100" />
      </Field>
      <Field label="Lasts, in seconds">
        <input name="lasts" inputMode="decimal" pattern="[0-9.]+" placeholder="as the account's settings say" />
      </Field>
      <label class="inline">
        <input type="checkbox" name="record" value="yes" /> Record it from the answer on
      </label>
    </FormButton>
  );
}
