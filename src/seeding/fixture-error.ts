import { StartupError } from "../state/startup-error.js";

/** The errors of unusable fixtures; each message is one line. */
export class FixtureError extends Error {
  readonly messages: readonly string[];
  /** `conflict`: the fixtures contradict present rows. */
  readonly reason: "invalid" | "conflict" | "too large";

  constructor(messages: readonly string[], reason: FixtureError["reason"] = "invalid", options?: ErrorOptions) {
    super(messages.join("\n"), options);
    this.name = "FixtureError";
    this.messages = messages;
    this.reason = reason;
  }
}

/** Converts a FixtureError to a StartupError; returns any other error unchanged. */
export function startupErrorOf(error: unknown): unknown {
  return error instanceof FixtureError ? new StartupError(error.messages, { cause: error }) : error;
}

/** Calls `read` and throws StartupError in place of FixtureError. */
export function atStart<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw startupErrorOf(error);
  }
}
