import type { FastifyInstance, HTTPMethods } from "fastify";
import { Refusal } from "../conventions/errors.js";

/** Documented operations below `/Accounts/{AccountSid}` that the emulator does not have yet; building one removes its line. */
const OPERATIONS: readonly [url: string, ...methods: HTTPMethods[]][] = [
  ["/Calls/:CallSid/Recordings.json", "GET", "POST"],
  ["/Calls/:CallSid/Recordings/:Sid.json", "GET", "POST", "DELETE"],
  ["/Conferences/:ConferenceSid/Recordings.json", "GET"],
  ["/Conferences/:ConferenceSid/Recordings/:Sid.json", "GET", "POST", "DELETE"],
];

/** Answers 501 to operations that Twilio has and the emulator does not, so that nobody takes them for Twilio's 404. */
export function notYetRoutes(app: FastifyInstance): void {
  for (const [url, ...method] of OPERATIONS) app.route({ method, url, handler: refuse });
}

function refuse(): never {
  throw new Refusal({ code: 20501 });
}
