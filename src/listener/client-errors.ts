import type { Socket } from "node:net";
import { errorBody } from "../conventions/errors.js";
import { type CommonHeaders, newRequestId } from "../conventions/headers.js";
import { addressOf } from "../conventions/origin.js";
import type { Chance } from "../state/random.js";
import { farewell } from "./farewell.js";

/**
 * Answers what is not HTTP, or more of it than the parser takes, in Twilio's error form: Node sees no request there, so
 * the answer is written by hand.
 */
export function answerClientErrors(chance: Chance, commonHeaders: CommonHeaders) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // The client has gone.
    if (!socket.writable) return;
    const reason = {
      code: 20001,
      malformed: `the HTTP parser refuses it (${error.code})`,
    } as const;
    const body = errorBody(reason, "");
    const headers = {
      ...commonHeaders({
        status: body.status,
        requestId: newRequestId(chance.of()),
        elapsed: 0,
        origin: `http://${addressOf(socket)}`,
      }),
      "X-Twilio-Error-Code": body.code,
    };
    farewell(socket, `${body.status} Bad Request`, headers, body);
  };
}
