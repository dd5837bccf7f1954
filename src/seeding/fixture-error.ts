import { StartupError } from "../state/startup-error.js";

/** Fixtures that cannot be used: each error is one line that a user can act on. */
export class FixtureError extends Error {
  readonly messages: readonly string[];
  /** `conflict`: they contradict rows that are present. */
  readonly reason: "invalid" | "conflict" | "too large";

  constructor(messages: readonly string[], reason: FixtureError["reason"] = "invalid", options?: ErrorOptions) {
    super(messages.join("\n"), options);
    this.name = "FixtureError";
    this.messages = messages;
    this.reason = reason;
  }
}

/** Returns a FixtureError as the StartupError that it is at a start, any other error as it is. */
export function startupErrorOf(error: unknown): unknown {
  return error instanceof FixtureError ? new StartupError(error.messages, { cause: error }) : error;
}

/** Calls `read` at a start: throws StartupError in place of FixtureError. */
export function atStart<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw startupErrorOf(error);
  }
}
