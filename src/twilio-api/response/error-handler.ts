import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ArmedError, errorBody, type Reason, TwilioError } from "./error-catalogue.js";
import { sendResource } from "./formats.js";

/** What Twilio would never answer: it is marked as the emulator's own, so that nobody looks for it in their program. */
const EMULATOR_FAULTS: Partial<Record<number, string>> = { 20500: "internal", 20501: "not-implemented" };

/** Makes everything that is thrown in this context end in Twilio's own error form. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const reason = reasonFor(error);
    if (reason.code === 20500 && !("armed" in reason)) request.log.error(error);
    return answer(reason, request, reply);
  });
}

/** Makes this context answer every path that no other has. */
export function answerUnknownPaths(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => answer({ code: 20404 }, request, reply));
}

function answer(reason: Reason | ArmedError, request: FastifyRequest, reply: FastifyReply): object {
  const body = errorBody(reason, request.path);
  reply.code(body.status).header("X-Twilio-Error-Code", body.code);
  const { format } = request;
  if (body.status === 401) {
    reply.header("WWW-Authenticate", 'Basic realm="Twilio API"');
    // Fastify adds a charset unless the reply has a serializer of its own.
    if (format === "json") reply.type("application/json").serializer(JSON.stringify);
  }
  if ("length" in reason) reply.header("Content-Range", `bytes */${reason.length}`);
  if ("armed" in reason) {
    if (reason.retryAfter !== undefined) reply.header("Retry-After", reason.retryAfter);
  } else {
    const fault = EMULATOR_FAULTS[reason.code];
    if (fault !== undefined) reply.header("X-Emulator-Fault", fault);
  }
  return sendResource(reply, format, "RestException", body);
}

/** The reason behind anything thrown: whatever is no refusal is our own fault. */
function reasonFor(error: unknown): Reason | ArmedError {
  if (error instanceof TwilioError) return error.reason;
  return (error as { code?: unknown }).code === "FST_BASIC_AUTH_MISSING_OR_BAD_AUTHORIZATION_HEADER"
    ? { code: 20003, cause: "No credentials provided" }
    : { code: 20500 };
}
