import { DAY } from "../../state/clock.js";

/**
 * Options for luxon: GMT unless a date has a zone. The locale has no effect on dates, but without one luxon reads the
 * system's, which takes longer than opening a database.
 */
export const IN_GMT = { zone: "utc", locale: "en" } as const;

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** A cache of the last day, in days since the Unix epoch: most dates of an answer are on one day. */
let lastDay = Number.NaN;
let lastDate = "";

/**
 * Returns a time in RFC 2822 and GMT: `Fri, 14 Oct 2016 21:56:34 +0000`.
 *
 * @param time - milliseconds since the Unix epoch; fractions of a second are truncated.
 */
export function toRfc2822(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay) {
    lastDay = day;
    lastDate = new Date(time).toUTCString().slice(0, -"00:00:00 GMT".length);
  }
  const second = Math.floor((time - day * DAY) / 1000);
  return `${lastDate}${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)} +0000`;
}

function two(number: number): string | undefined {
  return TWO_DIGITS[Math.floor(number)];
}

const [FIRST, LAST] = [Date.parse("0000-01-01T00:00:00Z"), Date.UTC(9999, 11, 31, 23, 59, 59, 999)];

/** Returns the nearest time within the years 0 to 9999. */
export function withinFourDigitYears(time: number): number {
  return Math.min(Math.max(time, FIRST), LAST);
}
