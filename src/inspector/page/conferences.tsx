import { act } from "./actions.js";
import { call } from "./api.js";
import { RecordingsOf } from "./call-details.js";
import { Field, FormButton, filled } from "./dialog.js";
import { Failure } from "./failure.js";
import { count, dateTimeOf } from "./format.js";
import { Pane, Split, Toolbar } from "./pane.js";
import { Attributes, Chip, Empty, Section } from "./parts.js";
import { goTo, linkTo, useRoute } from "./route.js";
import { Timeline } from "./timeline.js";
import { usePages } from "./use-pages.js";
import { useResource } from "./use-resource.js";
import type { ConferenceDetail } from "./views.js";
import { VirtualList } from "./virtual-list.js";

/** The conferences of an account. */
export function Conferences() {
  const { account, id } = useRoute();
  const { items, error, more } = usePages(
    "/conferences",
    ["calls"],
    { account },
    ({ conferences }: { conferences: ConferenceDetail[]; next?: string | null }) => conferences,
  );
  return (
    <>
      <Toolbar>
        <span class="muted counts">
          {items && `${count(items.length, "conference")}${account === undefined ? " of the main account" : ""}`}
        </span>
        <NewConference account={account} />
      </Toolbar>
      <Split
        list={
          items === undefined || items.length === 0 ? (
            error ? (
              <Failure error={error} />
            ) : (
              items && <Empty text="No conferences yet. Open one with calls in it." />
            )
          ) : (
            <VirtualList
              label="Conferences"
              columns="columns-conferences"
              header={
                <>
                  <span>Status</span>
                  <span>Name</span>
                  <span class="wide">SID</span>
                  <span class="wide end">In it</span>
                  <span class="wide">Created (UTC)</span>
                </>
              }
              items={items}
              keyOf={({ sid }) => sid}
              selected={id}
              onSelect={(sid) => goTo({ id: sid }, { replace: id !== undefined })}
              renderRow={(conference) => (
                <>
                  <Chip text={conference.status} />
                  <span class="cell">{conference.friendly_name}</span>
                  <span class="wide mono cell">{conference.sid}</span>
                  <span class="wide end">{conference.call_sids.length}</span>
                  <span class="wide muted">{dateTimeOf(conference.date_created)}</span>
                </>
              )}
              onEnd={more}
            />
          )
        }
        details={id === undefined ? undefined : <ConferenceDetails key={id} sid={id} account={account} />}
      />
    </>
  );
}

function ConferenceDetails({ sid, account }: { sid: string; account: string | undefined }) {
  const path = `/conferences/${encodeURIComponent(sid)}`;
  const { data, error } = useResource<ConferenceDetail>(path, ["calls"], { account });
  if (data === undefined) {
    return <Pane title={<span class="mono">{sid}</span>}>{error && <Empty text={error.message} />}</Pane>;
  }
  const { status, friendly_name, call_sids, participants } = data;
  const run = (target: string, body?: object) =>
    act(() => call("POST", target, { query: { account }, ...(body && { body }) }), { topics: ["calls", "recordings"] });
  const [first] = call_sids;
  return (
    <Pane
      title={
        <>
          <Chip text={status} /> {friendly_name}
        </>
      }
      actions={
        status !== "completed" && (
          <>
            {first !== undefined && (
              <button type="button" onClick={() => run(`/calls/${first}/recordings`, { source: "Conference" })}>
                Record
              </button>
            )}
            <button type="button" class="danger" onClick={() => run(`/conferences/${sid}/end`)}>
              End
            </button>
          </>
        )
      }
    >
      <RecordingsOf query={{ conference_sid: sid }} account={account} />
      <Section title="Participants">
        {participants.length === 0 && <p class="muted">Nobody is in it.</p>}
        <ul class="plain-list">
          {participants.map((participant) => {
            const callSid = String(participant.call_sid);
            return (
              <li key={callSid} class="line">
                <Chip text={String(participant.status)} />
                <a class="mono cell" href={linkTo({ tab: "calls", id: callSid })}>
                  {callSid}
                </a>
                {participant.muted === true && <span class="muted">muted</span>}
                {participant.hold === true && <span class="muted">on hold</span>}
              </li>
            );
          })}
        </ul>
      </Section>
      <Timeline sid={sid} account={account} />
      <Section title="Attributes">
        <Attributes of={data} without={["participants", "recording_sids", "subresource_uris"]} />
      </Section>
    </Pane>
  );
}

function NewConference({ account }: { account: string | undefined }) {
  async function open(form: FormData): Promise<boolean> {
    const { friendly_name, participants, recording } = filled(form);
    const body = {
      ...(friendly_name && { friendly_name }),
      ...(participants && { participants: Number(participants) }),
      ...(recording && { recording: true }),
    };
    const opened = await act(() => call<{ sid: string }>("POST", "/conferences", { query: { account }, body }), {
      topics: ["calls", "recordings"],
      done: "Opened a conference.",
    });
    if (opened !== undefined) goTo({ id: opened.sid });
    return opened !== undefined;
  }
  return (
    <FormButton label="New conference" title="New conference" submit="Open" onSubmit={open}>
      <Field label="Name">
        <input name="friendly_name" placeholder="random" />
      </Field>
      <Field label="Calls in it">
        <input name="participants" type="number" min={1} max={100} placeholder="2" />
      </Field>
      <label class="inline">
        <input type="checkbox" name="recording" value="yes" /> Record it from its start
      </label>
    </FormButton>
  );
}
