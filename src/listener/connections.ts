import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Watches a server's connections, so that it can stop at once without cutting off an answer. Node's own
 * `closeIdleConnections` spares connections on which no request has come yet, such as a client's spare ones.
 *
 * @returns a function that ends each connection: now, if no request is under way on it, else after its answer.
 */
export function watchConnections(server: Server): () => void {
  const requests = new Map<Socket, number>();
  let ending = false;

  server.on("connection", (socket: Socket) => {
    requests.set(socket, 0);
    socket.once("close", () => requests.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    count(socket, 1);
    response.once("close", () => {
      count(socket, -1);
      endIfIdle(socket);
    });
  });

  function count(socket: Socket, change: number): void {
    const current = requests.get(socket);
    if (current !== undefined) requests.set(socket, current + change);
  }

  function endIfIdle(socket: Socket): void {
    if (ending && requests.get(socket) === 0) socket.destroySoon();
  }

  return () => {
    ending = true;
    for (const socket of requests.keys()) endIfIdle(socket);
  };
}
