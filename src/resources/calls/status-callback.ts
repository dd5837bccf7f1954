import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { CallRow, CallStatus } from "./table.js";

/** The events of a call that a `StatusCallbackEvent` names. `completed` is any end. */
export const CALL_EVENTS = ["initiated", "ringing", "answered", "completed"] as const;
export type CallEvent = (typeof CALL_EVENTS)[number];

/** The statuses of SIP (RFC 3261, 21) that ends have. */
const SIP_RESPONSES: Partial<Record<CallStatus, string>> = {
  completed: "200",
  busy: "486",
  "no-answer": "487",
  canceled: "487",
  failed: "404",
};

/** A recording of the whole call, for `Record=true`. */
export interface CallRecordingParameters {
  url: string;
  sid: string;
  seconds: number;
}

/**
 * Returns the parameters that every voice webhook has, in the recorded order. Places are empty, as where Twilio does not know them.
 *
 * @param status - `initiated` is a status in callbacks only.
 * @see https://www.twilio.com/docs/voice/twiml#request-parameters
 */
export function voiceParameters(row: CallRow, status: string = row.status): [name: string, value: string][] {
  const { to_address: to, from_address: from } = row;
  return [
    ["Called", to],
    ["ToState", ""],
    ["CallerCountry", ""],
    ["Direction", row.direction],
    ["CallerState", ""],
    ["ToZip", ""],
    ["CallSid", row.sid],
    ["To", to],
    ["CallerZip", ""],
    ["ToCountry", ""],
    ["CalledZip", ""],
    ["ApiVersion", "2010-04-01"],
    ["CalledCity", ""],
    ["CallStatus", status],
    ["From", from],
    ["AccountSid", row.account_sid],
    ["CalledCountry", ""],
    ["CallerCity", ""],
    ["ToCity", ""],
    ["FromCountry", ""],
    ["Caller", from],
    ["FromCity", ""],
    ["CalledState", ""],
    ["FromZip", ""],
    ["FromState", ""],
    ...(row.parent_call_sid === null ? [] : [["ParentCallSid", row.parent_call_sid] as [string, string]]),
  ];
}

/**
 * Returns the parameters of a call's status callback.
 *
 * @param at - milliseconds since the Unix epoch.
 * @param sequence - the number of the callback among those of its call, from 0.
 */
export function callParameters(
  row: CallRow,
  event: CallEvent,
  at: number,
  sequence: number,
  recording?: CallRecordingParameters,
): [name: string, value: string][] {
  const seconds = row.duration ?? 0;
  return [
    ...voiceParameters(row, event === "initiated" ? event : row.status),
    ["Timestamp", toRfc2822(at)],
    ["CallbackSource", "call-progress-events"],
    ["SequenceNumber", String(sequence)],
    ...(event === "completed"
      ? ([
          ["Duration", String(Math.ceil(seconds / 60))],
          ["CallDuration", String(seconds)],
          ["SipResponseCode", SIP_RESPONSES[row.status] ?? "200"],
        ] as [string, string][])
      : []),
    ...(recording === undefined
      ? []
      : ([
          ["RecordingUrl", recording.url],
          ["RecordingSid", recording.sid],
          ["RecordingDuration", String(recording.seconds)],
        ] as [string, string][])),
  ];
}
