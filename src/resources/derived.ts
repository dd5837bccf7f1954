import type { Database } from "../state/database.js";
import { withinFourDigitYears } from "../twilio-api/response/dates.js";
import { fictionalNumber, OWN_NUMBER } from "./calls/addresses.js";
import { callPriceOf } from "./calls/price.js";
import { callStore } from "./calls/store.js";
import { type CallRow, type Direction, NO_DETAILS } from "./calls/table.js";
import { conferenceStore } from "./conferences/store.js";
import type { ConferenceRow } from "./conferences/table.js";
import type { ParticipantRow } from "./participants/table.js";
import { isActive } from "./recordings/lifecycle.js";
import type { RecordingRow, Source } from "./recordings/table.js";

const DIRECTIONS: Partial<Record<Source, Direction>> = {
  OutboundAPI: "outbound-api",
  StartCallRecordingAPI: "outbound-api",
  Trunking: "trunking-terminating",
};

/** Rows that refer to calls and conferences. */
interface Referring {
  recordings: readonly RecordingRow[];
  participants: readonly ParticipantRow[];
}

/** Adds the rows that `derivedFrom` returns, unless they exist. */
export function addDerived(database: Database, rows: Referring): void {
  const [calls, conferences] = [callStore(database), conferenceStore(database)];
  const derived = derivedFrom(rows);
  for (const row of derived.calls) calls.insertIfNew(row);
  for (const row of derived.conferences) conferences.insertIfNew(row);
}

/**
 * Returns the calls and conferences that rows refer to: a program that fetches the `call_sid` of a recording finds it. They have
 * ended, unless the recording goes on, or the participant is connected.
 */
export function derivedFrom({ recordings, participants }: Referring): {
  calls: CallRow[];
  conferences: ConferenceRow[];
} {
  return {
    calls: [
      ...recordings.flatMap((row) => (row.call_sid === null ? [] : callOf(row, row.call_sid))),
      ...participants.map(callOfParticipant),
    ],
    conferences: recordings.flatMap((row) =>
      row.conference_sid === null ? [] : conferenceOf(row, row.conference_sid),
    ),
  };
}

/** Returns the call of a recording. It is as long as the recording. */
function callOf(recording: RecordingRow, sid: string): CallRow {
  const { account_sid, source, status } = recording;
  const direction = DIRECTIONS[source] ?? "inbound";
  return callWith({ account_sid, sid, direction, isRunning: isActive(status), ...timesOf(recording) });
}

interface Times {
  start: number;
  end: number;
  seconds: number;
}

function callWith({
  account_sid,
  sid,
  direction,
  isRunning,
  start,
  end,
  seconds,
}: Pick<CallRow, "account_sid" | "sid" | "direction"> & { isRunning: boolean } & Times): CallRow {
  const other = fictionalNumber(sid);
  const isOutbound = direction === "outbound-api";
  return {
    account_sid,
    sid,
    parent_call_sid: null,
    to_address: isOutbound ? other : OWN_NUMBER,
    from_address: isOutbound ? OWN_NUMBER : other,
    status: isRunning ? "in-progress" : "completed",
    direction,
    date_created: start,
    date_updated: isRunning ? start : end,
    start_time: start,
    end_time: isRunning ? null : end,
    duration: isRunning ? null : seconds,
    price: isRunning ? null : callPriceOf(seconds),
    ...NO_DETAILS,
    script: null,
    date_deleted: null,
  };
}

function callOfParticipant({ account_sid, call_sid, status, date_created, date_updated }: ParticipantRow): CallRow {
  const times = { start: date_created, end: date_updated, seconds: Math.round((date_updated - date_created) / 1000) };
  return callWith({ account_sid, sid: call_sid, direction: "inbound", isRunning: status === "connected", ...times });
}

/** Returns the conference of a recording, named after its SID. */
function conferenceOf(recording: RecordingRow, sid: string): ConferenceRow {
  const { account_sid, call_sid, status } = recording;
  const { start, end } = timesOf(recording);
  const isRunning = isActive(status);
  return {
    account_sid,
    sid,
    friendly_name: sid,
    region: "us1",
    status: isRunning ? "in-progress" : "completed",
    date_created: start,
    date_updated: isRunning ? start : end,
    reason_conference_ended: isRunning ? null : "last-participant-left",
    call_sid_ending_conference: isRunning ? null : call_sid,
    script: null,
    date_deleted: null,
  };
}

function timesOf({ start_time, date_created, duration }: RecordingRow): Times {
  const start = start_time ?? date_created;
  const seconds = duration ?? 0;
  return { start, end: withinFourDigitYears(start + seconds * 1000), seconds };
}
