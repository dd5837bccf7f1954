import type { FastifyInstance } from "fastify";
import type { Identity } from "../listener/identity.js";
import { refuseForeignOrigins } from "./guard.js";

/** The OpenAPI entry. */
export const CERTIFICATE_ROUTE = {
  method: "GET",
  url: "/ca.pem",
  schema: {
    operationId: "certificate",
    summary: "Return the certificate authority",
    tags: ["health"],
    response: {
      200: { description: "PEM.", content: { "application/x-pem-file": { schema: { type: "string" } } } },
    },
  },
} as const;

/**
 * Adds `/ca.pem`, the certificate authority that TLS clients must trust. It is public and no JSON, so it is outside the
 * guarded plane.
 */
export function certificateRoute(app: FastifyInstance, authority: () => Promise<Identity>): void {
  app.setErrorHandler<Error & { statusCode?: number }>(({ message, statusCode = 500 }, _request, reply) =>
    reply.code(statusCode).send({ error: message }),
  );
  app.route({
    method: CERTIFICATE_ROUTE.method,
    url: CERTIFICATE_ROUTE.url,
    async handler(request, reply) {
      // Not the whole guard: a link on another site may lead here.
      refuseForeignOrigins(request);
      const { certificate } = await authority();
      return reply.type("application/x-pem-file").send(certificate);
    },
  });
}
