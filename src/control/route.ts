import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { ByteSource } from "../media/byte-source.js";
import { sendMedia } from "../resources/recordings/send-media.js";
import { originOf } from "../twilio-api/request/origin.js";
import type { Control } from "./control.js";
import { ControlError } from "./control-error.js";
import { type Operation, statusOf } from "./operation.js";
import { ACCOUNT_QUERY } from "./scope.js";

/** Bytes: an export of 100,000 recordings fits. */
export const BODY_LIMIT = 128 * 1024 * 1024;

const EVENT_STREAM_HEADERS = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-store",
  // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
  "X-Accel-Buffering": "no",
};

/** Returns the HTTP route of an operation. */
export function routeOf(operation: Operation, call: Control["call"]): RouteOptions {
  const { method, url, isOpen = false, isOnAnyName = false, isEventStream = false, failingStatus, cookie } = operation;
  const allowed = parametersOf(operation);
  return {
    // The answer to a HEAD would not end either.
    method: method === "GET" && !isEventStream ? ["GET", "HEAD"] : method,
    exposeHeadRoute: false,
    url: url.replace(/\{(\w+)\}/, ":$1"),
    config: { open: isOpen, anyName: isOnAnyName },
    bodyLimit: BODY_LIMIT,
    handler,
  };

  async function handler(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { account, ...query } = request.query as Record<string, string>;
    const unknown = Object.keys(request.query as object).filter((key) => !Object.hasOwn(allowed, key));
    if (unknown.length > 0) {
      const expected = Object.keys(allowed).join(", ") || "none";
      throw new ControlError(400, `the parameter ${unknown.join(", ")} is unknown; expected one of ${expected}`);
    }
    const lastEventId = isEventStream ? request.headers["last-event-id"] : undefined;
    const [key] = Object.values(request.params as Record<string, string>);
    const answer = await call(operation, {
      account,
      ...(key !== undefined && { key }),
      query: { ...query, ...(lastEventId !== undefined && { since: lastEventId }) },
      body: request.body,
      origin: originOf(request),
      signal: () => closedSignal(reply),
    });
    if (operation.isMedia) {
      return sendMedia(request, reply, answer as ByteSource, (length) => {
        reply.header("Content-Range", `bytes */${length}`);
        return new ControlError(416, `the range begins beyond the end: the media has ${length} bytes`);
      });
    }
    const hasFailed = failingStatus !== undefined && (answer as { error?: string }).error !== undefined;
    reply.code(hasFailed ? failingStatus : statusOf(operation));
    if (cookie !== undefined) reply.header("Set-Cookie", cookie(request));
    if (isEventStream) reply.headers(EVENT_STREAM_HEADERS);
    else if (answer instanceof Readable) reply.type("application/json; charset=utf-8");
    return operation.answer === undefined ? reply.send() : answer;
  }
}

/** Returns the schemas of the query parameters, by name. */
export function parametersOf({ scope, query }: Operation): object {
  return { ...(scope !== "none" && ACCOUNT_QUERY), ...(query as { properties?: object } | undefined)?.properties };
}

function closedSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // A ControlError, because the error handler logs other errors.
  raw.once("close", () => controller.abort(new ControlError(408, "the client has closed the connection")));
  return controller.signal;
}
