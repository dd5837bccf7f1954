import { defineTable, type RowOf, text } from "../../state/table.js";

/** How the calls of an account go unless their own script says otherwise. */
export const callSettings = defineTable({
  name: "call_settings",
  noun: "call settings",
  prefix: "AC",
  columns: {
    account_sid: text,
    /** The account's. */
    sid: text,
    /** JSON: `CallSettings`. */
    settings: text,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {},
});
export type CallSettingsRow = RowOf<typeof callSettings>;
