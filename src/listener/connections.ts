import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The connections of a server, so that it can stop at once without cutting off an answer. */
export interface Connections {
  follow(socket: Socket): void;
  /** Follows what speaks over a connection instead of that itself. */
  replace(socket: Socket, successor: Socket): void;
  /** Ends each connection: now, if no request is under way on it, else after its answer. */
  end(): void;
}

/** How long a client may take for what it asked for, in milliseconds; whoever stops a container waits ten seconds. */
const GRACE = 5000;

/** The answers of a connection are sent in the order of their requests, so the last one tells whether any is under way. */
const lastAnswers = new WeakMap<Socket, ServerResponse>();

/** The answer to the last request of a connection, sent or not; undefined before the first. */
export function lastAnswerOn(socket: Socket): ServerResponse | undefined {
  return lastAnswers.get(socket);
}

/**
 * Watches a server's connections. Node's own `closeIdleConnections` spares connections on which no request has come yet,
 * such as a client's spare ones, and knows no tunnels.
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
