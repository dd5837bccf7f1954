import { DateTime } from "luxon";
import { IN_GMT } from "./dates.js";
import { Refusal } from "./errors.js";
import { parseSid, type SidPrefix } from "./sids.js";

/** A parsed query string: a parameter given twice is an array. Names are case-sensitive. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** A query parameter's text, undefined if it is left out; the first one counts if it is given twice. */
export function textParameter(query: Query, parameter: string): string | undefined {
  const value = query[parameter];
  return typeof value === "object" ? value[0] : value;
}

/**
 * A query parameter that is a SID, in Twilio's spelling.
 *
 * @throws Refusal 20001 if it is none with this prefix.
 */
export function sidParameter(query: Query, parameter: string, prefix: SidPrefix): string | undefined {
  const value = textParameter(query, parameter);
  if (value === undefined) return undefined;
  const sid = parseSid(prefix, value);
  if (sid === undefined) {
    throw new Refusal({ code: 20001, parameter, value, expected: `${prefix} and 32 hexadecimal digits` });
  }
  return sid;
}

/**
 * A filter by date: the parameter itself, and twins whose names end in `<` and `>`. Clients send these with the sign in
 * the name, `DateCreated%3E=2016-10-12`. All are inclusive; a date stands for the whole day, a time for its second, GMT
 * unless it names a zone.
 *
 * @returns first and last millisecond since the Unix epoch that counts.
 * @throws Refusal 20001 if one is neither a date nor a date and time.
 */
export function dateFilter(query: Query, name: string): { from?: number; until?: number } {
  const [on, before, after] = [name, `${name}<`, `${name}>`].map((parameter) => {
    const value = textParameter(query, parameter);
    if (value === undefined) return undefined;
    const span = spanOf(value);
    if (span === undefined) {
      throw new Refusal({ code: 20001, parameter, value, expected: "YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ" });
    }
    return span;
  });
  const from = [on?.from, after?.from].filter((time) => time !== undefined);
  const until = [on?.until, before?.until].filter((time) => time !== undefined);
  return {
    ...(from.length > 0 && { from: Math.max(...from) }),
    ...(until.length > 0 && { until: Math.min(...until) }),
  };
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)?$/;

function spanOf(text: string): { from: number; until: number } | undefined {
  const unit = DATE.test(text) ? "day" : DATE_TIME.test(text) ? "second" : undefined;
  const time = DateTime.fromISO(text, IN_GMT);
  if (unit === undefined || !time.isValid) return undefined;
  return { from: time.startOf(unit).toMillis(), until: time.endOf(unit).toMillis() };
}

/**
 * A boolean query parameter: `true` or `false` in any letter case, false if it is left out.
 *
 * @throws Refusal 20001 for any other value. Twilio's answer is not known; silence would hide a client's mistake.
 */
export function booleanParameter(query: Query, parameter: string): boolean {
  const value = textParameter(query, parameter);
  switch (value?.toLowerCase()) {
    case undefined:
    case "false":
      return false;
    case "true":
      return true;
    default:
      throw new Refusal({ code: 20001, parameter, value: String(value), expected: "true or false" });
  }
}
