import { act, succeeds } from "./actions.js";
import { call } from "./api.js";
import { fixtureOf } from "./copies.js";
import { CopyButton } from "./copy.js";
import { FormButton } from "./dialog.js";
import { Sound } from "./listen.js";
import { closeDetails, Pane } from "./pane.js";
import { Attributes, Chip, Empty, Section } from "./parts.js";
import { RecordingMoves } from "./recording-moves.js";
import { STATUSES } from "./recording-values.js";
import { linkTo } from "./route.js";
import { Timeline } from "./timeline.js";
import { useResource } from "./use-resource.js";
import type { RecordingFull } from "./views.js";

const OWN = ["transcriptions", "add_on_results", "has_key"];

/** One recording: its sound and every attribute. */
export function RecordingDetails({ sid, account }: { sid: string; account: string | undefined }) {
  const path = `/recordings/${encodeURIComponent(sid)}`;
  const { data, error } = useResource<RecordingFull>(path, ["recordings"], { account });
  if (data === undefined) {
    return <Pane title={<span class="mono">{sid}</span>}>{error && <Empty text={error.message} />}</Pane>;
  }
  const { detailed_status: status, call_sid, conference_sid, days_left } = data;
  return (
    <Pane
      title={
        <>
          <Chip text={status} /> <span class="mono">{sid}</span>
        </>
      }
      actions={<Actions recording={data} account={account} />}
    >
      {days_left !== null && (
        <p class="hint">
          {days_left === 0
            ? "Soft-deleted, and its 40 days are over: Twilio's API no longer returns it."
            : `Soft-deleted: ${days_left} of 40 days are left by the account's clock.`}
        </p>
      )}
      <Section title="Sound">
        <Sound key={status} recording={data} account={account} />
      </Section>
      <Section title="Belongs to">
        <p class="links">
          {call_sid !== null && <a href={linkTo({ tab: "calls", id: call_sid })}>Call {call_sid}</a>}
          {conference_sid !== null && (
            <a href={linkTo({ tab: "conferences", id: conference_sid })}>Conference {conference_sid}</a>
          )}
          {call_sid !== null && (
            <a href={linkTo({ id: undefined, filters: { call_sid } })}>All recordings of this call</a>
          )}
        </p>
      </Section>
      <Section title="Attributes">
        <Attributes of={data} without={OWN} />
      </Section>
      <Listed title="Transcriptions" items={data.transcriptions} none="None." />
      <Listed title="Add-on results" items={data.add_on_results} none="None." />
      <Timeline sid={sid} account={account} />
    </Pane>
  );
}

function Listed({ title, items = [], none }: { title: string; items?: readonly object[]; none: string }) {
  return (
    <Section title={title}>
      {items.length === 0 && <p class="muted">{none}</p>}
      {items.map((item, index) => (
        <details key={String((item as { sid?: string }).sid ?? index)}>
          <summary>
            <Chip text={String((item as { status?: string }).status ?? "")} />{" "}
            <span class="mono">{String((item as { sid?: string }).sid ?? "")}</span>
          </summary>
          <Attributes of={item} />
        </details>
      ))}
    </Section>
  );
}

function Actions({ recording, account }: { recording: RecordingFull; account: string | undefined }) {
  const { sid, detailed_status: status } = recording;
  const path = `/recordings/${sid}`;
  const query = { account };
  const change = (body: object, done: string) =>
    act(() => call("PATCH", path, { query, body }), { topics: ["recordings"], done });
  return (
    <>
      <RecordingMoves recording={recording} account={account} />
      <label class="inline">
        <span class="muted">Status</span>
        <select
          value={status}
          onChange={(event) => change({ status: event.currentTarget.value }, "Changed the status.")}
        >
          {STATUSES.map((one) => (
            <option key={one} value={one} selected={one === status}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {status !== "deleted" && (
        <button type="button" onClick={() => change({ status: "deleted" }, "Soft-deleted the recording.")}>
          Soft-delete
        </button>
      )}
      <FormButton
        label="Hard-delete"
        title="Hard-delete the recording?"
        submit="Hard-delete"
        danger
        onSubmit={async () => {
          const removed = await succeeds(() => call("DELETE", path, { query }), {
            topics: ["recordings"],
            done: "Hard-deleted the recording.",
          });
          if (removed) closeDetails();
          return removed;
        }}
      >
        <p>The recording and its add-on results are removed at once. Only a reset or a snapshot brings them back.</p>
      </FormButton>
      <CopyButton label="Copy the fixture" text={fixtureOf(recording)} what="the fixture" />
    </>
  );
}
