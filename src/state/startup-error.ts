/** The errors that prevent a start; each message is one line with a remedy. */
export class StartupError extends Error {
  readonly messages: readonly string[];

  constructor(errors: readonly string[], options?: ErrorOptions) {
    super(errors.join("\n"), options);
    this.name = "StartupError";
    this.messages = errors;
  }
}

/** Calls `action` and collects the messages of a StartupError, so that a start reports all errors at once. */
export function attempt<T>(errors: string[], action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    errors.push(...error.messages);
    return undefined;
  }
}
