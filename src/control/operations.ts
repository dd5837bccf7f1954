import { ControlError } from "./control-error.js";

/** Returns the names of the operations that routes have, once all routes are there. */
export type Operations = () => Promise<ReadonlySet<string>>;

/**
 * Checks the name of an operation: a misspelt one would never match a request.
 *
 * @throws ControlError 400 if no route has it.
 */
export async function checkOperation(operation: string | undefined, operations: Operations): Promise<void> {
  if (operation === undefined) return;
  const known = await operations();
  if (known.has(operation)) return;
  const expected = [...known].sort().join(", ");
  throw new ControlError(400, `operation is ${JSON.stringify(operation)}; expected: one of ${expected}`);
}
