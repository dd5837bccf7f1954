/** The two capital letters at the start of a SID. */
export type SidPrefix = Uppercase<string>;

const HEX_32 = /^[0-9a-f]{32}$/;

/**
 * Parses a SID and returns it with lower-case digits, as Twilio emits it; undefined if `text` is not a SID with this prefix.
 * The documented patterns (`^RE[0-9a-fA-F]{32}$`) allow digits of either case, and only an upper-case prefix.
 */
export function parseSid(prefix: SidPrefix, text: string): string | undefined {
  const digits = text.slice(2).toLowerCase();
  return text.startsWith(prefix) && HEX_32.test(digits) ? prefix + digits : undefined;
}
