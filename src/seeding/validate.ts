import { validate } from "./compiled-schema.js";
import schema from "./fixture.schema.json" with { type: "json" };
import { describe, type SchemaError } from "./schema-errors.js";

/** Returns the first `limit` errors of fixtures against the JSON Schema that editors use. */
export function schemaErrorsOf(content: unknown, limit: number): SchemaError[] {
  validate(content);
  // Errors of `if` only repeat that a branch failed.
  const errors = validate.errors?.filter(({ keyword }) => keyword !== "if") ?? [];
  return errors.slice(0, limit).map((error) => describe(error, schema.definitions));
}
