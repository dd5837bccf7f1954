import { lowerCaseSid } from "../resources/fixture.js";
import { type RecordingRow, SOURCES, STATUSES } from "../resources/recordings/table.js";
import { DAY } from "../state/clock.js";
import type { Selection } from "../state/collection-store.js";
import { unexpected } from "./control-error.js";
import { pageOf, pageQuery, sidText } from "./paging-query.js";
import { oneOf, type TypeOf } from "./schema-type.js";

const DATE = "A date, ISO 8601 or RFC 2822, or a duration before now such as -P10D";

export const RECORDING_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    status: oneOf(STATUSES),
    call_sid: sidText("CA", "CA and 32 hexadecimal digits."),
    conference_sid: sidText("CF", "CF and 32 hexadecimal digits."),
    source: oneOf(SOURCES),
    search: {
      type: "string",
      pattern: "^[0-9a-zA-Z]{1,34}$",
      description: "1 to 34 letters and digits: a part of the SID of a recording, its call or its conference.",
    },
    from: { type: "string", description: `${DATE}: the first date_created.` },
    until: { type: "string", description: `${DATE}: the last date_created.` },
    ...pageQuery("RE"),
  },
} as const;

export type RecordingQuery = TypeOf<typeof RECORDING_QUERY>;

/**
 * Returns the selection and the page of a checked query, soft-deleted rows included.
 *
 * @param now - the account's time, from which durations count: milliseconds since the Unix epoch.
 * @throws ControlError 400 for an invalid date.
 */
export async function selectionOf(query: RecordingQuery, account: string, now: number) {
  const { status, call_sid, conference_sid, source, from, until, search: _, ...page } = query;
  const { parseFixtureDate } = await import("../seeding/dates.js");
  const secondOf = (key: "from" | "until", text: string | undefined) => {
    if (text === undefined) return undefined;
    const time = parseFixtureDate(text, now);
    // Twilio shows dates without fractions of a second, so compare whole seconds.
    if (time !== undefined) return Math.floor(time / 1000) * 1000;
    throw unexpected(key, text, RECORDING_QUERY.properties[key].description);
  };
  const last = secondOf("until", until);
  const span = /^\d{4}-\d\d-\d\d$/.test(String(until)) ? DAY : 1000;
  const selection: Selection<RecordingRow> = {
    where: {
      account_sid: account,
      ...(status !== undefined && { status }),
      ...(source !== undefined && { source }),
      ...(call_sid !== undefined && { call_sid: lowerCaseSid(call_sid) }),
      ...(conference_sid !== undefined && { conference_sid: lowerCaseSid(conference_sid) }),
    },
    from: secondOf("from", from),
    until: last === undefined ? undefined : last + span - 1,
    // Before every date.
    deletedAfter: Number.NEGATIVE_INFINITY,
  };
  return { selection, page: pageOf(page) };
}
