import { defineTable, integer, type RowOf, text, textOrNull } from "../../state/table.js";

export const accounts = defineTable({
  name: "accounts",
  noun: "an account",
  prefix: "AC",
  fixtureList: "accounts",
  columns: {
    sid: text,
    /** Null for an account whose token is not stored: it was given at start, or any token is accepted. */
    auth_token: textOrNull,
    friendly_name: text,
    /** The SID of the parent account; null for a main account. */
    owner_account_sid: textOrNull,
    date_created: { ...integer, default: 0 },
    date_updated: { ...integer, default: 0 },
  },
  primaryKey: ["sid"],
  foreignKeys: [{ columns: ["owner_account_sid"], table: "accounts", references: ["sid"], deferred: true }],
  grantsAccess: true,
  indexes: { accounts_by_owner: { columns: ["owner_account_sid"], where: "owner_account_sid IS NOT NULL" } },
});
export type AccountRow = RowOf<typeof accounts>;

export const keys = defineTable({
  name: "keys",
  noun: "an API key",
  prefix: "SK",
  columns: { sid: text, account_sid: text, secret: text },
  primaryKey: ["sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  grantsAccess: true,
  // SQLite looks up the foreign key when an account is removed.
  indexes: { keys_by_account: { columns: ["account_sid"] } },
});
export type KeyRow = RowOf<typeof keys>;
