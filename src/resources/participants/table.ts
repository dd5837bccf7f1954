import { defineTable, integer, oneOf, type RowOf, text, textOrNull, time, timeOrNull } from "../../state/table.js";

/** The documented statuses of a participant. */
export const PARTICIPANT_STATUSES = ["queued", "connecting", "ringing", "connected", "complete", "failed"] as const;
export type ParticipantStatus = (typeof PARTICIPANT_STATUSES)[number];

/** A call in a conference. Twilio shows no SID of it; ours follows from those of the call and of the conference. */
export const participants = defineTable({
  name: "participants",
  noun: "a participant",
  prefix: "CP",
  fixtureList: "participants",
  columns: {
    account_sid: text,
    sid: text,
    conference_sid: text,
    call_sid: text,
    label: textOrNull,
    status: oneOf(PARTICIPANT_STATUSES),
    date_created: time,
    date_updated: time,
    /** 0 or 1, as all that follow. */
    muted: integer,
    hold: integer,
    coaching: integer,
    start_conference_on_enter: integer,
    end_conference_on_exit: integer,
    call_sid_to_coach: textOrNull,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [
    { columns: ["account_sid"], table: "accounts", references: ["sid"] },
    {
      columns: ["account_sid", "conference_sid"],
      table: "conferences",
      references: ["account_sid", "sid"],
      onDelete: "CASCADE",
    },
  ],
  indexes: {
    participants_by_conference: { columns: ["account_sid", "conference_sid", "date_created", "sid", "date_deleted"] },
    participants_by_call: { columns: ["account_sid", "call_sid", "date_created", "sid", "date_deleted"] },
    participants_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_created",
  impliedSid: ({ conference_sid, call_sid }) => participantSid(String(conference_sid), String(call_sid)),
});
export type ParticipantRow = RowOf<typeof participants>;

/** Returns the SID of a call's participation in a conference: the ends of both SIDs, so that both may repeat. */
export function participantSid(conferenceSid: string, callSid: string): string {
  return `CP${(callSid.slice(-16) + conferenceSid.slice(-16)).toLowerCase()}`;
}
