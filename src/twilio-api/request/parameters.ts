import { DateTime } from "luxon";
import { IN_GMT } from "../response/dates.js";
import { TwilioError } from "../response/error-catalogue.js";
import { parseSid, type SidPrefix } from "./sids.js";

/** A parsed query string or form: a parameter given twice is an array. Names are case-sensitive. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Returns the first text of a query parameter that is not empty; undefined without one. */
export function textParameter(query: Query, parameter: string): string | undefined {
  const value = query[parameter];
  return (typeof value === "object" ? value.find((text) => text !== "") : value) || undefined;
}

/** Returns the given parameters with their texts, as page URIs repeat them. */
export function givenTexts(query: Query, parameters: readonly string[]): [name: string, text: string][] {
  return parameters.flatMap((parameter): [string, string][] => {
    const text = textParameter(query, parameter);
    return text === undefined ? [] : [[parameter, text]];
  });
}

/** Returns the texts of a repeated parameter that are not empty. */
export function textsOf(query: Query, parameter: string): string[] {
  return [query[parameter] ?? []].flat().filter((text) => text !== "");
}

/**
 * Parses a query parameter that is a SID.
 *
 * @throws TwilioError 20001 if it is not a SID with this prefix.
 */
export function sidParameter(query: Query, parameter: string, prefix: SidPrefix): string | undefined {
  const value = textParameter(query, parameter);
  if (value === undefined) return undefined;
  const sid = parseSid(prefix, value);
  if (sid === undefined) {
    throw new TwilioError({ code: 20001, parameter, value, expected: `${prefix} and 32 hexadecimal digits` });
  }
  return sid;
}

/**
 * Parses a filter by date: the parameter, and those with `<` and `>` after its name. Dates are in GMT unless they have a zone.
 *
 * The parameter matches a whole year, month or day, also if it contains a time: Twilio's clients send midnight for a date.
 * `<` and `>` are inclusive and compare with an instant, the first one of a date.
 *
 * @returns first and last matching millisecond since the Unix epoch, undefined for no limit.
 * @throws TwilioError 20001 for a value that is not a date.
 */
export function dateFilter(query: Query, name: string): { from: number | undefined; until: number | undefined } {
  const from: number[] = [];
  const until: number[] = [];
  for (const [sign, text] of datesOf(query, name)) {
    const { time, unit } = parseDate(text);
    if (sign === "") {
      from.push(time.startOf(unit).toMillis());
      until.push(time.endOf(unit).toMillis());
    }
    // Answers show whole seconds, so rows are compared by seconds, although their times have milliseconds.
    else if (sign === ">=") from.push(Math.ceil(time.toMillis() / 1000) * 1000);
    else until.push(Math.floor(time.toMillis() / 1000) * 1000 + 999);
  }
  return {
    from: from.length > 0 ? Math.max(...from) : undefined,
    until: until.length > 0 ? Math.min(...until) : undefined,
  };
}

/** Returns a filter by date as page URIs repeat it: `DateCreated` with the value `>=2017-02-28`. */
export function givenDates(query: Query, name: string): [name: string, text: string][] {
  return datesOf(query, name).map(([sign, text]) => [name, sign + text]);
}

/** Returns the dates of a filter. Clients send the sign in the name, page URIs in the value. */
function datesOf(query: Query, name: string): (readonly [sign: "" | "<=" | ">=", text: string])[] {
  const texts = textsOf(query, name);
  const withSign = (sign: string) => texts.find((text) => text.startsWith(sign) && text !== sign)?.slice(sign.length);
  const on = texts.find((text) => !/^[<>]=/.test(text));
  const before = textParameter(query, `${name}<`) ?? withSign("<=");
  const after = textParameter(query, `${name}>`) ?? withSign(">=");
  const given = [["", on] as const, ["<=", before] as const, [">=", after] as const];
  return given.flatMap(([sign, text]) => (text === undefined ? [] : [[sign, text] as const]));
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):?[0-5]\d)?$/;
const DATE_FORMS = [
  [/^\d{4}$/, "year"],
  [/^\d{4}-\d\d$/, "month"],
  [/^\d{4}-\d\d-\d\d$/, "day"],
  [DATE_TIME, "day"],
] as const;

function parseDate(text: string): { time: DateTime; unit: "year" | "month" | "day" } {
  const [, unit] = DATE_FORMS.find(([form]) => form.test(text)) ?? [];
  const time = DateTime.fromISO(text, IN_GMT);
  if (unit === undefined || !time.isValid) throw new TwilioError({ code: 20001, problem: "Invalid date value" });
  return { time, unit };
}

/**
 * Parses a boolean query parameter, in any letter case; false if it is omitted.
 *
 * @throws TwilioError 20001 for another value. Twilio's answer is unknown; ignoring the value would hide a client's mistake.
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
      throw new TwilioError({ code: 20001, parameter, value: String(value), expected: "true or false" });
  }
}

/**
 * Parses a parameter that has one of these values, in any letter case.
 *
 * @throws TwilioError 20001 for any other value.
 */
export function choiceParameter<const Choice extends string>(
  query: Query,
  parameter: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = textParameter(query, parameter);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one.toLowerCase() === value.toLowerCase());
  if (choice === undefined) throw new TwilioError({ code: 20001, parameter, value, expected: choices.join(", ") });
  return choice;
}

/**
 * Parses a parameter that is a whole number.
 *
 * @throws TwilioError 20001 for any other value, and for a number outside the limits.
 */
export function numberParameter(query: Query, parameter: string, least: number, most: number): number | undefined {
  const value = textParameter(query, parameter);
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.POSITIVE_INFINITY ? `from ${least} on` : `from ${least} to ${most}`;
  throw new TwilioError({ code: 20001, parameter, value, expected: `a whole number ${range}` });
}

/** Returns the form of a request; empty for a request without one. */
export function formOf({ body }: { body: unknown }): Query {
  return (body ?? {}) as Query;
}
