import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { AccountRow } from "./table.js";

/**
 * The keys of an Account resource in Twilio's order.
 *
 * @see https://www.twilio.com/docs/iam/api/account
 */
export const ACCOUNT_KEYS = [
  "auth_token",
  "date_created",
  "date_updated",
  "friendly_name",
  "owner_account_sid",
  "sid",
  "status",
  "subresource_uris",
  "type",
  "uri",
] as const satisfies (keyof ReturnType<typeof representAccount>)[];

/** The documented subresources and their paths. The emulator implements calls, conferences, recordings and transcriptions. */
const SUBRESOURCES = Object.entries({
  available_phone_numbers: "AvailablePhoneNumbers",
  calls: "Calls",
  conferences: "Conferences",
  incoming_phone_numbers: "IncomingPhoneNumbers",
  notifications: "Notifications",
  outgoing_caller_ids: "OutgoingCallerIds",
  recordings: "Recordings",
  transcriptions: "Transcriptions",
  addresses: "Addresses",
  signing_keys: "SigningKeys",
  connect_apps: "ConnectApps",
  sip: "SIP",
  authorized_connect_apps: "AuthorizedConnectApps",
  usage: "Usage",
  keys: "Keys",
  applications: "Applications",
  short_codes: "SMS/ShortCodes",
  queues: "Queues",
  messages: "Messages",
  balance: "Balance",
});

/** Returns the resource. A main account is its own owner. */
export function representAccount(row: AccountRow, authToken: string) {
  const path = `/2010-04-01/Accounts/${row.sid}`;
  return {
    auth_token: authToken,
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    friendly_name: row.friendly_name,
    owner_account_sid: row.owner_account_sid ?? row.sid,
    sid: row.sid,
    status: "active",
    subresource_uris: Object.fromEntries(SUBRESOURCES.map(([key, name]) => [key, `${path}/${name}.json`])),
    type: "Full",
    uri: `${path}.json`,
  };
}
