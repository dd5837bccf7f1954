import { toRfc2822 } from "../../twilio-api/response/dates.js";
import { type RecordingStyle, representEncryption, shownStatus } from "../recordings/representation.js";
import type { RecordingRow } from "../recordings/table.js";

/**
 * The keys of a recording in the view of its conference, in Twilio's order, without those whose values are objects: the columns
 * of CSV. The view of a call also has the track.
 *
 * @see https://www.twilio.com/docs/voice/api/recording-call-resource
 */
export const CONFERENCE_RECORDING_KEYS = [
  "account_sid",
  "api_version",
  "call_sid",
  "conference_sid",
  "channels",
  "date_created",
  "date_updated",
  "start_time",
  "price",
  "price_unit",
  "duration",
  "sid",
  "source",
  "status",
  "error_code",
  "uri",
] as const satisfies (keyof ReturnType<typeof representConferenceRecording>)[];

export const CALL_RECORDING_KEYS = [
  ...CONFERENCE_RECORDING_KEYS.slice(0, -1),
  "track",
  "uri",
] as const satisfies (keyof ReturnType<typeof representCallRecording>)[];

/** @param isAnswer - whether the answer to a start or an update shows it, which has the detailed status. */
export function representCallRecording(row: RecordingRow, style: RecordingStyle, isAnswer = false) {
  return { ...represent(row, style, isAnswer), track: row.track ?? "both", uri: uriOf(row, `Calls/${row.call_sid}`) };
}

/** As `representCallRecording`. */
export function representConferenceRecording(row: RecordingRow, style: RecordingStyle, isAnswer = false) {
  return { ...represent(row, style, isAnswer), uri: uriOf(row, `Conferences/${row.conference_sid}`) };
}

function represent(row: RecordingRow, style: RecordingStyle, isAnswer: boolean) {
  return {
    account_sid: row.account_sid,
    api_version: "2010-04-01",
    call_sid: row.call_sid,
    conference_sid: row.conference_sid,
    channels: row.channels,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    start_time: row.start_time === null ? null : toRfc2822(row.start_time),
    price: row.price,
    price_unit: row.price_unit,
    duration: row.duration === null ? null : String(row.duration),
    sid: row.sid,
    source: row.source,
    status: isAnswer ? row.status : shownStatus(row, style),
    error_code: row.error_code,
    encryption_details: representEncryption(row, style),
  };
}

function uriOf({ account_sid, sid }: RecordingRow, place: string): string {
  return `/2010-04-01/Accounts/${account_sid}/${place}/Recordings/${sid}.json`;
}
