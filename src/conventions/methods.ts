import type { FastifyInstance, HTTPMethods } from "fastify";
import { Refusal } from "./errors.js";

/** HEAD goes with GET, OPTIONS is answered before any route, and no path has a method beyond these. */
const METHODS: readonly HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Answers 405 to methods that no path of the API has. Fastify would refuse some of them in a way of its own. */
export function refuseUnknownMethods(app: FastifyInstance): void {
  const known = new Set([...METHODS, "HEAD"]);
  app.addHook("onRequest", ({ method }, _reply, done) => {
    if (!known.has(method)) refuseMethod();
    done();
  });
}

/**
 * Notes the routes that are added to this context from now on.
 *
 * @returns a function that gives each of their paths a 405 for the methods it lacks; call it when the last one is added.
 */
export function refusalOfOtherMethods(app: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ routePath, method }) => {
    const methods = methodsOf.get(routePath) ?? new Set();
    methodsOf.set(routePath, methods);
    for (const name of [method].flat()) methods.add(name);
  });
  return () => {
    for (const [path, methods] of [...methodsOf]) {
      const others = METHODS.filter((method) => !methods.has(method));
      app.route({ method: others, url: path, handler: refuseMethod });
    }
  };
}

function refuseMethod(): never {
  throw new Refusal({ code: 20004 });
}
