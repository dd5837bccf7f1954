/** Ten digits of North America, with or without its country code; area codes and exchanges begin with 2 to 9. */
const NORTH_AMERICA = /^(?:\+?1)?([2-9]\d{2})([2-9]\d{2})(\d{4})$/;
/** A country code and a number, 15 digits at most (ITU-T E.164, 6). */
const E164 = /^\+?[1-9]\d{6,14}$/;
const OTHER = /^(?:client:\S{1,121}|sips?:[^\s@]+@[^\s@]+|app:AP[0-9a-f]{32})$/i;

/** Returns a phone number in E.164, a client, a SIP address or a TwiML app as it is; undefined for any other text. */
export function parseAddress(text: string): string | undefined {
  if (OTHER.test(text)) return text;
  const digits = text.replace(/[\s().-]/g, "");
  const local = NORTH_AMERICA.exec(digits);
  if (local !== null) return `+1${local[1]}${local[2]}${local[3]}`;
  return E164.test(digits) ? `+${digits.replace("+", "")}` : undefined;
}

/** Returns a number of North America as `(610) 331-7238`, any other address as it is. */
export function formatAddress(address: string): string {
  const local = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(address);
  return local === null ? address : `(${local[1]}) ${local[2]}-${local[3]}`;
}

/** Returns a number of those that are reserved for fiction, derived from hexadecimal digits. */
export function fictionalNumber(digits: string): string {
  const area = 201 + (Number.parseInt(digits.slice(-8, -2), 16) % 780);
  // N11 codes are services, not areas.
  const isService = area % 100 === 11;
  return `+1${isService ? area + 1 : area}55501${String(Number.parseInt(digits.slice(-2), 16) % 100).padStart(2, "0")}`;
}

/** The number of the account in calls that do not name one. */
export const OWN_NUMBER = "+12025550100";
