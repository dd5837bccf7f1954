import { DateTime, Duration } from "luxon";
import { IN_GMT, toRfc2822 } from "../twilio-api/response/dates.js";

/** An ISO 8601 duration of units that are always as long: its sign, and how many of each. */
const EXACT_DURATION = /^(-?)P(?=.)(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/;

/**
 * A date in a fixture: RFC 2822, ISO 8601 (GMT unless it names a zone), or an ISO 8601 duration before now (`-P10D`).
 *
 * @param now - milliseconds since the Unix epoch.
 * @returns milliseconds since the Unix epoch, or undefined if `text` is none of these.
 */
export function parseFixtureDate(text: string, now: number): number | undefined {
  if (text.startsWith("-P")) return addDuration(now, text);
  // As Twilio writes dates, and so most fixtures: a start has no need of luxon then, which takes a while to load.
  const time = Date.parse(text);
  if (!Number.isNaN(time) && toRfc2822(time) === text) return time;
  // fromISO alone would take a bare time, and make it today's. Years beyond 0 to 9999 have a sign and six digits
  // (ECMA-262, 21.4.1.32.1): exports have them.
  return millisecondsOf(
    /^(\d{4}|[+-]\d{6})-/.test(text) ? DateTime.fromISO(text, IN_GMT) : DateTime.fromRFC2822(text, IN_GMT),
  );
}

/**
 * A time, put forward by an ISO 8601 duration (`P41D`), or back by a negative one.
 *
 * @param time - milliseconds since the Unix epoch.
 * @returns milliseconds since the Unix epoch, or undefined if `duration` is none.
 */
export function addDuration(time: number, duration: string): number | undefined {
  const exact = EXACT_DURATION.exec(duration);
  if (exact !== null) {
    const [, sign, days = 0, hours = 0, minutes = 0, seconds = 0] = exact;
    const milliseconds = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === "-" ? time - milliseconds : time + milliseconds;
  }
  // What a month or a year is depends on the calendar.
  const parsed = Duration.fromISO(duration, IN_GMT);
  // Luxon takes a duration without any number for none at all.
  if (!parsed.isValid || !/\d/.test(duration)) return undefined;
  return millisecondsOf(DateTime.fromMillis(time, IN_GMT).plus(parsed));
}

function millisecondsOf(date: DateTime): number | undefined {
  return date.isValid ? Math.trunc(date.toMillis()) : undefined;
}
