import {
  defineTable,
  integerOrNull,
  oneOf,
  type RowOf,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../../state/table.js";

/** The documented statuses of a call. */
export const CALL_STATUSES = [
  "queued",
  "ringing",
  "in-progress",
  "completed",
  "busy",
  "failed",
  "no-answer",
  "canceled",
] as const;
export type CallStatus = (typeof CALL_STATUSES)[number];

/** The documented directions of a call. */
export const DIRECTIONS = [
  "inbound",
  "outbound-api",
  "outbound-dial",
  "trunking-originating",
  "trunking-terminating",
] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const calls = defineTable({
  name: "calls",
  noun: "a call",
  prefix: "CA",
  fixtureList: "calls",
  columns: {
    account_sid: text,
    sid: text,
    parent_call_sid: textOrNull,
    /** E.164, or `client:` or `sip:` with a name. `to` and `from` are keywords of SQL. */
    to_address: text,
    from_address: text,
    phone_number_sid: textOrNull,
    status: oneOf(CALL_STATUSES),
    direction: oneOf(DIRECTIONS),
    date_created: time,
    date_updated: time,
    start_time: timeOrNull,
    end_time: timeOrNull,
    /** Whole seconds. */
    duration: integerOrNull,
    /** As Twilio writes it: negative, five decimals. */
    price: textOrNull,
    answered_by: textOrNull,
    caller_name: textOrNull,
    forwarded_from: textOrNull,
    group_sid: textOrNull,
    trunk_sid: textOrNull,
    /** What the call was placed with, as JSON: a `Script`; null for a call without timed events. */
    script: textOrNull,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {
    calls_by_date: { columns: ["account_sid", "date_created", "sid", "date_deleted"] },
    calls_by_parent: {
      columns: ["account_sid", "parent_call_sid", "date_created", "sid", "date_deleted"],
      where: "parent_call_sid IS NOT NULL",
    },
    calls_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_created",
  withoutRowid: true,
});
export type CallRow = RowOf<typeof calls>;

/** The columns that only fixtures fill. */
export const NO_DETAILS = {
  phone_number_sid: null,
  answered_by: null,
  caller_name: null,
  forwarded_from: null,
  group_sid: null,
  trunk_sid: null,
} as const satisfies Partial<CallRow>;
