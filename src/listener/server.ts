import { createServer, type RequestListener, type Server } from "node:http";
import { TwilioResponse } from "../twilio-api/response/twilio-response.js";
import { type PortOptions, servePort } from "./port.js";
import { TIMEOUTS } from "./timeouts.js";

export interface PortServer {
  server: Server;
  /** Ends each connection: at once if it is idle, else after its answer. */
  endConnections(): void;
}

/** Creates the server of the one port: plain HTTP, TLS and CONNECT. */
export function createPortServer(serve: RequestListener, options: PortOptions): PortServer {
  const server = createServer(
    {
      ServerResponse: TwilioResponse,
      requireHostHeader: false,
      requestTimeout: TIMEOUTS.request,
      keepAliveTimeout: TIMEOUTS.keepAlive,
      headersTimeout: TIMEOUTS.headers,
      connectionsCheckingInterval: TIMEOUTS.checkInterval,
    },
    serve,
  );
  // Without a listener, Node answers an unknown Expect header itself, with 417.
  server.on("checkExpectation", serve);
  return { server, endConnections: servePort(server, options) };
}
