import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server, so that it can stop at once without cutting off an answer. */
export interface Connections {
  follow(socket: Socket): void;
  /** Follows the TLS socket over a connection in place of the connection. */
  replace(socket: Socket, successor: Socket): void;
  /** Ends each connection: at once if it is idle, else after its answer. */
  end(): void;
}

/** Milliseconds to wait for the last answers. `docker stop` kills after ten seconds. */
const GRACE = 5000;

/** Answers are sent in the order of their requests, so a connection is idle when its last answer was sent. */
const lastAnswers = new WeakMap<Socket, ServerResponse>();

/** Returns the answer to the last request of a connection, sent or not; undefined before the first. */
export function lastAnswerOn(socket: Socket): ServerResponse | undefined {
  return lastAnswers.get(socket);
}

/**
 * Watches a server's connections. Node's own `closeIdleConnections` leaves out tunnels, and connections without a request
 * so far, such as a client's spare ones.
 */
export function watchConnections(server: Server): Connections {
  const sockets = new Set<Socket>();
  let ending = false;

  server.on("request", ({ socket }, answer) => {
    lastAnswers.set(socket, answer);
    if (ending) endAfter(answer, socket);
  });
  return { follow, replace, end };

  function follow(socket: Socket): void {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  }

  function replace(socket: Socket, successor: Socket): void {
    sockets.delete(socket);
    follow(successor);
  }

  function end(): void {
    ending = true;
    for (const socket of sockets) {
      const answer = lastAnswers.get(socket);
      if (answer === undefined || answer.writableFinished) socket.destroySoon();
      else endAfter(answer, socket);
    }
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, GRACE).unref();
  }

  function endAfter(answer: ServerResponse, socket: Socket): void {
    if (!answer.headersSent) answer.setHeader("Connection", "close");
    answer.once("close", () => {
      if (lastAnswers.get(socket) === answer) socket.destroySoon();
    });
  }
}
