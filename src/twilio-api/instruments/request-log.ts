import type { FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import type { Clock } from "../../state/clock.js";
import type { Journal, JournalEntry } from "../../state/journal.js";
import { receivedParts, sentAnswer } from "./request-details.js";

/** Returns the step that adds each request to the request log when it ends, also without a response. */
export function recordRequests({ size, record }: Journal, clock: Clock): onRequestHookHandler {
  return (request, reply, done) => {
    // onResponse does not run if the connection breaks off.
    if (size > 0) reply.raw.once("close", () => record(entryOf(request, reply)));
    done();
  };

  function entryOf(request: FastifyRequest, reply: FastifyReply): JournalEntry {
    const { method, url, operation, account, status: given, code, fault } = notedOf(request, reply);
    const userAgent = request.headers["user-agent"];
    const time = clock.now(account);
    const status = reply.raw.headersSent ? given : undefined;
    const [requestId, duration] = [request.id, reply.elapsedTime];
    const { secure, headers } = receivedParts(request.raw);
    const answer = status === undefined ? undefined : sentAnswer(request, reply);
    const form = request.sentForm;
    // An object literal is several times faster than a spread.
    return {
      method,
      url,
      operation,
      account,
      userAgent,
      requestId,
      time,
      duration,
      status,
      code,
      fault,
      secure,
      headers,
      form,
      answer,
    };
  }
}

/** Returns the part of a log entry that is the same for each repetition of the request. */
export function notedOf(request: FastifyRequest, reply: FastifyReply) {
  const code = reply.getHeader("x-twilio-error-code");
  return {
    method: request.method,
    url: request.url,
    operation: request.operation,
    account: request.accountSid || undefined,
    status: reply.statusCode,
    code: code === undefined ? undefined : Number(code),
    fault: request.armedFault?.id,
  };
}
