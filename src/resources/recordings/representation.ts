import { toRfc2822 } from "../../twilio-api/response/dates.js";
import { encryptionOf, type RecordingRow, type Status } from "./table.js";

/** The spellings of the keys of `encryption_details`: Twilio's documentation, or a response recorded in 2018. */
export type EncryptionDetails = "documented" | "2018";

/** The options that decide how recordings are shown. */
export interface RecordingStyle {
  encryptionDetails: EncryptionDetails;
  /** What a recording under way shows: `processing`, as documented, or its detailed status. */
  liveStatus: "documented" | "detailed";
}

/** The subresources of a recording: the keys of its `subresource_uris`, and the paths of its lists. */
export const SUBRESOURCES = { add_on_results: "AddOnResults", transcriptions: "Transcriptions" } as const;

/**
 * The keys of a Recording resource in Twilio's order, without those whose values are objects: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/voice/api/recording#recording-properties
 */
export const RECORDING_KEYS = [
  "account_sid",
  "api_version",
  "call_sid",
  "conference_sid",
  "date_created",
  "date_updated",
  "start_time",
  "duration",
  "sid",
  "price",
  "price_unit",
  "status",
  "channels",
  "source",
  "error_code",
  "uri",
  "media_url",
] as const satisfies (keyof ReturnType<typeof representRecording>)[];

/** @param origin - scheme and host that the client used, so that it can follow the media_url. */
export function representRecording(row: RecordingRow, origin: string, style: RecordingStyle) {
  const path = `/2010-04-01/Accounts/${row.account_sid}/Recordings/${row.sid}`;
  return {
    account_sid: row.account_sid,
    api_version: "2010-04-01",
    call_sid: row.call_sid,
    conference_sid: row.conference_sid,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    start_time: row.start_time === null ? null : toRfc2822(row.start_time),
    duration: row.duration === null ? null : String(row.duration),
    sid: row.sid,
    price: row.price,
    price_unit: row.price_unit,
    status: shownStatus(row, style),
    channels: row.channels,
    source: row.source,
    error_code: row.error_code,
    uri: `${path}.json`,
    encryption_details: representEncryption(row, style),
    subresource_uris: subresourceUris(path),
    media_url: row.external_media_url ?? origin + path,
  };
}

function subresourceUris(path: string): Record<keyof typeof SUBRESOURCES, string> {
  const { add_on_results, transcriptions } = SUBRESOURCES;
  return { add_on_results: `${path}/${add_on_results}.json`, transcriptions: `${path}/${transcriptions}.json` };
}

/** Returns the status that fetch and list show: that of a fixture is shown as it is written. */
export function shownStatus({ status, live }: RecordingRow, { liveStatus }: RecordingStyle): Status {
  return live === null || liveStatus === "detailed" ? status : "processing";
}

export function representEncryption(
  row: RecordingRow,
  { encryptionDetails }: RecordingStyle,
): Record<string, string> | null {
  const details = encryptionOf(row);
  if (details === null || encryptionDetails === "documented") return details;
  return {
    public_key_sid: details.encryption_public_key_sid,
    encrypted_cek: details.encryption_cek,
    type: "rsa-aes",
    iv: details.encryption_iv,
  };
}
