import type { Random } from "../../state/random.js";
import { isLoopback } from "../request/origin.js";

/** The headers of every answer, recorded from Twilio. */
const COMMON = {
  "X-Home-Region": "us1",
  "X-API-Domain": "api.twilio.com",
  "X-Powered-By": "AT-5000",
  "X-Shenanigans": "none",
} as const;
/** Not sent to loopback names: a browser would refuse plain HTTP on every port of the host for a year. */
const STRICT_TRANSPORT = { "Strict-Transport-Security": "max-age=31536000" } as const;
/** Documented, and sent for every origin. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers":
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key",
  "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
  "Access-Control-Expose-Headers": "ETag",
  "Access-Control-Allow-Credentials": "true",
} as const;

export type CommonHeaders = (answer: {
  /** A 401 lacks Twilio-Concurrent-Requests. */
  status: number;
  requestId: string;
  /** Seconds that the request took. */
  duration: string;
  origin: string;
}) => Record<string, string>;

/** Returns a function that returns the headers of every Twilio answer. */
export function createCommonHeaders({ noCors }: { noCors: boolean }): CommonHeaders {
  const cors = noCors ? {} : CORS;
  const local = { ...COMMON, ...cors };
  const remote = { ...COMMON, ...STRICT_TRANSPORT, ...cors };
  return ({ status, requestId, duration, origin }) => ({
    "Twilio-Request-Id": requestId,
    "Twilio-Request-Duration": duration,
    ...(isLoopback(origin) ? local : remote),
    ...(status !== 401 && { "Twilio-Concurrent-Requests": "1" }),
  });
}

/** Converts milliseconds to seconds with three decimals. */
export function durationOf(elapsed: number): string {
  return (elapsed / 1000).toFixed(3);
}

/** Returns a new request id: `RQ` and 32 hexadecimal digits. */
export function newRequestId(random: Random): string {
  return `RQ${random.hex(32)}`;
}
