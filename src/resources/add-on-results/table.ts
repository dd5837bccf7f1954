import { defineTable, oneOf, type RowOf, text, time, timeOrNull } from "../../state/table.js";

/** The documented statuses of an add-on result. */
export const ADD_ON_RESULT_STATUSES = [
  "canceled",
  "completed",
  "deleted",
  "failed",
  "in-progress",
  "init",
  "processing",
  "queued",
] as const;

export const addOnResults = defineTable({
  name: "add_on_results",
  noun: "an add-on result",
  prefix: "XR",
  fixtureList: "add_on_results",
  columns: {
    account_sid: text,
    sid: text,
    /** The recording's SID. */
    reference_sid: text,
    status: oneOf(ADD_ON_RESULT_STATUSES),
    add_on_sid: text,
    add_on_configuration_sid: text,
    date_created: time,
    date_updated: time,
    date_completed: timeOrNull,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [
    { columns: ["account_sid"], table: "accounts", references: ["sid"] },
    {
      columns: ["account_sid", "reference_sid"],
      table: "recordings",
      references: ["account_sid", "sid"],
      onDelete: "CASCADE",
    },
  ],
  indexes: {
    add_on_results_by_recording: {
      columns: ["account_sid", "reference_sid", "date_created", "sid", "date_deleted"],
    },
    add_on_results_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
    add_on_results_by_date: { columns: ["date_created"] },
  },
  order: "date_created",
});
export type AddOnResultRow = RowOf<typeof addOnResults>;
