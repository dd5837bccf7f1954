import type { onSendHookHandler } from "fastify";
import type { Clock } from "../../state/clock.js";
import type { RandomSequences } from "../../state/random.js";
import { originOf } from "../request/origin.js";
import { type CommonHeaders, durationOf, newRequestId } from "./headers.js";

/** The header values that differ between responses to equal requests. */
export interface Stamp {
  requestId: string;
  /** Seconds. */
  duration: string;
  /** Undefined if the account's clock shows real time: then Node sets the header. */
  date: string | undefined;
}

export type Stamper = (account: string | undefined, elapsed: number) => Stamp;

export function createStamper({ clock, random }: { clock: Clock; random: RandomSequences }): Stamper {
  return (account, elapsed) => ({
    requestId: newRequestId(random.of(account)),
    duration: durationOf(elapsed),
    date: clock.isReal(account) ? undefined : new Date(clock.now(account)).toUTCString(),
  });
}

/** Returns the step that sets the common headers. */
export function stampHeaders(stamp: Stamper, commonHeaders: CommonHeaders): onSendHookHandler {
  return (request, reply, _payload, done) => {
    const { requestId, duration, date } = stamp(request.accountSid || undefined, reply.elapsedTime);
    request.id = requestId;
    reply.headers(commonHeaders({ status: reply.statusCode, requestId, duration, origin: originOf(request) }));
    if (date !== undefined) reply.header("Date", date);
    done();
  };
}
