import { createServer, type RequestListener, type Server } from "node:http";
import { TwilioResponse } from "../twilio-api/response/twilio-response.js";
import { type PortOptions, servePort } from "./port.js";
import { TIMEOUTS } from "./timeouts.js";

export interface PortServer {
  server: Server;
  /** Ends each connection: now, if no request is under way on it, else after its answer. */
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
  // Node answers an Expect header that it does not know in a form of its own, unless this event is handled.
  server.on("checkExpectation", serve);
  return { server, endConnections: servePort(server, options) };
}
