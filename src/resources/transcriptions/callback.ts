import { type CallbackUrl, parseCallbackUrl } from "../../callbacks/callback-url.js";
import type { CallRow } from "../calls/table.js";
import { recordingUrl } from "../recordings/status-callback.js";
import type { TranscriptionRow } from "./table.js";

/**
 * Returns the parameters of a transcribeCallback, in the recorded order.
 *
 * @param url - the callback's own, which is a parameter too.
 * @see https://www.twilio.com/docs/voice/twiml/record#attributes-transcribe-callback
 */
export function transcriptionParameters(
  row: TranscriptionRow,
  call: CallRow,
  url: string,
  origin: string,
): [name: string, value: string][] {
  const recording = recordingUrl({ account_sid: row.account_sid, sid: row.recording_sid }, origin);
  const { to_address: to, from_address: from } = call;
  return [
    ["ApiVersion", "2010-04-01"],
    ["TranscriptionType", "fast"],
    ["TranscriptionUrl", `${recording}/Transcriptions/${row.sid}`],
    ["TranscriptionSid", row.sid],
    ["Called", to],
    ["RecordingSid", row.recording_sid],
    ["CallStatus", call.status],
    ["RecordingUrl", recording],
    ["From", from],
    ["Direction", call.direction],
    // Without password and fragment, which are never sent.
    ["url", (parseCallbackUrl(url) as CallbackUrl).requested],
    ["AccountSid", row.account_sid],
    ["TranscriptionText", row.status === "failed" ? "" : (row.transcription_text ?? "")],
    ["Caller", from],
    ["TranscriptionStatus", row.status],
    ["CallSid", call.sid],
    ["To", to],
  ];
}
