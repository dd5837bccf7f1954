import { toRfc2822 } from "../../twilio-api/response/dates.js";
import { formatAddress } from "./addresses.js";
import type { CallRow } from "./table.js";

/** The subresources of a call: the keys of its `subresource_uris` in Twilio's order, and their paths. */
export const CALL_SUBRESOURCES = {
  events: "Events",
  notifications: "Notifications",
  payments: "Payments",
  recordings: "Recordings",
  siprec: "Siprec",
  streams: "Streams",
  transcriptions: "Transcriptions",
  user_defined_message_subscriptions: "UserDefinedMessageSubscriptions",
  user_defined_messages: "UserDefinedMessages",
} as const;

/**
 * The keys of a Call resource in Twilio's order, without `subresource_uris`: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/voice/api/call-resource#call-properties
 */
export const CALL_KEYS = [
  "account_sid",
  "annotation",
  "answered_by",
  "api_version",
  "caller_name",
  "date_created",
  "date_updated",
  "direction",
  "duration",
  "end_time",
  "forwarded_from",
  "from",
  "from_formatted",
  "group_sid",
  "parent_call_sid",
  "phone_number_sid",
  "price",
  "price_unit",
  "queue_time",
  "sid",
  "start_time",
  "status",
  "to",
  "to_formatted",
  "trunk_sid",
  "uri",
] as const satisfies (keyof ReturnType<typeof representCall>)[];

export function representCall(row: CallRow) {
  const path = `/2010-04-01/Accounts/${row.account_sid}/Calls/${row.sid}`;
  const date = (time: number | null) => (time === null ? null : toRfc2822(time));
  // Recorded in 2016: the dates of a call that is not dialled yet are null.
  const isQueued = row.status === "queued";
  return {
    account_sid: row.account_sid,
    annotation: null,
    answered_by: row.answered_by,
    api_version: "2010-04-01",
    caller_name: row.caller_name,
    date_created: isQueued ? null : date(row.date_created),
    date_updated: isQueued ? null : date(row.date_updated),
    direction: row.direction,
    duration: row.duration === null ? null : String(row.duration),
    end_time: date(row.end_time),
    forwarded_from: row.forwarded_from,
    from: row.from_address,
    from_formatted: formatAddress(row.from_address),
    group_sid: row.group_sid,
    parent_call_sid: row.parent_call_sid,
    phone_number_sid: row.phone_number_sid,
    price: row.price,
    price_unit: "USD",
    queue_time: "0",
    sid: row.sid,
    start_time: date(row.start_time),
    status: row.status,
    subresource_uris: Object.fromEntries(
      Object.entries(CALL_SUBRESOURCES).map(([key, name]) => [key, `${path}/${name}.json`]),
    ) as Record<keyof typeof CALL_SUBRESOURCES, string>,
    to: row.to_address,
    to_formatted: formatAddress(row.to_address),
    trunk_sid: row.trunk_sid ?? "",
    uri: `${path}.json`,
  };
}
