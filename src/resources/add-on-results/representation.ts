import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { PayloadRow } from "../payloads/table.js";
import type { AddOnResultRow } from "./table.js";

/**
 * The keys of an AddOnResult resource in Twilio's order, without `subresource_uris`: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/add-ons/api/results
 */
export const ADD_ON_RESULT_KEYS = [
  "sid",
  "account_sid",
  "status",
  "add_on_sid",
  "add_on_configuration_sid",
  "date_created",
  "date_updated",
  "date_completed",
  "reference_sid",
] as const satisfies (keyof ReturnType<typeof representAddOnResult>)[];

/**
 * The keys of a Payload resource in Twilio's order, without `subresource_uris`: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/add-ons/api/payloads
 */
export const PAYLOAD_KEYS = [
  "sid",
  "add_on_result_sid",
  "account_sid",
  "label",
  "add_on_sid",
  "add_on_configuration_sid",
  "content_type",
  "date_created",
  "date_updated",
  "reference_sid",
] as const satisfies (keyof ReturnType<typeof representPayload>)[];

export function representAddOnResult(row: AddOnResultRow) {
  return {
    sid: row.sid,
    account_sid: row.account_sid,
    status: row.status,
    add_on_sid: row.add_on_sid,
    add_on_configuration_sid: row.add_on_configuration_sid,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    date_completed: row.date_completed === null ? null : toRfc2822(row.date_completed),
    reference_sid: row.reference_sid,
    subresource_uris: { payloads: `${pathOfResult(row.account_sid, row.reference_sid, row.sid)}/Payloads.json` },
  };
}

export function representPayload(row: PayloadRow) {
  const result = pathOfResult(row.account_sid, row.reference_sid, row.add_on_result_sid);
  return {
    sid: row.sid,
    add_on_result_sid: row.add_on_result_sid,
    account_sid: row.account_sid,
    label: row.label,
    add_on_sid: row.add_on_sid,
    add_on_configuration_sid: row.add_on_configuration_sid,
    content_type: row.content_type,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    reference_sid: row.reference_sid,
    subresource_uris: { data: `${result}/Payloads/${row.sid}/Data.json` },
  };
}

function pathOfResult(accountSid: string, recordingSid: string, sid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}/AddOnResults/${sid}`;
}
