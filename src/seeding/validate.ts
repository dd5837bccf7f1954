import { validate } from "./compiled-schema.js";
import schema from "./fixture.schema.json" with { type: "json" };
import { describe, type Fault } from "./schema-errors.js";

/**
 * Checks a file's content against the JSON Schema that editors use, and says of each fault what was expected.
 *
 * @param most - how many faults to return at most.
 */
export function faultsOf(content: unknown, most: number): Fault[] {
  validate(content);
  // `if` only repeats that a branch failed.
  const errors = validate.errors?.filter(({ keyword }) => keyword !== "if") ?? [];
  return errors.slice(0, most).map((error) => describe(error, schema.definitions));
}
