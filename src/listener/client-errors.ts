import type { Socket } from "node:net";
import { errorBody } from "../conventions/errors.js";
import { commonHeaders, newRequestId } from "../conventions/headers.js";
import type { Chance } from "../state/random.js";

/** Milliseconds. */
const LINGER = 1000;

/**
 * Answers what is not HTTP, or more of it than the parser takes, in Twilio's error form: Node sees no request there, so
 * the answer is written by hand.
 */
export function answerClientErrors(chance: Chance) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // The client has gone.
    if (!socket.writable) return;
    const reason = {
      code: 20001,
      malformed: `the HTTP parser refuses it (${error.code})`,
    } as const;
    const body = errorBody(reason, "");
    const json = JSON.stringify(body);
    const headers = {
      ...commonHeaders(body.status, newRequestId(chance.of()), 0),
      "X-Twilio-Error-Code": body.code,
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": Buffer.byteLength(json),
      Connection: "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    // Whoever does not close the connection now keeps it no longer than this.
    socket.setTimeout(LINGER, () => socket.destroy());
    socket.end(`HTTP/1.1 ${body.status} Bad Request\r\n${lines.join("")}\r\n${json}`);
  };
}
