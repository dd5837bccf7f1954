/** Returns the schema of an object that has all these properties. */
export function objectWith<const Properties extends object, const Texts extends object = object>(
  properties: Properties,
  texts?: Texts,
) {
  return {
    type: "object",
    ...(texts as Texts),
    required: Object.keys(properties) as (keyof Properties)[],
    properties,
  } as const;
}

/** Returns the schema of one of these values. */
export function oneOf<const Values extends readonly unknown[]>(values: Values, more = "") {
  return { enum: values, description: `One of ${values.join(", ")}.${more}` } as const;
}

/** Returns the schema of an object with the keys of another, all with the same schema. */
export function eachKey<Key extends string, const Schema>(keys: Readonly<Record<Key, unknown>>, schema: Schema) {
  return objectWith(Object.fromEntries(Object.keys(keys).map((key) => [key, schema])) as Record<Key, Schema>);
}

type Simple = { string: string; integer: number; number: number; boolean: boolean; null: null };

/**
 * The type of the values that a JSON Schema, written `as const`, accepts. Covers the keywords that the schemas of this folder
 * use; a type of our own keeps the published declarations free of dependencies.
 */
export type TypeOf<Schema> = Schema extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : Schema extends { readonly type: infer Type }
    ? OfType<Type, Schema>
    : Schema extends { readonly anyOf: readonly (infer One)[] }
      ? One extends unknown
        ? TypeOf<One>
        : never
      : unknown;

type OfType<Type, Schema> = Type extends readonly (infer One)[]
  ? OfType<One, Schema>
  : Type extends keyof Simple
    ? Simple[Type]
    : Type extends "array"
      ? ArrayOf<Schema>
      : ObjectOf<Schema>;

type ArrayOf<Schema> = Schema extends { readonly items: infer Item }
  ? Schema extends { readonly minItems: 2; readonly maxItems: 2 }
    ? [TypeOf<Item>, TypeOf<Item>]
    : TypeOf<Item>[]
  : unknown[];

type ObjectOf<Schema> = Schema extends { readonly properties: infer Properties }
  ? Flat<
      {
        -readonly [Key in keyof Properties as Key extends RequiredOf<Schema> ? Key : never]: TypeOf<Properties[Key]>;
      } & {
        -readonly [Key in keyof Properties as Key extends RequiredOf<Schema> ? never : Key]?: TypeOf<Properties[Key]>;
      }
    >
  : Schema extends { readonly additionalProperties: infer Value extends object }
    ? Record<string, TypeOf<Value>>
    : Record<string, unknown>;

type RequiredOf<Schema> = Schema extends { readonly required: readonly (infer Key)[] } ? Key : never;
type Flat<Type> = { [Key in keyof Type]: Type[Key] };
