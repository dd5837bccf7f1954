import { Refusal } from "./errors.js";

/** A parsed query string: a parameter given twice is an array. Names are case-sensitive. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * A boolean query parameter: `true` or `false` in any letter case, false if it is left out; the first one counts if it
 * is given twice.
 *
 * @throws Refusal 20001 for any other value. Twilio's answer is not known; silence would hide a client's mistake.
 */
export function booleanParameter(query: Query, parameter: string): boolean {
  const value = [query[parameter]].flat()[0] ?? "false";
  switch (value.toLowerCase()) {
    case "false":
      return false;
    case "true":
      return true;
    default:
      throw new Refusal({ code: 20001, parameter, value, expected: "true or false" });
  }
}
