import { createPublicKey } from "node:crypto";
import { wrappedKeyFor } from "../../media/encryption.js";
import { atomic } from "../../state/database.js";
import type { State } from "../../state/state.js";
import type { TimedEvent } from "../../state/timed-events.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { AddCallback, CallbackOrder } from "../callback-order.js";
import { type CallSettings, type CallSettingsStore, nominalSeconds } from "../calls/settings.js";
import type { CallRow } from "../calls/table.js";
import { after } from "../lifecycle.js";
import { isActive, RECORDING_LIFECYCLE } from "./lifecycle.js";
import { priceOf } from "./price.js";
import { actionParameters, recordingParameters } from "./status-callback.js";
import { recordingStore } from "./store.js";
import { NO_ENCRYPTION, type RecordingRow, type Source } from "./table.js";

/** What a recording is started with. */
export interface RecordingOrder {
  source: Source;
  channels: 1 | 2;
  /** Null for both. */
  track: "inbound" | "outbound" | null;
  /** Whether silence is cut off. */
  trim: boolean;
  /** Seconds after which it ends by itself. */
  length?: number;
  /** Only `<Record>` is transcribed. */
  transcription?: TranscriptionOrder;
  callback?: CallbackOrder;
  /** The `action` of `<Record>` or `<Dial>`: called back when the recording ends, before it is processed. */
  action?: CallbackOrder;
  /** The key that ends it at its `length`. */
  key?: string;
}

/** What a transcription will be. */
export interface TranscriptionOrder {
  text?: string;
  fails?: boolean;
  callback?: CallbackOrder;
}

/** The state of a recording under way: the `live` column. Times are milliseconds. */
interface LiveRecording extends RecordingOrder {
  /** Since the Unix epoch; only while it is paused. */
  pausedAt?: number;
  /** Whether the present pause shortens the recording. */
  skips?: boolean;
  /** The time of pauses that shortened the recording. */
  skipped: number;
  /** The length of the sound, once it has ended. */
  sound?: number;
}

/** The settings of the call that is recorded, as far as they concern its recordings. */
export type RecordingSettings = Pick<
  CallSettings,
  "processed_for" | "transcribed_for" | "sound" | "absent_if_silent" | "instant" | "lasts" | "recording_key"
>;

/** The call, or the conference, that is recorded. */
export type RecordedPlace = Pick<RecordingRow, "account_sid" | "call_sid" | "conference_sid">;

/** Which recordings an update is about. */
export type RecordedWhere = { account_sid: string } & ({ call_sid: string } | { conference_sid: string });

/** An update, as the API asks for it. */
export interface RecordingUpdate {
  status: "in-progress" | "paused" | "stopped";
  skips: boolean;
}

export type LiveRecordingRules = ReturnType<typeof liveRecordingRules>;

/** Recordings under way: they begin, pause, resume, end and are processed. `at` is the time of the change, by the account's clock. */
export function liveRecordingRules(
  { database, random, timeline, history }: State,
  settings: CallSettingsStore,
  transcribe: (
    recording: RecordingRow,
    order: TranscriptionOrder,
    seconds: number,
    settings: RecordingSettings,
    at: number,
  ) => void,
  send: AddCallback,
) {
  const store = recordingStore(database);

  /** Starts a recording. */
  function start(place: RecordedPlace, order: RecordingOrder, at: number): RecordingRow {
    const { account_sid } = place;
    const isTaken = (sid: string) => store.get(account_sid, sid) !== undefined;
    const row: RecordingRow = {
      ...place,
      sid: random.freeSid("RE", isTaken, account_sid),
      date_created: at,
      date_updated: at,
      start_time: at,
      duration: null,
      price: null,
      price_unit: null,
      status: "in-progress",
      // Recorded in 2026: two channels, whatever the track is.
      channels: order.track === null || order.source === "StartCallRecordingTwiML" ? order.channels : 1,
      source: order.source,
      error_code: null,
      ...NO_ENCRYPTION,
      external_media_url: null,
      date_deleted: null,
      track: order.track,
      live: JSON.stringify({ ...order, skipped: 0 } satisfies LiveRecording),
    };
    store.insert(row);
    note(row, row.status, at);
    notify(row, order.callback);
    if (order.length !== undefined) {
      const seconds = settingsOf(row).instant ? 0 : order.length;
      timeline.schedule(account_sid, at + seconds * 1000, "recording.end", row.sid);
    }
    return row;
  }

  /** Returns the recordings of a call or a conference that have not ended, the oldest first. */
  function active(where: RecordedWhere): RecordingRow[] {
    return store.all(where).filter(({ status }) => isActive(status));
  }

  /**
   * Pauses, resumes or stops a recording.
   *
   * @returns the row with the status that the answer shows: `stopped`, though it is processed already.
   * @throws TwilioError 21220 if it has ended.
   */
  function update(row: RecordingRow, { status, skips }: RecordingUpdate, at: number): RecordingRow {
    if (!isActive(row.status)) throw notEligible();
    if (status === row.status) return row;
    const live = liveOf(row);
    if (status === "stopped") return { ...end(row, at), status: RECORDING_LIFECYCLE.stop.to };
    const next = after(
      RECORDING_LIFECYCLE[status === "paused" ? "pause" : "resume"],
      row.status,
      "api",
    ) as typeof status;
    const changed =
      next === "paused" ? { ...live, pausedAt: at, skips } : { ...withoutPause(live), skipped: skippedBy(live, at) };
    note(row, next, at);
    return put({ ...row, status: next, date_updated: at, live: JSON.stringify(changed) });
  }

  /**
   * Ends a recording: it is processed from now on.
   *
   * @param isDue - whether its `length` is over.
   */
  function end(row: RecordingRow, at: number, isDue = false): RecordingRow {
    const { account_sid, sid } = row;
    const status = after(RECORDING_LIFECYCLE.process, row.status, "clock");
    if (status === undefined) return row;
    const live = liveOf(row);
    const { processed_for, instant } = settingsOf(row);
    const sound = Math.max(0, at - (row.start_time ?? row.date_created) - skippedBy(live, at));
    timeline.events.cancel(account_sid, sid);
    timeline.schedule(account_sid, at + (instant ? 0 : processed_for * 1000), "recording.done", sid);
    const ended = { ...withoutPause(live), skipped: skippedBy(live, at), sound };
    const token = act(row, live, isDue, secondsOf(ended, settingsOf(row)));
    note(row, status, at);
    const changed = put({ ...row, status, date_updated: at, live: JSON.stringify(ended) });
    afterEnd(changed, token, at);
    return changed;
  }

  /** Ends the processing: the recording is completed, or absent if it is too short or silent. */
  function finish(row: RecordingRow, at: number): void {
    const live = liveOf(row);
    const own = settingsOf(row);
    const { sound: heard, absent_if_silent, recording_key } = own;
    const isSilent = heard === "silence";
    const seconds = secondsOf(live, own);
    const error = isSilent && absent_if_silent ? 16102 : seconds === 0 ? 16101 : null;
    const isAbsent = error !== null;
    const status = after(RECORDING_LIFECYCLE[isAbsent ? "discard" : "complete"], row.status, "clock");
    if (status === undefined) return;
    const key = isAbsent || recording_key === null ? undefined : recording_key;
    const wrapped = key && wrappedKeyFor(row.sid, createPublicKey(key.pem));
    const finished = put({
      ...row,
      status,
      date_updated: at,
      duration: isAbsent ? 0 : seconds,
      price: isAbsent ? null : priceOf(seconds),
      price_unit: "USD",
      error_code: error,
      encryption_public_key_sid: key?.sid ?? null,
      encryption_cek: wrapped?.cek ?? null,
      encryption_iv: wrapped?.iv ?? null,
      live: null,
    });
    note(finished, status, at);
    notify(finished, live.callback);
    // Twilio transcribes recordings of 3 to 119 seconds that it can read.
    if (live.transcription !== undefined && key === undefined && seconds > 2 && seconds < 120) {
      transcribe(finished, live.transcription, seconds, own, at);
    }
  }

  /** Twilio's settings are those of the account; a call may have been placed with others. */
  function settingsOf({ account_sid, call_sid }: RecordingRow): RecordingSettings {
    const call = call_sid === null ? undefined : findCall(account_sid, call_sid);
    return call?.settings ?? settings.of(account_sid);
  }

  let afterEnd!: (row: RecordingRow, token: string | undefined, at: number) => void;
  let findCall!: (account: string, callSid: string) => { row: CallRow; settings: RecordingSettings } | undefined;

  function note({ account_sid, sid, call_sid, conference_sid }: RecordingRow, event: string, at: number): void {
    const of = [call_sid, conference_sid].filter((one) => one !== null);
    history.add(account_sid, { at, event: `recording.${event}`, sid, of });
  }

  /** Calls a status back, if it was asked for. */
  function notify(row: RecordingRow, order: CallbackOrder | undefined): void {
    if (!order?.events.includes(row.status)) return;
    const { account_sid, sid: subject_sid, status } = row;
    const parameters = recordingParameters(row, order.origin);
    const { url, method } = order;
    send({ account_sid, event: `recording.${status}`, subject_sid, url, method, parameters });
  }

  /** Calls the `action` back, if something was recorded. Returns the idempotency token of the request. */
  function act(
    row: RecordingRow,
    { action, key = "" }: LiveRecording,
    isDue: boolean,
    seconds: number,
  ): string | undefined {
    const call = row.call_sid === null ? undefined : findCall(row.account_sid, row.call_sid);
    if (action === undefined || call === undefined || seconds === 0) return undefined;
    const { account_sid, sid: subject_sid } = row;
    const { url, method, origin } = action;
    const event = row.source === "DialVerb" ? "dial.action" : "record.action";
    const parameters = actionParameters(row, call.row, seconds, isDue ? key : "", origin);
    return send({ account_sid, event, subject_sid, url, method, parameters });
  }

  function put(row: RecordingRow): RecordingRow {
    store.update(row);
    return row;
  }

  return {
    start: atomic(database, start),
    active,
    update,
    end: (row: RecordingRow, at: number): RecordingRow => end(row, at),
    /** Ends all recordings of a call or a conference. */
    endAll(where: RecordedWhere, at: number): void {
      for (const row of active(where)) end(row, at);
    },
    /** Sets the function that returns a call, and the settings that it was placed with. */
    useCalls(find: typeof findCall): void {
      findCall = find;
    },
    find: store.get,
    /** Sets the function that is called when a recording ends, with the idempotency token of the request to its `action`. */
    onEnd(listener: typeof afterEnd): void {
      afterEnd = listener;
    },
    /** Returns the seconds that a recording will have, once it has ended. */
    secondsOf: (row: RecordingRow): number => secondsOf(liveOf(row), settingsOf(row)),
    handlers: {
      "recording.end": apply((row, at) => end(row, at, true)),
      "recording.done": apply(finish),
    },
  };

  function apply(change: (row: RecordingRow, at: number) => unknown) {
    return ({ account_sid, subject_sid }: TimedEvent, at: number): void => {
      const row = store.get(account_sid, subject_sid);
      if (row !== undefined && row.date_deleted === null) change(row, at);
    };
  }
}

/** Returns the duration of a recording that has ended: of an instant call, what it would have been. */
function secondsOf(live: LiveRecording, own: RecordingSettings): number {
  if (own.sound === "silence" && live.trim) return 0;
  return Math.max(Math.round((live.sound ?? 0) / 1000), nominalSeconds(own, live.length));
}

/** Returns the error of Twilio for a call, or a recording, that cannot be recorded at present. */
export function notEligible(): TwilioError {
  return new TwilioError({ code: 21220, problem: "Requested resource is not eligible for recording" });
}

/** A recording of the fixtures has no state of its own: it is one that was never paused. */
function liveOf({ live, source, channels, track, status, date_updated }: RecordingRow): LiveRecording {
  if (live !== null) return JSON.parse(live) as LiveRecording;
  const order = { source, channels: channels === 2 ? 2 : 1, track, trim: false, skipped: 0 } as const;
  return status === "paused" ? { ...order, pausedAt: date_updated } : order;
}

function skippedBy({ skipped, skips, pausedAt }: LiveRecording, at: number): number {
  // The clock may have been turned back since.
  return skipped + (skips && pausedAt !== undefined ? Math.max(0, at - pausedAt) : 0);
}

function withoutPause({ pausedAt: _, skips: __, ...live }: LiveRecording): LiveRecording {
  return live;
}
