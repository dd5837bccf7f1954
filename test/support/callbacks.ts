import type { Test } from "tap";
import twilio from "twilio";
import type { Config } from "../../src/config/config.js";
import { conferenceEmulator } from "./conferences.js";
import { TOKEN } from "./emulator.js";
import { type Answer, type Received, receiver } from "./receiver.js";

/** The parameters of every voice webhook, in the recorded order. */
export const VOICE_KEYS = [
  ...["Called", "ToState", "CallerCountry", "Direction", "CallerState", "ToZip", "CallSid", "To", "CallerZip"],
  ...["ToCountry", "CalledZip", "ApiVersion", "CalledCity", "CallStatus", "From", "AccountSid", "CalledCountry"],
  ...["CallerCity", "ToCity", "FromCountry", "Caller", "FromCity", "CalledState", "FromZip", "FromState"],
];

/** Returns the names of the parameters, in the order of the wire. */
export const keysOf = ({ pairs }: Received): string[] => pairs.map(([name]) => name);

/** Returns whether the official client accepts the signature of a request. `url` is the one that was asked for. */
export function isSigned({ method, url, headers, form }: Received, callbackUrl: string, token = TOKEN): boolean {
  const signature = String(headers["x-twilio-signature"]);
  const requested = new URL(url, callbackUrl).href;
  return twilio.validateRequest(token, signature, requested, method === "POST" ? form : {});
}

/** As `conferenceEmulator`, with a receiver of callbacks. Turning the clock waits for the deliveries. */
export async function callbackEmulator(t: Test, overrides: Partial<Config> = {}, answer?: Answer) {
  const running = await conferenceEmulator(t, overrides);
  const receiving = await receiver(t, answer);
  const { steer } = running;
  /** Returns the body of an answer of the control API; fails on an error. */
  const done = async (...[method, url, body]: Parameters<typeof steer>) => {
    const answer = await steer(method, url, body);
    if (answer.status >= 400) throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  /** Waits for the deliveries under way. */
  const delivered = () => running.advance(0);
  /** Waits for the deliveries under way; returns and forgets the values of a parameter of those received so far. */
  const take = async (name: string) => {
    await delivered();
    return receiving.take().map(({ form }) => form[name]);
  };
  return { ...running, ...receiving, takeAll: receiving.take, take, done, delivered };
}
