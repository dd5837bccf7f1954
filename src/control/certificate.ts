import type { FastifyInstance } from "fastify";
import type { Identity } from "../listener/identity.js";

/**
 * `/ca.pem`: the certificate authority that clients must trust to be served over TLS. Anybody may have it, and it is no
 * JSON, so it stands beside the rest of the control API.
 */
export function certificateRoute(app: FastifyInstance, authority: () => Promise<Identity>): void {
  app.setErrorHandler<Error>(({ message }, _request, reply) => reply.code(500).send({ error: message }));
  app.route({
    method: "GET",
    url: "/ca.pem",
    async handler(_request, reply) {
      const { certificate } = await authority();
      return reply.type("application/x-pem-file").send(certificate);
    },
  });
}
