import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ArmedError, errorBody, type Reason, TwilioError } from "./error-catalogue.js";
import { sendResource } from "./formats.js";

/** Errors that Twilio never sends. A header marks them, so that users do not search for the cause in their program. */
const EMULATOR_ERRORS: Partial<Record<number, string>> = { 20500: "internal", 20501: "not-implemented" };

/** Answers errors of this context in Twilio's error form. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const reason = reasonFor(error);
    if (reason.code === 20500 && !("armed" in reason)) request.log.error(error);
    return answer(reason, request, reply);
  });
}

/** Answers 404 in this context to paths without a route. */
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
    const kind = EMULATOR_ERRORS[reason.code];
    if (kind !== undefined) reply.header("X-Emulator-Fault", kind);
  }
  return sendResource(reply, format, "RestException", body);
}

/** Returns the reason of an error: 20500 for any that is not a TwilioError. */
function reasonFor(error: unknown): Reason | ArmedError {
  if (error instanceof TwilioError) return error.reason;
  switch ((error as { code?: unknown }).code) {
    case "FST_BASIC_AUTH_MISSING_OR_BAD_AUTHORIZATION_HEADER":
      return { code: 20003, cause: "No credentials provided" };
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { code: 20001, malformed: "the body is larger than 1 MiB" };
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return { code: 20001, malformed: "the body has not the length of its Content-Length" };
    default:
      return { code: 20500 };
  }
}
