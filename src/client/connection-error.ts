/** No emulator answered as it should: none at the address, another program, an older version, or a lost connection. */
export class ConnectionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectionError";
  }
}
