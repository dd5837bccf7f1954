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

/** The names and addresses of a machine for itself: RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3 and 2.5.5.2. */
const LOOPBACK = /^https?:\/\/(([^:]+\.)?localhost\.?|127(\.\d{1,3}){3}|\[(::ffff:127(\.\d{1,3}){3}|::1)\])(:\d*)?$/i;

/** Returns whether an origin, scheme and host, is on this machine by its name. */
export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(origin);
}

/** Returns the address and port that a connection reached. */
export function addressOf({ localAddress, localPort }: Socket): string {
  return localAddress?.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
