/** Why a control call is refused: its status, and a text that names what was given and what was expected. */
export class ControlError extends Error {
  readonly statusCode: number;

  /** @param statusCode - the HTTP status of the answer. */
  constructor(statusCode: number, message: string) {
    super(message);
    this.name = "ControlError";
    this.statusCode = statusCode;
  }
}
