import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler } from "fastify";
import { LRUCache } from "lru-cache";
import type { JournalEntry } from "../../../state/journal.js";
import type { State } from "../../../state/state.js";
import type { Stamper } from "../../response/stamp.js";
import { connectionOf, headerSpelling } from "../../response/twilio-response.js";
import { notedOf, type RecordRequest } from "../request-log.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The state's revision when the request came. */
    revision: number;
  }
}

/** Bytes, about. */
const MAX_SIZE = 8 * 1024 * 1024;
/** Bytes of a response beside its texts, about. */
const OVERHEAD = 1024;

/** A response that was sent, and that equal requests get as long as the state is the same. */
interface CachedResponse {
  /** The part of the request log's entry that equal requests share. */
  noted: Omit<JournalEntry, "userAgent" | "requestId" | "time" | "duration"> & { status: number };
  /** Names and values in turn. The values that differ each time are set each time. */
  headers: (string | number)[];
  /** Indexes of those values; undefined for a header that the response does not have. */
  places: Record<"requestId" | "duration" | "date", number | undefined> & { connection: number };
  body: Buffer;
  revision: number;
  /** From when until when, by the account's clock, it holds if nothing changes: milliseconds since the Unix epoch. */
  since: number;
  until: number;
}

export interface ResponseCache {
  /** Steps of the pipeline: the first notes the state at the start of a request, the second keeps its response. */
  noteRevision: onRequestHookHandler;
  keep: onSendHookHandler;
  /** Returns a listener that sends a cached response, and otherwise calls `serve`. */
  before(serve: RequestListener): RequestListener;
}

/**
 * Caches responses to GET requests, errors included: a repeated request is served without Fastify. Texts only, no media, and
 * none while a fault is armed.
 *
 * A cached response is sent only if nothing has changed that it may depend on: a row of its account, any account or key, or the
 * clock it goes by. To delete the cache, delete this folder and the lines of app.ts and pipeline.ts that name it.
 *
 * @param record - records a request that was served from the cache, as any other.
 * @param expiryAfter - Returns the time, by an account's clock, until which the passing of time alone makes nothing disappear;
 * milliseconds since the Unix epoch.
 */
export function createResponseCache(
  { revisions, clock, faults }: State,
  stamp: Stamper,
  record: RecordRequest,
  expiryAfter: (time: number) => number,
): ResponseCache {
  const responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_SIZE,
    sizeCalculation: ({ body }, key) => key.length + body.length + OVERHEAD,
  });
  const wasAskedBefore = doorkeeper();

  return {
    noteRevision(request, _reply, done) {
      request.revision = revisions.latest();
      done();
    },
    keep(request, reply, payload, done) {
      // An error of the emulator's own may depend on anything, such as a missing file. A fault may be removed while its
      // request waits.
      const isKept = typeof payload === "string" && reply.statusCode < 500 && request.armedFault === undefined;
      const isCurrent = request.revision === revisions.latest() && !faults.areArmed();
      const key = isKept && isCurrent ? keyOf(request.raw, request.originalUrl) : undefined;
      if (key === undefined || !wasAskedBefore(request.originalUrl)) return done(null, payload);
      const response = responseOf(request, reply, Buffer.from(payload as string));
      responses.set(key, response);
      // So that a long text is encoded once.
      done(null, response.body);
    },
    before: (serve) => (request, response) => {
      if (!send(request, response)) serve(request, response);
    },
  };

  function responseOf(request: FastifyRequest, reply: FastifyReply, body: Buffer): CachedResponse {
    const account = request.accountSid || undefined;
    const own = { ...reply.getHeaders(), "content-length": body.length };
    const headers = Object.entries(own).flatMap(([name, value]) => [headerSpelling(name), value as string | number]);
    headers.push("Connection", "");
    const placeOf = (name: string) => {
      const index = headers.indexOf(name);
      return index === -1 ? undefined : index + 1;
    };
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

  function send(request: IncomingMessage, response: ServerResponse): boolean {
    const start = performance.now();
    const key = keyOf(request, request.url as string);
    const found = key === undefined || faults.areArmed() ? undefined : responses.get(key);
    if (found === undefined) return false;
    const { noted, headers, places, body, revision, since, until } = found;
    const { method, url, operation, account, status, code, fault } = noted;
    const time = clock.now(account);
    if (revision !== revisions.of(account) || time < since || time >= until) return false;

    const elapsed = performance.now() - start;
    const { requestId, duration, date } = stamp(account, elapsed);
    if (places.requestId !== undefined) headers[places.requestId] = requestId;
    if (places.duration !== undefined) headers[places.duration] = duration;
    if (places.date !== undefined && date !== undefined) headers[places.date] = date;
    headers[places.connection] = connectionOf(response);
    response.writeHead(status, headers).end(body);
    const userAgent = request.headers["user-agent"];
    // Written out, an object costs a fraction of the time that spreading another one does.
    record({ method, url, operation, account, userAgent, requestId, time, duration: elapsed, status, code, fault });
    return true;
  }
}

/**
 * Returns a function that says whether it was called with a text before; it forgets texts after a while. Most requests come
 * once, and keeping their responses would cost more than it saves.
 *
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

/**
 * Returns the parts of a request that its response depends on, undefined if the response is not kept. A request without a
 * Host header gets URLs with the address of its connection, so it is not kept.
 */
function keyOf({ method, headers, socket }: IncomingMessage, url: string): string | undefined {
  const { authorization = "", host } = headers;
  if (method !== "GET" || host === undefined || hasBody(headers)) return undefined;
  const scheme = (socket as TLSSocket).encrypted ? "https" : "http";
  // No header contains the end of a line.
  return `${url}\n${scheme}\n${host}\n${authorization}`;
}

function hasBody(headers: IncomingMessage["headers"]): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
