/** The two capital letters that a SID starts with. The definition of a table states those of its rows. */
export type SidPrefix = Uppercase<string>;

const HEX_32 = /^[0-9a-f]{32}$/;

/**
 * A SID in the spelling Twilio emits: upper-case prefix, lower-case hexadecimal digits.
 *
 * The documented patterns (`^RE[0-9a-fA-F]{32}$`) admit digits of either case, so a SID is found by any spelling of
 * its digits, but only with its prefix in upper case.
 *
 * @returns the SID, or undefined if `text` is none with this prefix.
 */
export function parseSid(prefix: SidPrefix, text: string): string | undefined {
  const digits = text.slice(2).toLowerCase();
  return text.startsWith(prefix) && HEX_32.test(digits) ? prefix + digits : undefined;
}
