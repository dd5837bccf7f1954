import type { FastifyServerOptions } from "fastify";

/**
 * Options that disable Fastify's schema compilers: schemas only document the routes. Compiling them slows each start, and the
 * compiled serializers are no faster than `JSON.stringify` for resources of this size.
 */
export const COMPILE_NO_SCHEMAS = {
  schemaController: {
    compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
  },
  // Fastify's types expect real compilers.
} as unknown as Pick<FastifyServerOptions, "schemaController">;
