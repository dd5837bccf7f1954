/** JSON Schemas of the values that answers are made of. */
export const text = { type: "string" } as const;
export const textOrNull = { type: ["string", "null"] } as const;
export const integerOrNull = { type: ["integer", "null"] } as const;

/** An object with these keys, each a path. */
export const uris = <Key extends string>(...keys: Key[]) => ({
  type: "object",
  properties: Object.fromEntries(keys.map((key) => [key, text])),
});
