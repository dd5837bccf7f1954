/** Returns the SID after `last`, or the first one: SIDs of this kind sort in the order in which they were given. */
export function sidAfter(prefix: string, last: string | null | undefined): string {
  const number = BigInt(`0x${last?.slice(prefix.length) ?? 0}`) + 1n;
  return prefix + number.toString(16).padStart(32, "0");
}
