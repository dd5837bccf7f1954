import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { originIn } from "./urls.js";

/**
 * Returns scheme and host that the client used, for URLs that it can follow. A URL in absolute form overrides the connection and
 * the Host header (RFC 9112, 3.2.2). Without a host, it is the address of the connection.
 */
export function originOf({ originalUrl, protocol, host, socket }: FastifyRequest): string {
  return originIn(originalUrl) ?? `${protocol}://${host || addressOf(socket)}`;
}

/** Loopback names and addresses: RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3 and 2.5.5.2. */
const LOOPBACK = /^https?:\/\/(([^:]+\.)?localhost\.?|127(\.\d{1,3}){3}|\[(::ffff:127(\.\d{1,3}){3}|::1)\])(:\d*)?$/i;

/** Returns whether the host of an origin is a loopback name or address. */
export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(origin);
}

/** Returns the local address and port of a connection. */
export function addressOf({ localAddress, localPort }: Socket): string {
  return localAddress?.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
