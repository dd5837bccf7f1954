import Fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { COMPILE_NO_SCHEMAS } from "../twilio-api/response/uncompiled-schemas.js";
import { type Operation, statusOf } from "./operation.js";
import { parametersOf } from "./route.js";
import { objectWith } from "./schema-type.js";

const ERROR = objectWith({
  error: { type: "string", description: "What is wrong, the value, and what is allowed." },
});

const ERROR_STATUSES: Readonly<Record<number, string>> = {
  400: "Invalid input.",
  401: "The control token is missing or wrong.",
  403: "A web page of another origin, or an unknown host name.",
  404: "No such account, or nothing of this name.",
  408: "Timeout.",
  409: "Conflict with the state, or with the options at start.",
  413: "The body is too large.",
  416: "The range begins beyond the end.",
};

/** Returns the OpenAPI entry of an operation. */
export function describeOperation(operation: Operation, tag: string): Pick<RouteOptions, "method" | "schema"> {
  const { method, url, id, summary, description, body, failingStatus, isMedia = false } = operation;
  const [, parameter] = /\{(\w+)\}/.exec(url) ?? [];
  const success = successOf(operation);
  return {
    method,
    schema: {
      operationId: id,
      summary,
      tags: [tag],
      ...(description !== undefined && { description }),
      ...(parameter !== undefined && {
        params: { type: "object", properties: { [parameter]: { type: "string" } } },
      }),
      ...(body !== undefined && { body }),
      querystring: { type: "object", properties: parametersOf(operation) },
      response: {
        [statusOf(operation)]: success,
        ...(failingStatus !== undefined && { [failingStatus]: success }),
        ...(isMedia && { 206: success }),
        ...errorsOf(operation),
      },
    },
  };
}

function successOf({ answer, isEventStream }: Operation): object {
  if (answer === undefined) return { type: "null", description: "Done." };
  if (isEventStream) return { description: "Events.", content: { "text/event-stream": { schema: answer } } };
  return { description: "Done.", ...answer };
}

function errorsOf({ scope, isOpen, url, body, errors = [] }: Operation): object {
  const statuses = [400, 403, ...errors];
  if (!isOpen) statuses.push(401);
  if (scope !== "none" || url.includes("{")) statuses.push(404);
  if (body !== undefined) statuses.push(413);
  return Object.fromEntries(
    statuses.sort().map((status) => [status, { description: ERROR_STATUSES[status], ...ERROR }]),
  );
}

/**
 * Adds the route of the OpenAPI document, which is created on the first request, because the library is slow to load.
 *
 * @param routes - returns the other routes of the document, with their schemas.
 */
export function addOpenApi(app: FastifyInstance, version: string, routes: () => Omit<RouteOptions, "handler">[]): void {
  let document: Promise<unknown> | undefined;
  const own = { method: "GET", url: "/openapi.json", handler } as const;
  app.route(own);

  function handler(): Promise<unknown> {
    const schema = { operationId: "openapi", summary: "Return the OpenAPI document", tags: ["health"] };
    // The library requires a handler, and never calls it.
    document ??= describe(
      version,
      [...routes(), { ...own, schema }].map((route) => ({ ...route, handler })),
    );
    return document;
  }
}

async function describe(version: string, routes: readonly RouteOptions[]): Promise<unknown> {
  const { default: swagger } = await import("@fastify/swagger");
  const app = Fastify(COMPILE_NO_SCHEMAS);
  const title = "Control API of the Twilio Recordings emulator";
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title, version }, servers: [{ url: "/" }] },
  });
  await app.register(
    async (described) => {
      for (const route of routes) described.route(route);
    },
    { prefix: "/_emulator" },
  );
  await app.ready();
  return app.swagger();
}
