import type { Random } from "../state/random.js";

/** The headers of every answer, recorded from Twilio; the last five are the documented CORS headers. */
const COMMON = {
  "X-Home-Region": "us1",
  "X-API-Domain": "api.twilio.com",
  "X-Powered-By": "AT-5000",
  "X-Shenanigans": "none",
  "Strict-Transport-Security": "max-age=31536000",
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers":
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key",
  "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
  "Access-Control-Expose-Headers": "ETag",
  "Access-Control-Allow-Credentials": "true",
} as const;
const COMMON_AUTHENTICATED = { ...COMMON, "Twilio-Concurrent-Requests": "1" } as const;

/**
 * The headers that Twilio sends with every answer, whatever it says.
 *
 * @param status - the answer's HTTP status: a 401 lacks Twilio-Concurrent-Requests.
 * @param elapsed - milliseconds that the request took.
 */
export function commonHeaders(status: number, requestId: string, elapsed: number): Record<string, string> {
  return {
    "Twilio-Request-Id": requestId,
    "Twilio-Request-Duration": durationOf(elapsed),
    ...(status === 401 ? COMMON : COMMON_AUTHENTICATED),
  };
}

/** @param elapsed - milliseconds. */
export function durationOf(elapsed: number): string {
  return (elapsed / 1000).toFixed(3);
}

/** The id that Twilio gives to a request: `RQ` and 32 hexadecimal digits. */
export function newRequestId(random: Random): string {
  return `RQ${random.hex(32)}`;
}
