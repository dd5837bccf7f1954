import { defineTable, oneOf, oneOfOrNull, type RowOf, text, textOrNull, time, timeOrNull } from "../../state/table.js";

/** The documented statuses of a conference. */
export const CONFERENCE_STATUSES = ["init", "in-progress", "completed"] as const;
export type ConferenceStatus = (typeof CONFERENCE_STATUSES)[number];

/** The documented reasons why a conference ended. */
export const END_REASONS = [
  "conference-ended-via-api",
  "participant-with-end-conference-on-exit-left",
  "participant-with-end-conference-on-exit-kicked",
  "last-participant-kicked",
  "last-participant-left",
] as const;
export type EndReason = (typeof END_REASONS)[number];

export const conferences = defineTable({
  name: "conferences",
  noun: "a conference",
  prefix: "CF",
  fixtureList: "conferences",
  columns: {
    account_sid: text,
    sid: text,
    friendly_name: text,
    region: text,
    status: oneOf(CONFERENCE_STATUSES),
    date_created: time,
    date_updated: time,
    reason_conference_ended: oneOfOrNull(END_REASONS),
    call_sid_ending_conference: textOrNull,
    /** What it was opened with, as JSON: a `ConferenceScript`; null for one of the fixtures. */
    script: textOrNull,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {
    conferences_by_date: { columns: ["account_sid", "date_created", "sid", "date_deleted"] },
    conferences_by_name: { columns: ["account_sid", "friendly_name", "date_created", "sid", "date_deleted"] },
    conferences_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_created",
  withoutRowid: true,
});
export type ConferenceRow = RowOf<typeof conferences>;
