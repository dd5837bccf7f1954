import type { ErrorObject, ValidateFunction } from "ajv";
import { describe } from "../seeding/schema-errors.js";
import { ControlError } from "./control-error.js";

const validators = new WeakMap<object, ValidateFunction>();

/**
 * Checks what a control call was given. Schemas say in `description` what is expected, which is what a refusal says.
 *
 * @param isQuery - whether the values come from a query string, where all are texts: numbers and such are made of them.
 * @throws ControlError 400 that names every fault.
 */
export async function check<T>(schema: object, given: unknown, isQuery = false): Promise<T> {
  const validate = validators.get(schema) ?? (await compile(schema, isQuery));
  validators.set(schema, validate);
  if (validate(given)) return given as T;
  // An alternative that failed is told by the one complaint about all of them.
  const errors = (validate.errors as ErrorObject[]).filter(({ schemaPath }) => !/\/(oneOf|anyOf)\/\d/.test(schemaPath));
  const complaints = errors.map((error) => describe(error).complaint.replace(/^is /, "the call is given "));
  throw new ControlError(400, complaints.join("; "));
}

/** The library takes a while to load, and most emulators are never controlled. */
async function compile(schema: object, isQuery: boolean): Promise<ValidateFunction> {
  const { Ajv } = await import("ajv");
  return new Ajv({ allErrors: true, verbose: true, strict: false, messages: false, coerceTypes: isQuery }).compile(
    schema,
  );
}
