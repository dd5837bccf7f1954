import { act } from "./actions.js";
import { call } from "./api.js";
import { Field, FormButton, filled, Select } from "./dialog.js";
import { Pane } from "./pane.js";
import { Attributes, Chip, Empty, Section } from "./parts.js";
import { RecordingMoves } from "./recording-moves.js";
import { SOURCES } from "./recording-values.js";
import { linkTo } from "./route.js";
import { Timeline } from "./timeline.js";
import { useResource } from "./use-resource.js";
import type { CallDetail, RecordingDetail } from "./views.js";

/** One call: its state, recordings and timeline. */
export function CallDetails({ sid, account }: { sid: string; account: string | undefined }) {
  const { data, error } = useResource<CallDetail>(`/calls/${encodeURIComponent(sid)}`, ["calls"], { account });
  if (data === undefined) {
    return <Pane title={<span class="mono">{sid}</span>}>{error && <Empty text={error.message} />}</Pane>;
  }
  return (
    <Pane
      title={
        <>
          <Chip text={data.status} /> <span class="mono">{sid}</span>
        </>
      }
      actions={<Actions of={data} account={account} />}
    >
      <RecordingsOf query={{ call_sid: sid }} account={account} />
      <Timeline sid={sid} account={account} />
      {data.conference_sid && (
        <Section title="Conference">
          <a href={linkTo({ tab: "conferences", id: data.conference_sid })}>{data.conference_sid}</a>
        </Section>
      )}
      <Section title="Attributes">
        <Attributes of={data} without={["recording_sids", "conference_sid", "subresource_uris"]} />
      </Section>
    </Pane>
  );
}

/** The recordings of a call or a conference, with the buttons that move them. */
export function RecordingsOf({ query, account }: { query: Record<string, string>; account: string | undefined }) {
  const { data } = useResource<{ recordings: RecordingDetail[] }>("/recordings", ["recordings"], { ...query, account });
  return (
    <Section title="Recordings">
      {data?.recordings.length === 0 && <p class="muted">None.</p>}
      <ul class="plain-list">
        {data?.recordings.map((recording) => (
          <li key={recording.sid} class="line">
            <Chip text={recording.detailed_status} />
            <a class="mono cell" href={linkTo({ tab: "recordings", id: recording.sid })}>
              {recording.sid}
            </a>
            <span class="muted">{recording.source}</span>
            <RecordingMoves recording={recording} account={account} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Actions({ of: { sid, status }, account }: { of: CallDetail; account: string | undefined }) {
  const move = (to: string) =>
    act(() => call("PATCH", `/calls/${sid}`, { query: { account }, body: { status: to } }), {
      topics: ["calls", "recordings", "clock"],
    });
  const rings = status === "queued" || status === "ringing";
  if (!rings && status !== "in-progress") return null;
  return (
    <>
      {status === "queued" && (
        <button type="button" onClick={() => move("ringing")}>
          Ring
        </button>
      )}
      {rings && (
        <button type="button" class="primary" onClick={() => move("in-progress")}>
          Answer
        </button>
      )}
      {rings && (
        <button type="button" onClick={() => move("busy")}>
          Busy
        </button>
      )}
      {rings && (
        <button type="button" onClick={() => move("no-answer")}>
          No answer
        </button>
      )}
      {status === "in-progress" && <StartRecording sid={sid} account={account} />}
      <button type="button" class="danger" onClick={() => move(rings ? "canceled" : "completed")}>
        {rings ? "Cancel" : "Hang up"}
      </button>
    </>
  );
}

function StartRecording({ sid, account }: { sid: string; account: string | undefined }) {
  async function start(form: FormData): Promise<boolean> {
    const { source, channels } = filled(form);
    const body = { ...(source && { source }), ...(channels && { channels: Number(channels) }) };
    const started = await act(() => call("POST", `/calls/${sid}/recordings`, { query: { account }, body }), {
      topics: ["calls", "recordings"],
      done: "The recording has started.",
    });
    return started !== undefined;
  }
  return (
    <FormButton label="Record" title="Record the call" submit="Start" onSubmit={start}>
      <Field label="Source">
        <Select
          name="source"
          values={SOURCES.filter((source) => source !== "StartConferenceRecordingAPI")}
          value="StartCallRecordingAPI"
        />
      </Field>
      <Field label="Channels">
        <Select name="channels" values={["1", "2"]} omitted="as the source has it" />
      </Field>
    </FormButton>
  );
}
