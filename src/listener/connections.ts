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

/**
 * Watches a server's connections. Node's own `closeIdleConnections` spares connections on which no request has come yet,
 * such as a client's spare ones, and knows no tunnels.
 */
export function watchConnections(server: Server): Connections {
  const answers = new Map<Socket, Set<ServerResponse>>();
  let ending = false;

  server.on("request", ({ socket }, answer) => {
    answers.get(socket)?.add(answer);
    if (ending) announceEnd(answer);
    answer.once("close", () => {
      answers.get(socket)?.delete(answer);
      endIfIdle(socket);
    });
  });
  return { follow, replace, end };

  function follow(socket: Socket): void {
    answers.set(socket, new Set());
    socket.once("close", () => answers.delete(socket));
  }

  function replace(socket: Socket, successor: Socket): void {
    answers.delete(socket);
    follow(successor);
  }

  function end(): void {
    ending = true;
    for (const [socket, pending] of answers) {
      pending.forEach(announceEnd);
      endIfIdle(socket);
    }
    setTimeout(() => {
      for (const socket of answers.keys()) socket.destroy();
    }, GRACE).unref();
  }

  function announceEnd(answer: ServerResponse): void {
    if (!answer.headersSent) answer.setHeader("Connection", "close");
  }

  function endIfIdle(socket: Socket): void {
    if (ending && answers.get(socket)?.size === 0) socket.destroySoon();
  }
}
