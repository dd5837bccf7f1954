import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Test } from "tap";

/** A request that the receiver got. */
export interface Received {
  method: string;
  /** The path and the query, as they were requested. */
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Names and values of the form of a POST, or of the query of another request, in the order of the wire. */
  pairs: [name: string, value: string][];
  /** The same by name. */
  form: Record<string, string>;
}

/** Answers a request; it may end the response itself. */
export type Answer = (request: Received, response: ServerResponse) => unknown;

/**
 * Starts a receiver of callbacks on a free port; closed when the test ends.
 *
 * @param answer - answers a request; default: 200 without a body.
 */
export async function receiver(t: Test, answer: Answer = () => {}) {
  const received: Received[] = [];
  const errors: unknown[] = [];
  const server = createServer(async (incoming, response) => {
    try {
      const { method = "", url = "", headers } = incoming;
      const body = await text(incoming);
      const query = method === "POST" ? body : new URL(url, "http://receiver").search;
      const pairs = [...new URLSearchParams(query)];
      const request = { method, url, headers, body, pairs, form: Object.fromEntries(pairs) };
      received.push(request);
      await answer(request, response);
    } catch (error) {
      errors.push(error);
    } finally {
      if (!response.writableEnded) response.end();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => {
    for (const error of errors) t.error(error);
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/callback`,
    port,
    received,
    /** Returns and forgets the requests that were received so far. */
    take: (): Received[] => received.splice(0),
  };
}
