import { toRfc2822 } from "../../conventions/dates.js";
import {
  among,
  currencyOrNull,
  date,
  path,
  priceOrNull,
  secondsOrNull,
  sid,
  textOrNull,
} from "../../conventions/schema.js";
import { TRANSCRIPTION_STATUSES, type TranscriptionRow } from "../../state/rows.js";

/**
 * The Transcription resource; the order of the keys is Twilio's.
 *
 * @see https://www.twilio.com/docs/voice/api/recording-transcription
 */
export const transcriptionSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2010-04-01"]),
    date_created: date,
    date_updated: date,
    duration: secondsOrNull,
    price: priceOrNull,
    price_unit: currencyOrNull,
    recording_sid: sid("RE"),
    sid: sid("TR"),
    status: among(TRANSCRIPTION_STATUSES),
    transcription_text: textOrNull,
    type: textOrNull,
    uri: path,
  },
} as const;

/** A transcription as Twilio shows it, under whichever of its two paths it was found. */
export function representTranscription(row: TranscriptionRow) {
  return {
    account_sid: row.account_sid,
    api_version: "2010-04-01",
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
