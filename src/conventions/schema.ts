/**
 * JSON Schemas of the values that answers are made of.
 *
 * `unsafe` tells the serialiser that a text needs no escaping: it is for what the emulator makes itself, or has checked
 * to be letters, digits and the like. It is most of an answer, and escaping most of what serialising costs.
 */
const unescaped = { type: "string", format: "unsafe" } as const;
const unescapedOrNull = { type: ["string", "null"], format: "unsafe" } as const;

const HEX_32 = "[0-9a-f]{32}";
const RFC_2822 = "^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} \\+0000$";
const DECIMAL = "^-?\\d+(\\.\\d+)?$";

export const text = { type: "string" } as const;
export const textOrNull = { type: ["string", "null"] } as const;
export const integerOrNull = { type: ["integer", "null"] } as const;
export const path = { ...unescaped, pattern: "^/2010-04-01/" } as const;
export const date = { ...unescaped, pattern: RFC_2822 } as const;
export const dateOrNull = { ...unescapedOrNull, pattern: RFC_2822 } as const;
export const base64 = { ...unescaped, pattern: "^[\\w+/-]+=*$" } as const;
/** Whole seconds, as text. */
export const secondsOrNull = { ...unescapedOrNull, pattern: "^\\d+$" } as const;
export const priceOrNull = { ...unescapedOrNull, pattern: DECIMAL } as const;
export const currencyOrNull = { ...unescapedOrNull, pattern: "^[A-Za-z]{3}$" } as const;

export const sid = (prefix: string) => ({ ...unescaped, pattern: `^${prefix}${HEX_32}$` });
export const sidOrNull = (prefix: string) => ({ ...unescapedOrNull, pattern: `^${prefix}${HEX_32}$` });

/** One of these texts. */
export const among = (texts: readonly string[]) => ({ ...unescaped, enum: texts });

/** An object with these keys, each a path. */
export const uris = <Key extends string>(...keys: Key[]) => ({
  type: "object",
  properties: Object.fromEntries(keys.map((key) => [key, path])),
});
