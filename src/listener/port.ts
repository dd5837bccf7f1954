import type { Server } from "node:http";
import type { Socket } from "node:net";
import { answerConnect } from "./connect.js";
import { watchConnections } from "./connections.js";
import type { Identity } from "./identity.js";
import { TIMEOUTS } from "./timeouts.js";
import { endOfTls } from "./tls.js";

/** Options of TLS and CONNECT. */
export interface PortOptions {
  authority: () => Promise<Identity>;
  /** Names in certificates, beside Twilio's and this machine's. */
  tlsNames: readonly string[];
  /** Whether CONNECT tunnels to other hosts than Twilio's. */
  tunnelOthers: boolean;
  /** Called when TLS cannot be served. */
  onError(error: unknown): void;
  /** Milliseconds to wait for the first byte of a connection or tunnel. */
  firstByteTimeout?: number;
}

/** The first byte of TLS, a handshake's (RFC 8446, 5.1); no HTTP method begins with it. */
const HANDSHAKE = 0x16;

/**
 * Makes a server of plain HTTP serve TLS and CONNECT on the same port. Node's own connection listener is replaced by one
 * that reads the first byte, puts it back, and passes the connection, or the end of its TLS, to Node's listener.
 *
 * @returns a function that ends each connection: at once if it is idle, else after its answer.
 */
export function servePort(
  server: Server,
  { authority, tlsNames, tunnelOthers, onError, firstByteTimeout = TIMEOUTS.firstByte }: PortOptions,
): () => void {
  const connections = watchConnections(server);
  const endTls = endOfTls(authority, tlsNames);
  const [serveHttp] = server.listeners("connection") as [(this: Server, socket: Socket) => void];
  server.off("connection", serveHttp);
  server.on("connection", (socket) => {
    connections.follow(socket);
    // Node handles errors only once it serves the connection.
    socket.on("error", () => socket.destroy());
    serve(socket);
  });
  server.on("connect", answerConnect(serve, tunnelOthers));
  return connections.end;

  function serve(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), firstByteTimeout).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.once("readable", () => {
      clearTimeout(timer);
      const first: Buffer | null = socket.read();
      if (first !== null) socket.unshift(first);
      if (first?.[0] !== HANDSHAKE) serveHttp.call(server, socket);
      else
        serveSecurely(socket).catch((error: unknown) => {
          onError(error);
          socket.destroy();
        });
    });
  }

  async function serveSecurely(raw: Socket): Promise<void> {
    const socket = await endTls(raw);
    connections.replace(raw, socket);
    serveHttp.call(server, socket);
  }
}
