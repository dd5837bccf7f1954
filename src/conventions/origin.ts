import type { FastifyRequest } from "fastify";

/**
 * Scheme and host that the client used, so that it can follow the URLs it is given; the address it reached, if it
 * named no host.
 */
export function originOf(request: FastifyRequest): string {
  const { localAddress = "127.0.0.1", localPort = 80 } = request.socket;
  const address = localAddress.includes(":") ? `[${localAddress}]` : localAddress;
  return `${request.protocol}://${request.host || `${address}:${localPort}`}`;
}
