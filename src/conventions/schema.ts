/**
 * JSON Schemas of the values that answers are made of.
 *
 * `unsafe` tells the serialiser that a text needs no escaping: it is for what the emulator makes itself, or has checked
 * to be letters, digits and the like. It is most of an answer, and escaping most of what serialising costs.
 */
export const plain = { type: "string", format: "unsafe" } as const;
export const plainOrNull = { type: ["string", "null"], format: "unsafe" } as const;
export const text = { type: "string" } as const;
export const textOrNull = { type: ["string", "null"] } as const;
export const integerOrNull = { type: ["integer", "null"] } as const;

/** An object with these keys, each a path. */
export const uris = <Key extends string>(...keys: Key[]) => ({
  type: "object",
  properties: Object.fromEntries(keys.map((key) => [key, plain])),
});
