import type { FastifyInstance } from "fastify";
import type { Identity } from "../listener/identity.js";
import { refuseForeignOrigins } from "./guard.js";

/** The route as the OpenAPI document describes it. */
export const CERTIFICATE_ROUTE = {
  method: "GET",
  url: "/ca.pem",
  schema: {
    summary: "The certificate authority for clients to trust",
    response: {
      200: { description: "PEM.", content: { "application/x-pem-file": { schema: { type: "string" } } } },
    },
  },
} as const;

/**
 * `/ca.pem`: the certificate authority that clients must trust to be served over TLS. Anybody may have it, and it is no
 * JSON, so it stands beside the rest of the control API.
 */
export function certificateRoute(app: FastifyInstance, authority: () => Promise<Identity>): void {
  app.setErrorHandler<Error & { statusCode?: number }>(({ message, statusCode = 500 }, _request, reply) =>
    reply.code(statusCode).send({ error: message }),
  );
  app.route({
    method: CERTIFICATE_ROUTE.method,
    url: CERTIFICATE_ROUTE.url,
    async handler(request, reply) {
      // Without the rest of the guard: a link on another site may lead here.
      refuseForeignOrigins(request);
      const { certificate } = await authority();
      return reply.type("application/x-pem-file").send(certificate);
    },
  });
}
