import { isIP } from "node:net";

/** This machine's names for its own programs and its containers. */
const LOCAL_NAMES = ["localhost", "host.docker.internal", "127.0.0.1", "::1"];

/** The name constraints of the emulator's certificate authority: no name of another machine, except Twilio's. */
const PERMITTED = ["twilio.com", "localhost", "host.docker.internal", "127.0.0.0/8", "::1/128"];

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** @see https://www.twilio.com/docs/global-infrastructure/understanding-twilio-regions */
const TWILIO_API = new RegExp(`^api(\\.${LABEL}){0,2}\\.twilio\\.com$`);

/** Returns whether a host name in lower case is Twilio's API, also of a region, or of an edge and a region. */
export function isTwilioApi(name: string): boolean {
  return TWILIO_API.test(name);
}

/** Returns the names that every certificate contains. */
export function certifiedNames(given: readonly string[]): string[] {
  return [...new Set(["api.twilio.com", ...LOCAL_NAMES, ...given])];
}

/** Returns the name constraints: domain names, which include their subdomains, and ranges of IP addresses. */
export function permittedNames(given: readonly string[]): string[] {
  const ranges = given.map((name) => (isIP(name) === 0 ? name : `${name}/${isIP(name) === 4 ? 32 : 128}`));
  return [...new Set([...PERMITTED, ...ranges])];
}
