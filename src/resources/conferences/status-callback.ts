import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { ParticipantRow } from "../participants/table.js";
import type { ConferenceRow } from "./table.js";

/** The events of a conference by the names of `ConferenceStatusCallbackEvent`. */
export const CONFERENCE_EVENTS = {
  start: ["conference-start"],
  end: ["conference-end"],
  join: ["participant-join"],
  leave: ["participant-leave"],
  mute: ["participant-mute", "participant-unmute"],
  hold: ["participant-hold", "participant-unhold"],
} as const;

export type ConferenceEvent = (typeof CONFERENCE_EVENTS)[keyof typeof CONFERENCE_EVENTS][number];

/**
 * Returns the parameters of a conference's status callback.
 *
 * @param at - milliseconds since the Unix epoch.
 * @param sequence - the number of the callback among those of its conference, from 1.
 * @see https://www.twilio.com/docs/voice/twiml/conference#attributes-statuscallback
 */
export function conferenceParameters(
  row: ConferenceRow,
  event: ConferenceEvent,
  at: number,
  sequence: number,
  participant?: ParticipantRow,
): [name: string, value: string][] {
  const bit = (value: number) => String(value === 1);
  return [
    ["ConferenceSid", row.sid],
    ["FriendlyName", row.friendly_name],
    ["AccountSid", row.account_sid],
    ["SequenceNumber", String(sequence)],
    ["Timestamp", toRfc2822(at)],
    ["StatusCallbackEvent", event],
    ...(participant === undefined
      ? []
      : ([
          ["CallSid", participant.call_sid],
          ["Muted", bit(participant.muted)],
          ["Hold", bit(participant.hold)],
          ["Coaching", bit(participant.coaching)],
          ["EndConferenceOnExit", bit(participant.end_conference_on_exit)],
          ["StartConferenceOnEnter", bit(participant.start_conference_on_enter)],
          ...(participant.label === null ? [] : [["ParticipantLabel", participant.label]]),
        ] as [string, string][])),
    ...(event === "conference-end"
      ? ([
          ...(row.call_sid_ending_conference === null
            ? []
            : [["CallSidEndingConference", row.call_sid_ending_conference]]),
          ["ReasonConferenceEnded", row.reason_conference_ended ?? ""],
          ["Reason", reasonOf(row)],
        ] as [string, string][])
      : []),
  ];
}

/** A sentence for people, which Twilio words differently from case to case. */
function reasonOf({ reason_conference_ended, call_sid_ending_conference }: ConferenceRow): string {
  const caller = call_sid_ending_conference === null ? "" : ` by ${call_sid_ending_conference}`;
  return `Conference ended${caller}: ${(reason_conference_ended ?? "unknown").replaceAll("-", " ")}`;
}
