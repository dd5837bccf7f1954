import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../state/clock.js";
import type { Journal, JournalEntry } from "../state/journal.js";

/** Notes each request of this context in the journal when it has ended, whether it was answered or broken off. */
export function keepJournal(app: FastifyInstance, journal: Journal, clock: Clock): void {
  if (journal.size === 0) return;
  app.addHook("onRequest", (request, reply, done) => {
    // Not onResponse, which does not hear of a connection that broke off.
    reply.raw.once("close", () => journal.record(entryOf(request, reply)));
    done();
  });

  function entryOf(request: FastifyRequest, reply: FastifyReply): JournalEntry {
    const noted = notedOf(request, reply);
    return {
      ...noted,
      userAgent: request.headers["user-agent"],
      requestId: request.id,
      time: clock.now(noted.account),
      duration: reply.elapsedTime,
      status: reply.raw.headersSent ? noted.status : undefined,
    };
  }
}

/** What the journal notes of a request and its answer that would be the same if it came again. */
export function notedOf(request: FastifyRequest, reply: FastifyReply) {
  const code = reply.getHeader("x-twilio-error-code");
  return {
    method: request.method,
    url: request.url,
    operation: request.routeOptions.config.operation,
    account: request.accountSid || undefined,
    status: reply.statusCode,
    code: code === undefined ? undefined : Number(code),
    fault: request.armedFault?.id,
  };
}
