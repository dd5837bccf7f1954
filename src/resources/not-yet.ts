import type { FastifyInstance, FastifyRequest } from "fastify";
import { TwilioError } from "../twilio-api/response/error-catalogue.js";

/** Answers 501 to a path that Twilio has and the emulator does not, because a 404 or 405 would pass for Twilio's own. */
export function notYet(app: FastifyInstance, url: string): void {
  app.route({ method: ["GET", "HEAD", "POST", "DELETE"], url, handler: refuse });
}

function refuse({ path }: FastifyRequest): never {
  throw new TwilioError({ code: 20501, what: path });
}
