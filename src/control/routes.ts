import type { FastifyError, FastifyInstance } from "fastify";

/** `/_emulator`: what is the emulator's own and not Twilio's. Plain JSON, with an error form of its own. */
export function controlRoutes(app: FastifyInstance, version: string): void {
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url} in the control API` }),
  );
  // Fastify has set the status by now.
  app.setErrorHandler<FastifyError>((error, _request, reply) => reply.send({ error: error.message }));
  app.route({ method: "GET", url: "/health", handler: health });

  /** The server listens only once the database is seeded, so any answer means that it is. */
  function health() {
    return { status: "ok", version };
  }
}
