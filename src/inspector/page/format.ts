/** Returns the time of a date, in UTC: 12:34:56.789 */
export function timeOf(iso: string, withMilliseconds = true): string {
  return iso.slice(11, withMilliseconds ? 23 : 19);
}

/** Returns a date as 2030-01-31 12:34:56, in UTC. Takes ISO 8601 and RFC 2822. */
export function dateTimeOf(text: string | null): string {
  if (text === null) return "";
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString().slice(0, 19).replace("T", " ");
}

/** Returns a duration: 0.3 ms, 12 ms, 1.20 s. */
export function durationOf(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** Returns seconds as 1:05 or 1:00:05. */
export function lengthOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const padded = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`;
}

/** Returns the path of a request without the part that all paths share. */
export function shortPath(path: string): string {
  return path.replace(/^\/2010-04-01\/Accounts\/AC[0-9a-fA-F]{32}/, "…");
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
