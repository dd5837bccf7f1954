import { DateTime, Duration } from "luxon";
import { IN_GMT, toRfc2822, withinFourDigitYears } from "../twilio-api/response/dates.js";

/** An ISO 8601 duration in units of constant length: its sign and the number of each. */
const EXACT_DURATION = /^(-?)P(?=.)(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/;

/**
 * Parses a date in a fixture: RFC 2822, ISO 8601 (GMT without a zone), or an ISO 8601 duration before now (`-P10D`).
 *
 * @param now - milliseconds since the Unix epoch.
 * @returns milliseconds since the Unix epoch, or undefined if `text` is not a date in the years 0 to 9999.
 */
export function parseFixtureDate(text: string, now: number): number | undefined {
  const time = parseDate(text, now);
  return time !== undefined && time === withinFourDigitYears(time) ? time : undefined;
}

function parseDate(text: string, now: number): number | undefined {
  if (text.startsWith("-P")) return addDuration(now, text);
  // Most fixtures use Twilio's own format. Luxon is slow to load, so a start avoids it for these.
  const time = Date.parse(text);
  if (!Number.isNaN(time) && toRfc2822(time) === text) return time;
  // fromISO alone would accept a time without a date.
  return millisecondsOf(/^\d{4}-/.test(text) ? DateTime.fromISO(text, IN_GMT) : DateTime.fromRFC2822(text, IN_GMT));
}

/**
 * Adds an ISO 8601 duration (`P41D`, or negative: `-P41D`) to a time.
 *
 * @param time - milliseconds since the Unix epoch.
 * @returns milliseconds since the Unix epoch, or undefined if `duration` is invalid.
 */
export function addDuration(time: number, duration: string): number | undefined {
  const exact = EXACT_DURATION.exec(duration);
  if (exact !== null) {
    const [, sign, days = 0, hours = 0, minutes = 0, seconds = 0] = exact;
    const milliseconds = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? time - milliseconds : time + milliseconds;
  }
  // The length of a month or a year depends on the calendar.
  const parsed = Duration.fromISO(duration, IN_GMT);
  // Luxon accepts a duration without any number.
  if (!parsed.isValid || !/\d/.test(duration)) return undefined;
  return millisecondsOf(DateTime.fromMillis(time, IN_GMT).plus(parsed));
}

function millisecondsOf(date: DateTime): number | undefined {
  return date.isValid ? Math.trunc(date.toMillis()) : undefined;
}
