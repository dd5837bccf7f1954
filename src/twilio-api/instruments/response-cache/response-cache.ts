import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import type { JournalEntry } from "../../../state/journal.js";
import type { State } from "../../../state/state.js";
import { durationOf, newRequestId } from "../../response/headers.js";
import { connectionOf, headerSpelling } from "../../response/twilio-response.js";
import { notedOf } from "../request-log.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The state's revision when the request came. */
    revision: number;
  }
}

/** Bytes, about. */
const MOST = 8 * 1024 * 1024;
/** What an answer takes beside its texts, in bytes, about. */
const OVERHEAD = 1024;

/** An answer that was given, and that the same request gets as long as the state is the same. */
interface CachedResponse {
  /** What the journal notes of every such request. */
  noted: Omit<JournalEntry, "userAgent" | "requestId" | "time" | "duration"> & { status: number };
  /** Names and values in turn. Those that differ each time are set anew each time. */
  headers: (string | number)[];
  /** Where these values lie in it. */
  places: { requestId: number; duration: number; date: number; connection: number };
  body: Buffer;
  revision: number;
  /** From when until when, by the account's clock, it holds if nothing changes: milliseconds since the Unix epoch. */
  since: number;
  until: number;
}

/**
 * Keeps answers to GET requests of this context, refusals included, and gives them to the same requests, which spares
 * these all of Fastify. Only texts are kept, no media, and none while a fault is armed.
 *
 * An answer is given only if nothing has changed since it was made that it may tell of: no row of its account, no account or
 * key at all, and no clock that it goes by. It looks the same in the journal.
 *
 * @param expiryAfter - until when, by an account's clock, the passing of time alone makes nothing disappear; milliseconds
 * since the Unix epoch.
 * @returns a function that makes a server look here first.
 */
export function cacheResponses(
  app: FastifyInstance,
  { revisions, clock, random, faults, journal }: State,
  expiryAfter: (time: number) => number,
): (server: Server) => void {
  const answers = new LRUCache<string, CachedResponse>({
    maxSize: MOST,
    sizeCalculation: ({ body }, key) => key.length + body.length + OVERHEAD,
  });
  const wasAskedBefore = doorkeeper();

  app.decorateRequest("revision", 0);
  app.addHook("onRequest", (request, _reply, done) => {
    request.revision = revisions.latest();
    done();
  });
  app.addHook("onSend", (request, reply, payload, done) => {
    // The emulator's own faults may hang on anything, such as a file that is missing.
    const isKept = typeof payload === "string" && reply.statusCode < 500;
    const isCurrent = request.revision === revisions.latest() && !faults.areArmed();
    const key = isKept && isCurrent ? keyOf(request.raw, request.originalUrl) : undefined;
    if (key === undefined || !wasAskedBefore(request.originalUrl)) return done(null, payload);
    const answer = answerOf(request, reply, Buffer.from(payload as string));
    answers.set(key, answer);
    // A long text would else be turned into bytes a second time.
    done(null, answer.body);
  });

  return (server) => {
    const [serve] = server.listeners("request") as [(this: Server, ...exchange: Exchange) => void];
    server.off("request", serve);
    server.on("request", (request, response) => {
      if (!answer(request, response)) serve.call(server, request, response);
    });
  };

  function answerOf(request: FastifyRequest, reply: FastifyReply, body: Buffer): CachedResponse {
    const account = request.accountSid || undefined;
    const own = { ...reply.getHeaders(), "content-length": body.length };
    const headers = Object.entries(own).flatMap(([name, value]) => [headerSpelling(name), value as string | number]);
    headers.push("Connection", "");
    const placeOf = (name: string) => headers.indexOf(name) + 1;
    const since = clock.now(account) - reply.elapsedTime;
    return {
      noted: notedOf(request, reply),
      headers,
      places: {
        requestId: placeOf("Twilio-Request-Id"),
        duration: placeOf("Twilio-Request-Duration"),
        date: placeOf("Date"),
        connection: headers.length - 1,
      },
      body,
      revision: revisions.of(account),
      since,
      until: expiryAfter(since),
    };
  }

  function answer(request: IncomingMessage, response: ServerResponse): boolean {
    const start = performance.now();
    const key = keyOf(request, request.url as string);
    const found = key === undefined || faults.areArmed() ? undefined : answers.get(key);
    if (found === undefined) return false;
    const { noted, headers, places, body, revision, since, until } = found;
    const { method, url, operation, account, status, code, fault } = noted;
    const time = clock.now(account);
    if (revision !== revisions.of(account) || time < since || time >= until) return false;

    const requestId = newRequestId(random.of(account));
    headers[places.requestId] = requestId;
    if (clock.isTurned(account)) headers[places.date] = new Date(time).toUTCString();
    const duration = performance.now() - start;
    headers[places.duration] = durationOf(duration);
    headers[places.connection] = connectionOf(response);
    response.writeHead(status, headers).end(body);
    const userAgent = request.headers["user-agent"];
    // Written out, an object is made in a fraction of the time that spreading another takes.
    journal.record({ method, url, operation, account, userAgent, requestId, time, duration, status, code, fault });
    return true;
  }
}

/**
 * Most requests come once, and to keep their answers would cost more than it gives.
 *
 * @returns a function that tells whether a text was seen before; of those it has not seen for long it may have forgotten.
 * @see https://arxiv.org/abs/1512.00727 - "TinyLFU", 3.4.2
 */
function doorkeeper(): (text: string) => boolean {
  const seen = new Uint32Array(65_536);
  return (text) => {
    // FNV-1a
    let hash = 0x811c9dc5;
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash >>>= 0;
    const place = hash % seen.length;
    const isSeen = seen[place] === hash;
    seen[place] = hash;
    return isSeen;
  };
}

type Exchange = [request: IncomingMessage, response: ServerResponse];

/**
 * All of a request that its answer depends on, undefined if it is one whose answer is not kept. The address stands for the
 * host where none is named, so such a request is none.
 */
function keyOf({ method, headers, socket }: IncomingMessage, url: string): string | undefined {
  const { authorization = "", host } = headers;
  if (method !== "GET" || host === undefined || hasBody(headers)) return undefined;
  const scheme = (socket as TLSSocket).encrypted ? "https" : "http";
  // No header holds the end of a line.
  return `${url}\n${scheme}\n${host}\n${authorization}`;
}

function hasBody(headers: IncomingMessage["headers"]): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
