import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { originIn } from "./urls.js";

/**
 * Scheme and host that the client used, so that it can follow the URLs it is given: those of a URL in absolute form,
 * which stand above the connection and the Host header (RFC 9112, 3.2.2); the address it reached, if it named no host.
 */
export function originOf({ originalUrl, protocol, host, socket }: FastifyRequest): string {
  return originIn(originalUrl) ?? `${protocol}://${host || addressOf(socket)}`;
}

function addressOf({ localAddress, localPort }: Socket): string {
  return localAddress?.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
