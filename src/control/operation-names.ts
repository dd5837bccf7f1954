import { unexpected } from "./control-error.js";

/** Resolves to the names of Twilio's operations that the routes serve, once all routes are registered. */
export type OperationNames = () => Promise<ReadonlySet<string>>;

/**
 * Refuses unknown names, because a misspelt one would never match a request.
 *
 * @throws ControlError 400 for an operation that no route serves.
 */
export async function checkOperation(operation: string | undefined, operations: OperationNames): Promise<void> {
  if (operation === undefined) return;
  const known = await operations();
  if (known.has(operation)) return;
  throw unexpected("operation", operation, `one of ${[...known].sort().join(", ")}`);
}
