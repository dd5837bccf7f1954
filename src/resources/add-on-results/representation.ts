import { toRfc2822 } from "../../conventions/dates.js";
import { among, date, dateOrNull, sid, text, textOrNull, uris } from "../../conventions/schema.js";
import { ADD_ON_RESULT_STATUSES, type AddOnResultRow, type PayloadRow } from "../../state/rows.js";

/**
 * The AddOnResult resource; the order of the keys is Twilio's.
 *
 * @see https://www.twilio.com/docs/add-ons/api/results
 */
export const addOnResultSchema = {
  type: "object",
  properties: {
    sid: sid("XR"),
    account_sid: sid("AC"),
    status: among(ADD_ON_RESULT_STATUSES),
    add_on_sid: sid("XB"),
    add_on_configuration_sid: sid("XE"),
    date_created: date,
    date_updated: date,
    date_completed: dateOrNull,
    reference_sid: sid("RE"),
    subresource_uris: uris("payloads"),
  },
} as const;

/**
 * The Payload resource; the order of the keys is Twilio's.
 *
 * @see https://www.twilio.com/docs/add-ons/api/payloads
 */
export const payloadSchema = {
  type: "object",
  properties: {
    sid: sid("XH"),
    add_on_result_sid: sid("XR"),
    account_sid: sid("AC"),
    label: textOrNull,
    add_on_sid: sid("XB"),
    add_on_configuration_sid: sid("XE"),
    content_type: text,
    date_created: date,
    date_updated: date,
    reference_sid: sid("RE"),
    subresource_uris: uris("data"),
  },
} as const;

/** What a payload's Data answers beside its Location. */
export const payloadDataSchema = { type: "object", properties: { redirect_to: text } } as const;

/** An add-on result as Twilio shows it. */
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

/** A payload as Twilio shows it. */
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
