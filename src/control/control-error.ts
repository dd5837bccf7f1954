/** An error of the control API: an HTTP status, and a message with the value and what is allowed. */
export class ControlError extends Error {
  readonly statusCode: number;

  /** @param statusCode - the HTTP status of the answer. */
  constructor(statusCode: number, message: string) {
    super(message);
    this.name = "ControlError";
    this.statusCode = statusCode;
  }
}

/** Returns the error of a value that is not allowed: HTTP status 400. */
export function unexpected(key: string, value: unknown, expected: string): ControlError {
  return new ControlError(400, `${key} is ${JSON.stringify(value)}; expected: ${expected}`);
}
