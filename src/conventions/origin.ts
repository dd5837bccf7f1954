import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * Scheme and host that the client used, so that it can follow the URLs it is given; the address it reached, if it
 * named no host.
 */
export function originOf({ protocol, host, socket }: FastifyRequest): string {
  return `${protocol}://${host || addressOf(socket)}`;
}

function addressOf({ localAddress, localPort }: Socket): string {
  return localAddress?.includes(":") ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}
