/** The errors that prevent a start: each is one line that a user can act on. */
export class StartupError extends Error {
  readonly messages: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join("\n"), options);
    this.name = "StartupError";
    this.messages = faults;
  }
}

/**
 * Calls `action` and collects a StartupError, so that a start reports all errors at once.
 *
 * @param faults - takes the messages.
 * @returns the result of `action`, or undefined after a StartupError.
 */
export function attempt<T>(faults: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    faults.push(...error.messages);
    return undefined;
  }
}
