import type { State } from "../../state/state.js";
import type { TimedEvent } from "../../state/timed-events.js";
import type { AddCallback } from "../callback-order.js";
import type { CallRow } from "../calls/table.js";
import type { RecordingSettings, TranscriptionOrder } from "../recordings/live.js";
import type { RecordingRow } from "../recordings/table.js";
import { transcriptionParameters } from "./callback.js";
import { transcriptionPriceOf } from "./price.js";
import { transcriptionStore } from "./store.js";
import type { TranscriptionRow } from "./table.js";

const TEXT = "Hello, this is a recorded message.";

/** Transcriptions of recordings that were just completed. `at` is the time of the change, by the account's clock. */
export function liveTranscriptionRules(
  { database, random, timeline }: State,
  send: AddCallback,
  findCall: (row: TranscriptionRow) => CallRow | undefined,
) {
  const store = transcriptionStore(database);

  /**
   * @param seconds - the duration of the recording.
   * @param settings - of its call.
   */
  function start(
    recording: RecordingRow,
    order: TranscriptionOrder,
    seconds: number,
    { transcribed_for, instant }: RecordingSettings,
    at: number,
  ): void {
    const { account_sid, sid: recording_sid } = recording;
    const isTaken = (sid: string) => store.get(account_sid, sid) !== undefined;
    const row: TranscriptionRow = {
      account_sid,
      sid: random.freeSid("TR", isTaken, account_sid),
      recording_sid,
      date_created: at,
      date_updated: at,
      duration: null,
      price: transcriptionPriceOf(null),
      price_unit: "USD",
      status: "in-progress",
      transcription_text: null,
      type: "fast",
      date_deleted: null,
    };
    store.insert(row);
    const due = at + (instant ? 0 : transcribed_for * 1000);
    timeline.schedule(account_sid, due, "transcription.done", row.sid, { ...order, seconds });
  }

  function finish({ account_sid, subject_sid, data }: TimedEvent, at: number): void {
    const row = store.get(account_sid, subject_sid);
    if (row === undefined || row.date_deleted !== null || row.status !== "in-progress") return;
    const {
      text = TEXT,
      fails = false,
      callback,
      seconds,
    } = JSON.parse(data as string) as TranscriptionOrder & { seconds: number };
    const finished: TranscriptionRow = {
      ...row,
      date_updated: at,
      duration: seconds,
      price: transcriptionPriceOf(seconds),
      status: fails ? "failed" : "completed",
      transcription_text: fails ? "(blank)" : text,
    };
    store.update(finished);
    const call = findCall(finished);
    if (callback === undefined || call === undefined) return;
    const { url, method, origin } = callback;
    const parameters = transcriptionParameters(finished, call, url, origin);
    const event = `transcription.${finished.status}`;
    send({ account_sid, event, subject_sid, url, method, parameters });
  }

  return { start, handlers: { "transcription.done": finish } };
}
