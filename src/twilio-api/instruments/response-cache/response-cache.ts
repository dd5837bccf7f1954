import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { FastifyReply, FastifyRequest, onRequestHookHandler, onSendHookHandler } from "fastify";
import { LRUCache } from "lru-cache";
import type { JournalEntry } from "../../../state/journal.js";
import type { State } from "../../../state/state.js";
import type { Stamper } from "../../response/stamp.js";
import { connectionOf, headerSpelling } from "../../response/twilio-response.js";
import { keptText, receivedParts } from "../request-details.js";
import { notedOf } from "../request-log.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The state's revision when the request came. */
    revision: number;
  }
}

/** Approximate bytes. */
const MAX_SIZE = 8 * 1024 * 1024;
/** Approximate bytes of an entry without its key and body. */
const OVERHEAD = 1024;

interface CachedResponse {
  /** The part of the log entry that equal requests share. */
  noted: ReturnType<typeof notedOf>;
  /** Alternating names and values. */
  headers: (string | number)[];
  /** Indexes in `headers` of the values that differ each time; undefined for a header that the response lacks. */
  places: Record<"requestId" | "duration" | "date", number | undefined> & { connection: number };
  body: Buffer;
  revision: number;
  /** Period of validity by the account's clock: milliseconds since the Unix epoch. */
  since: number;
  until: number;
}

export interface ResponseCache {
  /** The step that stores the revision in the request. */
  noteRevision: onRequestHookHandler;
  /** The step that caches the response. */
  keep: onSendHookHandler;
  /** Returns a listener that sends a cached response, or calls `serve` if there is none. */
  before(serve: RequestListener): RequestListener;
}

/**
 * Caches responses to GET requests, including errors: serves repeated requests without entering Fastify. It caches no media,
 * and nothing while a fault is armed.
 *
 * A change of a row of the account, of any account or key, or of the clock invalidates a response. To remove the cache, delete
 * this folder and the lines of app.ts and pipeline.ts that name it.
 *
 * @param expiryAfter - returns the time at which responses of an account change without a request. Both times are by an account's clock, in
 * milliseconds since the Unix epoch.
 * @param log - logs a request that was served from the cache.
 */
export function createResponseCache(
  { revisions, clock, faults, journal }: State,
  stamp: Stamper,
  expiryAfter: (time: number, account: string | undefined) => number,
  log: (entry: JournalEntry) => void,
): ResponseCache {
  const responses = new LRUCache<string, CachedResponse>({
    maxSize: MAX_SIZE,
    sizeCalculation: ({ body }, key) => key.length + body.length + OVERHEAD,
  });
  const isRepeated = doorkeeper();

  return {
    noteRevision(request, _reply, done) {
      request.revision = revisions.latest();
      done();
    },
    keep(request, reply, payload, done) {
      // An internal error may depend on any input, such as a missing file. A fault may be removed during its delay, so check
      // the request's as well.
      const isCacheable = typeof payload === "string" && reply.statusCode < 500 && request.armedFault === undefined;
      const isCurrent = request.revision === revisions.latest() && !faults.areArmed();
      const key = isCacheable && isCurrent ? keyOf(request.raw, request.originalUrl) : undefined;
      if (key === undefined || !isRepeated(request.originalUrl)) return done(null, payload);
      const response = responseOf(request, reply, Buffer.from(payload as string));
      responses.set(key, response);
      // Sends the buffer, so that the text is encoded only once.
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
      until: expiryAfter(since, account),
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
    const { secure, headers: received } = receivedParts(request);
    // An object literal is several times faster than a spread.
    const entry = {
      method,
      url,
      operation,
      account,
      userAgent,
      requestId,
      time,
      duration: elapsed,
      status,
      code,
      fault,
      secure,
      headers: received,
      form: undefined,
      answer: journal.keepsAnswers() ? { headers: headers.map(String), body: keptText(body) } : undefined,
    };
    log(entry);
    journal.record(entry);
    return true;
  }
}

/**
 * Returns a function that returns whether it was called with a text before; later texts replace earlier ones. Most requests are
 * sent once, and caching their responses would cost more than it saves.
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
 * Returns the parts of a request that its response depends on; undefined if the response must not be cached. Without a Host
 * header, the response depends on the address of the connection.
 */
function keyOf({ method, headers, socket }: IncomingMessage, url: string): string | undefined {
  const { authorization = "", host } = headers;
  if (method !== "GET" || host === undefined || hasBody(headers)) return undefined;
  const scheme = (socket as TLSSocket).encrypted ? "https" : "http";
  // No header contains a line feed.
  return `${url}\n${scheme}\n${host}\n${authorization}`;
}

function hasBody(headers: IncomingMessage["headers"]): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
