import type { FastifyServerOptions } from "fastify";

/**
 * Options of a Fastify that takes schemas for descriptions only: it checks nothing by them and serialises with
 * `JSON.stringify`. Its own compilers, and each schema, would take a part of every start, and what they make is no faster for
 * resources of this size.
 */
export const COMPILE_NO_SCHEMAS = {
  schemaController: {
    compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
  },
  // The types are those of the compilers that are not there.
} as unknown as Pick<FastifyServerOptions, "schemaController">;
