import fastJsonStringify, { type Schema } from "fast-json-stringify";

/**
 * Compiles the serialiser of an answer's schema when the first such answer is made. Fastify would compile all of them
 * before it listens, which takes longer than anything else of its start, and most emulators live for a few requests.
 */
export function compileWhenNeeded({ schema }: { schema: unknown }): (data: unknown) => string {
  let serialize: ((data: unknown) => string) | undefined;
  return (data) => {
    serialize ??= fastJsonStringify(schema as Schema);
    return serialize(data);
  };
}
