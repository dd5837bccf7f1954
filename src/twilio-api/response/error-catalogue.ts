/** Twilio's error code and the parameters of its message. Rules throw it without an HTTP status or a path. */
export type Reason =
  | { code: 20001; parameter: string; value: string; expected: string }
  | { code: 20001; malformed: string }
  | { code: 20001; problem: "Invalid date value" | "PageToken is required for paging." }
  | { code: 20003; cause?: "No credentials provided" | "invalid username" }
  | { code: 20004 }
  | { code: 20007; most: number }
  | { code: 20404 }
  | { code: 20409; status: string }
  | { code: 20416; length: number }
  | { code: 16108 }
  | { code: 16109 }
  | { code: 16113 }
  | { code: 20009 }
  | { code: 21201 }
  | { code: 21205; url?: string }
  | { code: 21210; from: string }
  | { code: 21211; to: string }
  | { code: 21213 }
  | { code: 21220; problem: string }
  | { code: 21481 }
  | { code: 20500 }
  | { code: 20501; what: string };

export interface ArmedError {
  armed: true;
  code: number;
  status: number;
  message(path: string): string;
  /** Seconds, for a Retry-After header. */
  retryAfter?: number | undefined;
}

export class TwilioError extends Error {
  readonly reason: Reason | ArmedError;

  constructor(reason: Reason | ArmedError) {
    // No stack trace: it is never printed, and collecting it is most of the cost of an error.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`refused with ${reason.code}`);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "TwilioError";
    this.reason = reason;
  }
}

/** Twilio's error body, its keys in Twilio's order. */
export interface ErrorBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

const STATUS = {
  20001: 400,
  16108: 400,
  16109: 400,
  16113: 400,
  20009: 409,
  21201: 400,
  21205: 400,
  21210: 400,
  21211: 400,
  21213: 400,
  21220: 400,
  21481: 400,
  20003: 401,
  20004: 405,
  20007: 400,
  20404: 404,
  20409: 409,
  20416: 416,
  20500: 500,
  20501: 501,
} as const satisfies Record<Reason["code"], number>;

/**
 * Returns Twilio's error body for a reason.
 *
 * @param path - the request's path, percent-decoded, with its extension and without its query.
 * @see https://www.twilio.com/docs/api/errors
 */
export function errorBody(reason: Reason | ArmedError, path: string): ErrorBody {
  const armed = "armed" in reason;
  return {
    code: reason.code,
    message: armed ? reason.message(path) : message(reason, path),
    more_info: `https://www.twilio.com/docs/errors/${reason.code}`,
    status: armed ? reason.status : STATUS[reason.code],
  };
}

/** An error whose message depends on nothing but the path. */
export interface PlainError {
  status: number;
  message(path: string): string;
}

/** The errors that a test can arm by their code. */
export const PLAIN_ERRORS: ReadonlyMap<number, PlainError> = new Map([
  ...([20003, 20004, 20404, 20500] as const).map(
    (code) => [code, { status: STATUS[code] as number, message: (path: string) => message({ code }, path) }] as const,
  ),
  [20429, { status: 429, message: () => "Too Many Requests" }],
  [20503, { status: 503, message: () => "Service Unavailable" }],
]);

function message(reason: Reason, path: string): string {
  switch (reason.code) {
    case 20001:
      if ("problem" in reason) return reason.problem;
      return "malformed" in reason
        ? `Malformed request: ${reason.malformed}`
        : `Invalid value '${reason.value}' for parameter '${reason.parameter}': expected ${reason.expected}`;
    case 20003:
      return reason.cause === undefined ? "Authenticate" : `Authentication Error - ${reason.cause}`;
    case 20004:
      return "The requested method is not allowed";
    case 20007:
      return `Page size too large. The maximum page size is ${reason.most}`;
    case 16108:
      return "Voice Recording: Request failed due to concurrent recordings";
    case 16109:
      return "An encrypted recording cannot be downloaded as MP3";
    case 16113:
      return "A mono recording cannot be downloaded with two channels";
    case 20009:
      return "The call has not ended: only a call that has ended can be deleted";
    case 21201:
      return "No 'To' number is specified";
    case 21205:
      return reason.url === undefined ? "Url parameter is required." : `Url is not a valid URL: ${reason.url}`;
    case 21210:
      return (
        `The source phone number provided, ${reason.from}, is not yet verified for your account. ` +
        "You may only make calls from phone numbers that you've verified or purchased from Twilio."
      );
    case 21211:
      return `The phone number you are attempting to call, ${reason.to}, is not valid.`;
    case 21213:
      return "No 'From' number is specified";
    case 21220:
      return reason.problem;
    case 21481:
      return "Invalid PageToken";
    case 20404:
      return `The requested resource ${path} was not found`;
    case 20409:
      return `Conflict: only a completed recording can be deleted, this one is ${reason.status}`;
    case 20416:
      return `The requested range is not satisfiable: the media has ${reason.length} bytes`;
    case 20500:
      return "Internal Server Error";
    case 20501:
      return `The emulator does not implement ${reason.what} yet`;
  }
}
