import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { originOf } from "../twilio-api/request/origin.js";
import type { Control } from "./control.js";
import { ControlError } from "./control-error.js";
import { type Operation, statusOf } from "./operation.js";

/** Bytes: an export of 100,000 recordings fits. */
export const BODY_LIMIT = 128 * 1024 * 1024;

/** Returns the HTTP route of an operation. */
export function routeOf(operation: Operation, call: Control["call"]): RouteOptions {
  const { method, url, isOpen = false, isOnAnyName = false, failingStatus, scope } = operation;
  return {
    method: method === "GET" ? ["GET", "HEAD"] : method,
    url: url.replace(/\{(\w+)\}/, ":$1"),
    config: { open: isOpen, anyName: isOnAnyName },
    bodyLimit: BODY_LIMIT,
    handler,
  };

  async function handler(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parameters = request.query as Record<string, string>;
    const { account, ...query } = parameters;
    const [key] = Object.values(request.params as Record<string, string>);
    const answer = await call(operation, {
      account,
      ...(key !== undefined && { key }),
      query: scope === "none" ? parameters : query,
      body: request.body,
      origin: originOf(request),
      signal: () => closedSignal(reply),
    });
    const hasFailed = failingStatus !== undefined && (answer as { error?: string }).error !== undefined;
    reply.code(hasFailed ? failingStatus : statusOf(operation));
    if (answer instanceof Readable) reply.type("application/json; charset=utf-8");
    return operation.answer === undefined ? reply.send() : answer;
  }
}

function closedSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // A ControlError, because the error handler logs other errors.
  raw.once("close", () => controller.abort(new ControlError(408, "the client has closed the connection")));
  return controller.signal;
}
