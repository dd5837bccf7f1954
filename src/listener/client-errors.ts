import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RandomSequences } from "../state/random.js";
import { addressOf } from "../twilio-api/request/origin.js";
import { errorBody } from "../twilio-api/response/error-catalogue.js";
import { type CommonHeaders, durationOf, newRequestId } from "../twilio-api/response/headers.js";
import { lastAnswerOn } from "./connections.js";
import { farewell } from "./farewell.js";

/** Node's error codes for a request timeout. */
const TOO_SLOW = ["ERR_HTTP_REQUEST_TIMEOUT", "ERR_HTTP_HEADERS_TIMEOUT"];

/**
 * Returns a `clientError` listener that answers malformed and slow requests in Twilio's error form. Node has no response object
 * for them, so it writes to the socket, after the answers to earlier requests on the connection.
 */
export function answerClientErrors(random: RandomSequences, commonHeaders: CommonHeaders) {
  // The parser emits an error for each further chunk as well.
  const refused = new WeakSet<Socket>();
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (!socket.writable || refused.has(socket)) return;
    refused.add(socket);
    const answer = lastAnswerOn(socket);
    if (answer === undefined) refuse(error, socket);
    else if (answer.req.complete) afterAnswer(answer, () => refuse(error, socket));
    else afterTurn(answer, () => refuseBody(error, socket, answer));
  };

  function refuseBody(error: NodeJS.ErrnoException, socket: Socket, answer: ServerResponse): void {
    // The client would read a second status line as part of the answer, or as the next answer.
    if (answer.headersSent) afterAnswer(answer, () => socket.destroySoon());
    else refuse(error, socket);
  }

  function refuse({ code }: NodeJS.ErrnoException, socket: Socket): void {
    // The previous answer may have closed the connection.
    if (!socket.writable) return;
    const isSlow = TOO_SLOW.includes(String(code));
    const malformed = isSlow ? `it took too long (${code})` : `the HTTP parser refuses it (${code})`;
    const body = { ...errorBody({ code: 20001, malformed }, ""), ...(isSlow && { status: 408 }) };
    const headers = {
      ...commonHeaders({
        status: body.status,
        requestId: newRequestId(random.of()),
        duration: durationOf(0),
        origin: `http://${addressOf(socket)}`,
      }),
      "X-Twilio-Error-Code": body.code,
    };
    farewell(socket, isSlow ? "408 Request Timeout" : "400 Bad Request", headers, body);
  }
}

function afterAnswer(answer: ServerResponse, action: () => void): void {
  if (answer.writableFinished) action();
  else answer.once("close", action);
}

/** Runs `action` once the earlier answers are sent: then Node assigns the socket to this one. */
function afterTurn(answer: ServerResponse, action: () => void): void {
  if (answer.socket !== null || answer.writableFinished) action();
  else answer.once("socket", action);
}
