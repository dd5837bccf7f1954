import { toRfc2822 } from "../../twilio-api/response/dates.js";
import { voiceParameters } from "../calls/status-callback.js";
import type { CallRow } from "../calls/table.js";
import { encryptionOf, type RecordingRow } from "./table.js";

/**
 * Returns the parameters of a recording's status callback, in the recorded order.
 *
 * @param origin - scheme and host of the RecordingUrl, which has no extension.
 * @see https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback
 */
export function recordingParameters(row: RecordingRow, origin: string): [name: string, value: string][] {
  const isConference = row.conference_sid !== null;
  const details = encryptionOf(row);
  const encryption = details && {
    type: "rsa-aes",
    public_key_sid: details.encryption_public_key_sid,
    encrypted_cek: details.encryption_cek,
    iv: details.encryption_iv,
  };
  const parameters: [string, string | null][] = [
    ["RecordingSource", row.source],
    ["RecordingTrack", row.track ?? "both"],
    ["EncryptionDetails", encryption && JSON.stringify(encryption)],
    ["RecordingSid", row.sid],
    ["ConferenceSid", row.conference_sid],
    ["RecordingUrl", recordingUrl(row, origin)],
    ["RecordingStatus", row.status],
    ["RecordingChannels", String(row.channels ?? 1)],
    ["ErrorCode", String(row.error_code ?? 0)],
    ["CallSid", isConference ? null : row.call_sid],
    ["RecordingStartTime", toRfc2822(row.start_time ?? row.date_created)],
    ["AccountSid", row.account_sid],
    ["RecordingDuration", row.status === "completed" ? String(row.duration ?? 0) : null],
  ];
  return parameters.filter((parameter): parameter is [string, string] => parameter[1] !== null);
}

/** Returns the URL of a recording in callbacks: absolute, without an extension, below the account also for calls and conferences. */
export function recordingUrl({ account_sid, sid }: Pick<RecordingRow, "account_sid" | "sid">, origin: string): string {
  return `${origin}/2010-04-01/Accounts/${account_sid}/Recordings/${sid}`;
}

/**
 * Returns the parameters of the `action` of `<Record>` or `<Dial>`.
 *
 * @param key - that ended the recording; empty without one.
 * @see https://www.twilio.com/docs/voice/twiml/record#attributes-action
 * @see https://www.twilio.com/docs/voice/twiml/dial#attributes-action
 */
export function actionParameters(
  row: RecordingRow,
  call: CallRow,
  seconds: number,
  key: string,
  origin: string,
): [name: string, value: string][] {
  const url: [string, string] = ["RecordingUrl", recordingUrl(row, origin)];
  if (row.source === "DialVerb") {
    return [
      ...voiceParameters(call),
      ["DialCallStatus", "completed"],
      ["DialCallDuration", String(seconds)],
      ["DialBridged", "true"],
      url,
    ];
  }
  return [
    ...voiceParameters(call),
    url,
    ["RecordingSid", row.sid],
    ["RecordingDuration", String(seconds)],
    // The key that ended it, or the end of the call.
    ["Digits", call.status === "in-progress" ? key : "hangup"],
  ];
}
