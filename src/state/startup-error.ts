/** What keeps the emulator from starting: every fault that was found, each one line that a user can act on. */
export class StartupError extends Error {
  readonly messages: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join("\n"), options);
    this.name = "StartupError";
    this.messages = faults;
  }
}

/**
 * Does what a start needs, but on a StartupError goes on, so that all faults can be reported at once.
 *
 * @param faults - takes the faults that occur.
 * @returns what `action` returns, or undefined if it could not be done.
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
