import Fastify, { type FastifyInstance } from "fastify";

/**
 * Adds the route of the OpenAPI document, made from the routes' own schemas when it is first asked for: the library that
 * makes it is not worth its time at a start.
 *
 * @param addRoutes - adds the routes that the document describes.
 */
export function describeControl(
  app: FastifyInstance,
  version: string,
  addRoutes: (app: FastifyInstance) => void,
): void {
  let document: Promise<unknown> | undefined;
  app.route({ method: "GET", url: "/openapi.json", schema: { summary: "This document" }, handler });

  function handler(): Promise<unknown> {
    document ??= describe(version, addRoutes);
    return document;
  }
}

async function describe(version: string, addRoutes: (app: FastifyInstance) => void): Promise<unknown> {
  const { default: swagger } = await import("@fastify/swagger");
  const app = Fastify();
  const title = "Control API of the Twilio Recordings emulator";
  await app.register(swagger, {
    openapi: { openapi: "3.1.0", info: { title, version }, servers: [{ url: "/" }] },
  });
  await app.register(async (described) => addRoutes(described), { prefix: "/_emulator" });
  await app.ready();
  return app.swagger();
}
