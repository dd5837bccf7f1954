import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { ParticipantRow } from "./table.js";

/**
 * The keys of a Participant resource in Twilio's order: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/voice/api/conference-participant-resource#participant-properties
 */
export const PARTICIPANT_KEYS = [
  "account_sid",
  "call_sid",
  "label",
  "conference_sid",
  "date_created",
  "date_updated",
  "end_conference_on_exit",
  "muted",
  "hold",
  "status",
  "start_conference_on_enter",
  "coaching",
  "call_sid_to_coach",
  "queue_time",
  "uri",
] as const satisfies (keyof ReturnType<typeof representParticipant>)[];

export function representParticipant(row: ParticipantRow) {
  return {
    account_sid: row.account_sid,
    call_sid: row.call_sid,
    label: row.label,
    conference_sid: row.conference_sid,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    end_conference_on_exit: row.end_conference_on_exit === 1,
    muted: row.muted === 1,
    hold: row.hold === 1,
    status: row.status,
    start_conference_on_enter: row.start_conference_on_enter === 1,
    coaching: row.coaching === 1,
    call_sid_to_coach: row.call_sid_to_coach,
    queue_time: null,
    uri: `/2010-04-01/Accounts/${row.account_sid}/Conferences/${row.conference_sid}/Participants/${row.call_sid}.json`,
  };
}
