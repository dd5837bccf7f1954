import { toRfc2822 } from "../../twilio-api/response/dates.js";
import type { ConferenceRow } from "./table.js";

/**
 * The keys of a Conference resource in Twilio's order, without `subresource_uris`: the columns of CSV.
 *
 * @see https://www.twilio.com/docs/voice/api/conference-resource#conference-properties
 */
export const CONFERENCE_KEYS = [
  "account_sid",
  "api_version",
  "date_created",
  "date_updated",
  "friendly_name",
  "region",
  "sid",
  "status",
  "uri",
  "reason_conference_ended",
  "call_sid_ending_conference",
] as const satisfies (keyof ReturnType<typeof representConference>)[];

export function representConference(row: ConferenceRow) {
  const path = `/2010-04-01/Accounts/${row.account_sid}/Conferences/${row.sid}`;
  return {
    account_sid: row.account_sid,
    api_version: "2010-04-01",
    date_created: toRfc2822(row.date_created),
    date_updated: toRfc2822(row.date_updated),
    friendly_name: row.friendly_name,
    region: row.region,
    sid: row.sid,
    status: row.status,
    subresource_uris: { participants: `${path}/Participants.json`, recordings: `${path}/Recordings.json` },
    uri: `${path}.json`,
    reason_conference_ended: row.reason_conference_ended,
    call_sid_ending_conference: row.call_sid_ending_conference,
  };
}
