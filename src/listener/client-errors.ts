import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RandomSequences } from "../state/random.js";
import { addressOf } from "../twilio-api/request/origin.js";
import { errorBody } from "../twilio-api/response/error-catalogue.js";
import { type CommonHeaders, durationOf, newRequestId } from "../twilio-api/response/headers.js";
import { lastAnswerOn } from "./connections.js";
import { farewell } from "./farewell.js";

/** The codes of Node's errors for a request that took too long. */
const TOO_SLOW = ["ERR_HTTP_REQUEST_TIMEOUT", "ERR_HTTP_HEADERS_TIMEOUT"];

/**
 * Answers requests that the HTTP parser refuses, or that took too long, in Twilio's error form. Node has no response object
 * for them, so the answer is written by hand: after the answers to earlier requests on the connection.
 */
export function answerClientErrors(random: RandomSequences, commonHeaders: CommonHeaders) {
  // The parser refuses every further chunk of a connection as well.
  const refused = new WeakSet<Socket>();
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // The client has gone.
    if (!socket.writable || refused.has(socket)) return;
    refused.add(socket);
    const answer = lastAnswerOn(socket);
    if (answer === undefined) refuse(error, socket);
    else if (answer.req.complete) afterAnswer(answer, () => refuse(error, socket));
    else afterTurn(answer, () => refuseBody(error, socket, answer));
  };

  /** Refuses a request whose body is faulty. */
  function refuseBody(error: NodeJS.ErrnoException, socket: Socket, answer: ServerResponse): void {
    // A second status line would be read as a part of the answer, or as the answer to the next request.
    if (answer.headersSent) afterAnswer(answer, () => socket.destroySoon());
    else refuse(error, socket);
  }

  function refuse({ code }: NodeJS.ErrnoException, socket: Socket): void {
    // The answer before may have closed the connection.
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

/** Runs `action` once the answer is sent. */
function afterAnswer(answer: ServerResponse, action: () => void): void {
  if (answer.writableFinished) action();
  else answer.once("close", action);
}

/** Runs `action` once the answers before this one are sent: Node gives it the socket then. */
function afterTurn(answer: ServerResponse, action: () => void): void {
  if (answer.socket !== null || answer.writableFinished) action();
  else answer.once("socket", action);
}
