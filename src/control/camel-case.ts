type CamelCase<Key> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Key;

/** A type with the keys of its objects in camelCase. */
export type InCamelCase<Type> = Type extends readonly unknown[]
  ? { [Index in keyof Type]: InCamelCase<Type[Index]> }
  : Type extends object
    ? { [Key in keyof Type as CamelCase<Key>]: InCamelCase<Type[Key]> }
    : Type;

/** Returns a copy with the keys of all objects in camelCase. */
export function toCamelCase<Value>(value: Value): InCamelCase<Value> {
  return rename(value, (key) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())) as never;
}

/** Returns a copy with the keys of all objects in snake_case. */
export function toSnakeCase<Value>(value: InCamelCase<Value>): Value {
  return rename(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) as never;
}

function rename(value: unknown, to: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [to(key), rename(inner, to)]));
}
