import formbody from "@fastify/formbody";
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from "fastify";

const FORM = "application/x-www-form-urlencoded";

/** Parses form bodies: `request.body` has a text for each parameter, an array for a repeated one. Ignores other bodies. */
export async function parseForms(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  app.addContentTypeParser("*", (_request, payload, done) => {
    // Drain the body first, so that a malformed one has no effect.
    payload.once("end", () => done(null)).resume();
  });
}

/** Answers a preflight, without credentials: browsers send none. */
export const answerPreflight: onRequestHookHandler = ({ method }, reply, done) => {
  if (method === "OPTIONS") reply.code(204).send();
  else done();
};

/** Returns whether the body of a request is parsed, after `ignoreOtherBodies`. */
export function isForm({ headers }: FastifyRequest): boolean {
  return headers["content-type"] === FORM;
}

/** Removes the content type of a body that is not the form of a POST, because Fastify refuses malformed ones with 415. */
export const ignoreOtherBodies: onRequestHookHandler = ({ method, headers }, _reply, done) => {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (method === "POST" && type === FORM) headers["content-type"] = FORM;
  else delete headers["content-type"];
  done();
};
