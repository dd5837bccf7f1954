import { defineTable, oneOf, type RowOf, text, time } from "../state/table.js";

/** Callbacks that are still to be delivered. A row is removed when its delivery is over, whatever came of it. */
export const pendingCallbacks = defineTable({
  name: "pending_callbacks",
  noun: "a callback",
  prefix: "CB",
  columns: {
    account_sid: text,
    /** Grows with each callback of an account: those of one resource are delivered in this order. */
    sid: text,
    created_at: time,
    /** Such as `recording.completed`. */
    event: text,
    /** The SID of the resource that it is about. */
    subject_sid: text,
    url: text,
    method: oneOf(["GET", "POST"]),
    /** JSON: names and values, in wire order. */
    parameters: text,
    /** Equal for all attempts, also after a restart. */
    idempotency_token: text,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {},
});
export type PendingCallback = RowOf<typeof pendingCallbacks>;
