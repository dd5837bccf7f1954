import Fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { COMPILE_NO_SCHEMAS } from "../twilio-api/response/uncompiled-schemas.js";

/**
 * Adds the route of the OpenAPI document, which is made when it is first asked for: the library that makes it is not worth
 * its time at a start.
 *
 * @param routes - gives the routes that the document describes beside its own, with schemas of what they take and answer.
 */
export function describeControl(
  app: FastifyInstance,
  version: string,
  routes: () => Omit<RouteOptions, "handler">[],
): void {
  let document: Promise<unknown> | undefined;
  const own = { method: "GET", url: "/openapi.json", handler } as const;
  app.route(own);

  function handler(): Promise<unknown> {
    const described = [...routes(), { ...own, schema: { summary: "This document" } }];
    // The library wants a handler of each, and calls none.
    document ??= describe(
      version,
      described.map((route) => ({ ...route, handler })),
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
