import { FixtureError } from "../seeding/fixture-error.js";
import { ControlError } from "./control-error.js";

const STATUS = { invalid: 400, conflict: 409, "too large": 413 } as const;

/**
 * Returns a FixtureError as a ControlError, any other error as it is.
 *
 * @param status - of the answer; left out, the reason decides.
 */
export function controlErrorOf(error: unknown, status?: number, separator = "; "): unknown {
  if (!(error instanceof FixtureError)) return error;
  return new ControlError(status ?? STATUS[error.reason], error.messages.join(separator));
}
