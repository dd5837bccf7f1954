/**
 * A time as this API writes it: RFC 2822 in GMT, `Fri, 14 Oct 2016 21:56:34 +0000`.
 *
 * @param time - milliseconds since the Unix epoch; the fraction of a second is cut off.
 */
export function toRfc2822(time: number): string {
  return `${new Date(time).toUTCString().slice(0, -"GMT".length)}+0000`;
}
