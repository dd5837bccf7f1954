/** What keeps the emulator from starting: every fault that was found, each one line that a user can act on. */
export class StartupFault extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[], options?: ErrorOptions) {
    super(faults.join("\n"), options);
    this.name = "StartupFault";
    this.faults = faults;
  }
}
