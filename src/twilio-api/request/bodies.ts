import type { FastifyInstance, onRequestHookHandler } from "fastify";

/** Ignores bodies of any type: no route reads one yet. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => {
    // Drain the body first, so that a malformed one has no effect.
    payload.once("end", () => done(null)).resume();
  });
}

/** Answers a preflight, without credentials: browsers send none. Other requests lose their content type with their body. */
export const answerPreflight: onRequestHookHandler = (request, reply, done) => {
  delete request.headers["content-type"];
  if (request.method === "OPTIONS") reply.code(204).send();
  else done();
};
