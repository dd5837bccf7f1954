import { type RecordingRow, SOURCES, type Source, STATUSES, type Status } from "../resources/recordings/table.js";
import { DAY } from "../state/clock.js";
import type { Selection } from "../state/collection-store.js";
import { ControlError } from "./control-error.js";

/** Which recordings to list: those that agree with all that is given. */
export interface RecordingQuery {
  status?: Status;
  call_sid?: string;
  conference_sid?: string;
  source?: Source;
  /** First and last date_created: ISO 8601, RFC 2822, or a duration before now such as `-P10D`. A date alone is the whole day. */
  from?: string;
  until?: string;
  /** How many recordings a page has; left out: 50. */
  limit?: number;
  /** The SID of the last recording of the page before. */
  after?: string;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

const sid = (prefix: string, description: string) =>
  ({ type: "string", pattern: `^${prefix}[0-9a-fA-F]{32}$`, description }) as const;
const oneOf = (values: readonly string[]) => ({ enum: values, description: `One of ${values.join(", ")}.` }) as const;
const DATE = "A date, ISO 8601 or RFC 2822, or a duration before now such as -P10D";

/** The query of a list, beside the account. */
export const RECORDING_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    status: oneOf(STATUSES),
    call_sid: sid("CA", "CA and 32 hexadecimal digits."),
    conference_sid: sid("CF", "CF and 32 hexadecimal digits."),
    source: oneOf(SOURCES),
    from: { type: "string", description: `${DATE}: the first date_created that counts.` },
    until: { type: "string", description: `${DATE}: the last date_created that counts.` },
    limit: {
      type: "integer",
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `A whole number from 1 to ${MAX_LIMIT}. Left out: ${DEFAULT_LIMIT}.`,
    },
    after: sid("RE", "The SID of the last recording of the page before."),
  },
} as const;

/**
 * Returns the rows and the page that a checked query selects, deleted rows included.
 *
 * @param now - the account's time, from which durations count: milliseconds since the Unix epoch.
 * @throws ControlError 400 for a date that is none.
 */
export async function selectionOf(query: RecordingQuery, account: string, now: number) {
  const { status, call_sid, conference_sid, source, from, until, limit = DEFAULT_LIMIT, after } = query;
  const { parseFixtureDate } = await import("../seeding/dates.js");
  const secondOf = (key: "from" | "until", text: string | undefined) => {
    if (text === undefined) return undefined;
    const time = parseFixtureDate(text, now);
    // Dates are shown without the fraction of a second, so a time stands for its second.
    if (time !== undefined) return Math.floor(time / 1000) * 1000;
    const expected = RECORDING_QUERY.properties[key].description;
    throw new ControlError(400, `${key} is ${JSON.stringify(text)}; expected: ${expected}`);
  };
  const last = secondOf("until", until);
  const span = /^\d{4}-\d\d-\d\d$/.test(String(until)) ? DAY : 1000;
  const selection: Selection<RecordingRow> = {
    where: {
      account_sid: account,
      ...(status !== undefined && { status }),
      ...(source !== undefined && { source }),
      ...(call_sid !== undefined && { call_sid: inLowerCase(call_sid) }),
      ...(conference_sid !== undefined && { conference_sid: inLowerCase(conference_sid) }),
    },
    from: secondOf("from", from),
    until: last === undefined ? undefined : last + span - 1,
    // Before every date.
    deletedAfter: Number.NEGATIVE_INFINITY,
  };
  const token = after === undefined ? undefined : ({ direction: "after", sid: inLowerCase(after) } as const);
  const page = { size: limit, token };
  return { selection, page };
}

/** Returns the spelling that Twilio emits, of a SID that the schema has accepted. */
function inLowerCase(sid: string): string {
  return sid.slice(0, 2) + sid.slice(2).toLowerCase();
}
