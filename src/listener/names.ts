import { isIP } from "node:net";

/** What a client may call the emulator's machine, from itself or from a container on it. */
const LOCAL_NAMES = ["localhost", "host.docker.internal", "127.0.0.1", "::1"];

/** What a certificate authority of the emulator's own can vouch for: nothing that anybody else is reached by. */
const PERMITTED = ["twilio.com", "localhost", "host.docker.internal", "127.0.0.0/8", "::1/128"];

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** @see https://www.twilio.com/docs/global-infrastructure/understanding-twilio-regions */
const TWILIO_API = new RegExp(`^api(\\.${LABEL}){0,2}\\.twilio\\.com$`);

/** Whether this is Twilio's API: `api.twilio.com`, that of a region, or that of an edge and a region. In lower case. */
export function isTwilioApi(name: string): boolean {
  return TWILIO_API.test(name);
}

/** The names of every certificate. */
export function certifiedNames(given: readonly string[]): string[] {
  return [...new Set(["api.twilio.com", ...LOCAL_NAMES, ...given])];
}

/** Domain names, each with all below it, and ranges of IP addresses. */
export function permittedNames(given: readonly string[]): string[] {
  const ranges = given.map((name) => (isIP(name) === 0 ? name : `${name}/${isIP(name) === 4 ? 32 : 128}`));
  return [...new Set([...PERMITTED, ...ranges])];
}
