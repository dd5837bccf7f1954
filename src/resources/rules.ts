import { DAY } from "../state/clock.js";
import { collectionStore } from "../state/collection-store.js";
import type { State } from "../state/state.js";
import { type AccountRules, accountRules, type GivenAccount } from "./accounts/rules.js";
import { type AddOnResultRules, addOnResultRules, type PayloadRules, payloadRules } from "./add-on-results/rules.js";
import { type PlacedRecordingRules, placedRecordingRules } from "./call-recordings/rules.js";
import type { CallbackEvent } from "./callback-events.js";
import type { DocumentRequests } from "./callback-order.js";
import { type CallRules, callRules } from "./calls/rules.js";
import { callSettingsStore } from "./calls/settings.js";
import { type CallEvent, callParameters } from "./calls/status-callback.js";
import { type ConferenceRules, conferenceRules } from "./conferences/rules.js";
import { type ConferenceEvent, conferenceParameters } from "./conferences/status-callback.js";
import { type ParticipantRules, participantRules } from "./participants/rules.js";
import { type LiveRecordingRules, liveRecordingRules } from "./recordings/live.js";
import { type RecordingRules, recordingRules } from "./recordings/rules.js";
import { recordingParameters } from "./recordings/status-callback.js";
import type { Status } from "./recordings/table.js";
import { LIST_NAMES, storeOf } from "./register.js";
import { transcriptionParameters } from "./transcriptions/callback.js";
import { liveTranscriptionRules } from "./transcriptions/live.js";
import { type TranscriptionRow, transcriptions as transcriptionTable } from "./transcriptions/table.js";

/** The rules of all resources. */
export interface Rules {
  accounts: AccountRules;
  calls: CallRules;
  conferences: ConferenceRules;
  participants: ParticipantRules;
  recordings: RecordingRules;
  liveRecordings: LiveRecordingRules;
  /** The recordings of one call or one conference. */
  placedRecordings: PlacedRecordingRules;
  addOnResults: AddOnResultRules;
  payloads: PayloadRules;
  /**
   * Returns the parameters of an event's callback with the present values of a resource, in the order of Twilio's map; undefined if
   * there is no such resource.
   */
  callbackParameters(
    account: string,
    event: CallbackEvent,
    sid: string,
    url: string,
    origin: string,
  ): [name: string, value: string][] | undefined;
  /**
   * Removes rows whose retention is over by every clock. A clock that is set forward only hides rows, so that they appear again
   * when it is set back.
   */
  purgeExpired(): void;
  /**
   * Returns the time at which responses change without a request: at the end of a recording's retention, 30 days after the
   * creation of an add-on result, or at the account's next timed event.
   *
   * @param time - by an account's clock, like the returned time: milliseconds since the Unix epoch.
   */
  nextExpiry(time: number, account: string | undefined): number;
}

/**
 * @param options.retentionDays - days for which a deleted recording's metadata remains; 40 at Twilio.
 * @param options.account - the account of the options.
 */
export function allRules(
  state: State,
  {
    retentionDays,
    account: given,
    instantCalls,
  }: { retentionDays: number; account: GivenAccount | undefined; instantCalls: boolean },
  requests: DocumentRequests,
): Rules {
  const { database, clock, timeline } = state;
  const retentionCutoff = (account: string) => clock.now(account) - retentionDays * DAY;
  const recordings = recordingRules(database, clock, retentionCutoff);
  const settings = callSettingsStore(database, instantCalls);
  const transcriptions = collectionStore<TranscriptionRow>(database, transcriptionTable);
  const callOf = ({ account_sid, recording_sid }: TranscriptionRow) => {
    const sid = recordings.find(account_sid, recording_sid)?.call_sid ?? null;
    return sid === null ? undefined : calls.find(account_sid, sid);
  };
  const { add } = requests;
  const liveTranscriptions = liveTranscriptionRules(state, add, callOf);
  const liveRecordings = liveRecordingRules(state, settings, liveTranscriptions.start, add);
  const conferences = conferenceRules(state, liveRecordings, (...call) => calls.leaveConference(...call), add);
  const calls: CallRules = callRules(state, settings, liveRecordings, conferences.ofCalls, requests);
  timeline.handle({ ...calls.handlers, ...liveRecordings.handlers, ...liveTranscriptions.handlers });
  const addOnResults = addOnResultRules(database, clock);
  const payloads = payloadRules(database, clock);
  return {
    accounts: accountRules(database, given),
    calls,
    conferences,
    participants: participantRules(state, conferences, calls),
    recordings,
    liveRecordings,
    placedRecordings: placedRecordingRules(state, recordings, liveRecordings),
    addOnResults,
    payloads,
    callbackParameters(account, event, sid, url, origin) {
      const kind = event.slice(0, event.indexOf("."));
      const name = event.slice(kind.length + 1);
      const at = clock.now(account);
      if (kind === "recording") {
        const row = recordings.find(account, sid);
        return row && recordingParameters({ ...row, status: name as Status }, origin);
      }
      if (kind === "call") {
        const row = calls.find(account, sid);
        return row && callParameters(row, name as CallEvent, at, 0);
      }
      if (kind === "conference") {
        const row = conferences.find(account, sid);
        return row && conferenceParameters(row, name as ConferenceEvent, at, 1);
      }
      const row = transcriptions.get(account, sid);
      const call = row && callOf(row);
      return row && call && transcriptionParameters({ ...row, status: name as "completed" }, call, url, origin);
    },
    purgeExpired() {
      const until = clock.earliest() - retentionDays * DAY;
      for (const name of LIST_NAMES) storeOf(database, name).purge(until);
    },
    nextExpiry: (time, account) =>
      Math.min(
        recordings.nextDeleted(time - retentionDays * DAY) + retentionDays * DAY,
        addOnResults.nextExpiry(time),
        account === undefined ? Number.POSITIVE_INFINITY : timeline.nextDue(account),
      ),
  };
}
