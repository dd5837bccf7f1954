import type { Server } from "node:http";
import type { Socket } from "node:net";
import { answerConnect } from "./connect.js";
import { watchConnections } from "./connections.js";
import type { Identity } from "./identity.js";
import { TIMEOUTS } from "./timeouts.js";
import { endOfTls } from "./tls.js";

/** What the port serves beside plain HTTP, and how. */
export interface PortOptions {
  authority: () => Promise<Identity>;
  /** Names in certificates, beside Twilio's and this machine's. */
  tlsNames: readonly string[];
  /** Whether CONNECT leads to hosts that are not Twilio's. */
  tunnelOthers: boolean;
  /** Is told why TLS could not be served. */
  fault(error: unknown): void;
  /** Milliseconds to wait for the first byte of a connection or tunnel. */
  firstByteTimeout?: number;
}

/** The first byte of TLS, a handshake's (RFC 8446, 5.1); no HTTP method begins with it. */
const HANDSHAKE = 0x16;

/**
 * Lets a server of plain HTTP serve TLS and CONNECT on the same port. It looks at a connection's first bytes once, and
 * puts them back; from then on Node's parser has a plain connection for itself, as if nobody had looked.
 *
 * @returns a function that ends each connection: now, if no request is under way on it, else after its answer.
 */
export function servePort(
  server: Server,
  { authority, tlsNames, tunnelOthers, fault, firstByteTimeout = TIMEOUTS.firstByte }: PortOptions,
): () => void {
  const connections = watchConnections(server);
  const endTls = endOfTls(authority, tlsNames);
  const [serveHttp] = server.listeners("connection") as [(this: Server, socket: Socket) => void];
  server.off("connection", serveHttp);
  server.on("connection", (socket) => {
    connections.follow(socket);
    // Node has an ear for these only once it serves the connection.
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
          fault(error);
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
