import type { FastifyInstance, FastifyRequest } from "fastify";
import { TwilioError } from "../twilio-api/response/error-catalogue.js";
import { LIST_EXTENSION, RESOURCE_EXTENSION } from "../twilio-api/response/formats.js";

/** A SID in a path, or the word that stands for the recording in progress (https://www.twilio.com/docs/voice/api/recording). */
const SID_OR_CURRENT = ":Sid(^(?:Twilio\\.CURRENT|[^.]*))";

/** Documented operations below `/Accounts/{AccountSid}` that the emulator does not have yet; building one removes its line. */
const OPERATIONS: readonly [url: string, operations: Readonly<Record<string, string>>][] = [
  [`/Calls/:CallSid/Recordings${LIST_EXTENSION}`, { GET: "ListCallRecording", POST: "CreateCallRecording" }],
  [`/Calls/:CallSid/Recordings/${SID_OR_CURRENT}${RESOURCE_EXTENSION}`, oneRecording("Call")],
  [`/Conferences/:ConferenceSid/Recordings${LIST_EXTENSION}`, { GET: "ListConferenceRecording" }],
  [`/Conferences/:ConferenceSid/Recordings/${SID_OR_CURRENT}${RESOURCE_EXTENSION}`, oneRecording("Conference")],
];

/** Answers 501 to operations that Twilio has and the emulator does not, so that nobody takes them for Twilio's 404. */
export function notYetRoutes(app: FastifyInstance): void {
  for (const [url, operations] of OPERATIONS) {
    for (const [method, operation] of Object.entries(operations)) {
      const methods = method === "GET" ? ["GET", "HEAD"] : method;
      app.route({ method: methods, url, config: { operation }, handler: refuse });
    }
  }
}

function oneRecording(of: "Call" | "Conference") {
  return { GET: `Fetch${of}Recording`, POST: `Update${of}Recording`, DELETE: `Delete${of}Recording` };
}

function refuse({ path }: FastifyRequest): never {
  throw new TwilioError({ code: 20501, what: path });
}
