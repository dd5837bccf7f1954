import { defineTable, type RowOf, text, textOrNull, time, timeOrNull } from "../../state/table.js";

export const payloads = defineTable({
  name: "payloads",
  noun: "a payload",
  prefix: "XH",
  fixtureList: "payloads",
  columns: {
    account_sid: text,
    sid: text,
    add_on_result_sid: text,
    /** The recording's SID. */
    reference_sid: text,
    label: textOrNull,
    add_on_sid: text,
    add_on_configuration_sid: text,
    content_type: text,
    /** The content at the payload's Data URL. */
    data: text,
    date_created: time,
    date_updated: time,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [
    { columns: ["account_sid"], table: "accounts", references: ["sid"] },
    {
      columns: ["account_sid", "add_on_result_sid"],
      table: "add_on_results",
      references: ["account_sid", "sid"],
      onDelete: "CASCADE",
    },
  ],
  indexes: {
    payloads_by_result: { columns: ["account_sid", "add_on_result_sid", "date_created", "sid", "date_deleted"] },
    payloads_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_created",
});
export type PayloadRow = RowOf<typeof payloads>;
