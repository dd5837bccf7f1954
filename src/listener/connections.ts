import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** How long a client may take for what it asked for, in milliseconds; whoever stops a container waits ten seconds. */
const GRACE = 5000;

/**
 * Watches a server's connections, so that it can stop at once without cutting off an answer. Node's own
 * `closeIdleConnections` spares connections on which no request has come yet, such as a client's spare ones.
 *
 * @returns a function that ends each connection: now, if no request is under way on it, else after its answer.
 */
export function watchConnections(server: Server): () => void {
  const answers = new Map<Socket, Set<ServerResponse>>();
  let ending = false;

  server.on("connection", (socket: Socket) => {
    answers.set(socket, new Set());
    socket.once("close", () => answers.delete(socket));
  });
  server.on("request", ({ socket }, answer) => {
    answers.get(socket)?.add(answer);
    if (ending) announceEnd(answer);
    answer.once("close", () => {
      answers.get(socket)?.delete(answer);
      endIfIdle(socket);
    });
  });

  function announceEnd(answer: ServerResponse): void {
    if (!answer.headersSent) answer.setHeader("Connection", "close");
  }

  function endIfIdle(socket: Socket): void {
    if (ending && answers.get(socket)?.size === 0) socket.destroySoon();
  }

  return () => {
    ending = true;
    for (const [socket, pending] of answers) {
      pending.forEach(announceEnd);
      endIfIdle(socket);
    }
    setTimeout(() => server.closeAllConnections(), GRACE).unref();
  };
}
