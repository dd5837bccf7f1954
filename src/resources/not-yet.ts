import type { FastifyInstance, FastifyRequest, HTTPMethods } from "fastify";
import { Refusal } from "../conventions/errors.js";
import { LIST_EXTENSIONS, RESOURCE_EXTENSIONS } from "../conventions/faces.js";
import { pathOf } from "../conventions/urls.js";

/** Documented operations below `/Accounts/{AccountSid}` that the emulator does not have yet; building one removes its line. */
const OPERATIONS: readonly [url: string, extensions: readonly string[], ...methods: HTTPMethods[]][] = [
  ["/Calls/:CallSid/Recordings", LIST_EXTENSIONS, "GET", "POST"],
  ["/Calls/:CallSid/Recordings/:Sid", RESOURCE_EXTENSIONS, "GET", "POST", "DELETE"],
  ["/Conferences/:ConferenceSid/Recordings", LIST_EXTENSIONS, "GET"],
  ["/Conferences/:ConferenceSid/Recordings/:Sid", RESOURCE_EXTENSIONS, "GET", "POST", "DELETE"],
];

/** Answers 501 to operations that Twilio has and the emulator does not, so that nobody takes them for Twilio's 404. */
export function notYetRoutes(app: FastifyInstance): void {
  for (const [url, extensions, ...method] of OPERATIONS) {
    for (const extension of extensions) app.route({ method, url: url + extension, handler: refuse });
  }
}

function refuse({ url }: FastifyRequest): never {
  throw new Refusal({ code: 20501, what: pathOf(url) });
}
