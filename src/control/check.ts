import type { ErrorObject, ValidateFunction } from "ajv";
import { describe } from "../seeding/schema-errors.js";
import { ControlError } from "./control-error.js";

const validators = new WeakMap<object, ValidateFunction>();

/**
 * Checks the input of an operation. Errors quote the `description` of the schema as what is expected.
 *
 * @param isQuery - converts strings to numbers and booleans, because the values of a query are strings.
 * @throws ControlError 400 that lists all errors.
 */
export async function check<T>(schema: object, given: unknown, isQuery = false): Promise<T> {
  const validate = validators.get(schema) ?? (await compile(schema, isQuery));
  validators.set(schema, validate);
  if (validate(given)) return given as T;
  // The error of anyOf itself covers those of its alternatives.
  const errors = (validate.errors as ErrorObject[]).filter(({ schemaPath }) => !/\/(oneOf|anyOf)\/\d/.test(schemaPath));
  const messages = errors.map((error) => {
    const { position, message } = describe(error);
    return position === "" ? message.replace(/^is /, "the call is given ") : `${position} ${message}`;
  });
  throw new ControlError(400, messages.join("; "));
}

/** Loads the library late, because it is slow to load and few emulators need it. */
async function compile(schema: object, isQuery: boolean): Promise<ValidateFunction> {
  const { Ajv } = await import("ajv");
  return new Ajv({ allErrors: true, verbose: true, strict: false, messages: false, coerceTypes: isQuery }).compile(
    schema,
  );
}
