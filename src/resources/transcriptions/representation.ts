import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { TranscriptionRow } from "./table.js";

/**
 * The keys of a Transcription resource in Twilio's order.
 *
 * @see https://www.twilio.com/docs/voice/api/recording-transcription
 */
export const TRANSCRIPTION_KEYS = [
  "account_sid",
  "api_version",
  "date_created",
  "date_updated",
  "duration",
  "price",
  "price_unit",
  "recording_sid",
  "sid",
  "status",
  "transcription_text",
  "type",
  "uri",
] as const satisfies (keyof ReturnType<typeof representTranscription>)[];

/** Returns the resource, which is the same below both paths. */
export function representTranscription(row: TranscriptionRow) {
  return {
    account_sid: row.account_sid,
    // Documented and recorded: not the version in the path.
    api_version: "2008-08-01",
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    duration: row.duration === null ? null : String(row.duration),
    price: row.price,
    price_unit: row.price_unit,
    recording_sid: row.recording_sid,
    sid: row.sid,
    status: row.status,
    transcription_text: row.transcription_text,
    type: row.type,
    uri: `/2010-04-01/Accounts/${row.account_sid}/Transcriptions/${row.sid}.json`,
  };
}
