import type { FastifyInstance, onRequestHookHandler, RouteOptions } from "fastify";
import findMyWay, { type HTTPMethod, type HTTPVersion, type Instance } from "find-my-way";
import { TwilioError } from "../response/error-catalogue.js";

/** HEAD goes with GET, OPTIONS is answered before any route, and no path has a method beyond these. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** How paths are looked for: none that fits into a request is too long. */
export const ROUTER_OPTIONS = { maxParamLength: 65_536 };

const KNOWN = new Set<string>([...METHODS, "HEAD"]);

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route only answers the methods that the routes of a path lack. */
    otherMethods?: boolean;
  }
}

/** Answers 405 to methods that no path of the API has. Fastify would refuse some of them in its own form. */
export const refuseUnknownMethods: onRequestHookHandler = ({ method }, _reply, done) => {
  if (!KNOWN.has(method)) refuseMethod();
  done();
};

/**
 * Notes the routes that are added to this context from now on.
 *
 * @returns the step that answers 404 where a route for other methods meets a path without routes.
 */
export function notePaths(app: FastifyInstance): onRequestHookHandler {
  const routes: Pick<RouteOptions, "method" | "url">[] = [];
  let router: Instance<HTTPVersion.V1> | undefined;
  app.addHook("onRoute", ({ method, url, config }) => {
    if (!config?.otherMethods) routes.push({ method, url });
  });
  return ({ routeOptions, url }, _reply, done) => {
    if (!routeOptions.config.otherMethods) return done();
    router ??= routerTo(routes);
    if (!leads(router, url)) throw new TwilioError({ code: 20404 });
    done();
  };
}

function leads(router: Instance<HTTPVersion.V1>, url: string): boolean {
  return METHODS.some((method) => router.find(method, url) !== null);
}

/** A router of Fastify's own kind, which finds exactly what Fastify would. */
function routerTo(routes: readonly Pick<RouteOptions, "method" | "url">[]): Instance<HTTPVersion.V1> {
  const router = findMyWay(ROUTER_OPTIONS);
  for (const { method, url } of routes) router.on(method as HTTPMethod | HTTPMethod[], url, () => {});
  return router;
}

/**
 * Answers 405 to requests whose path has routes, but none for their method. One route for all paths: one for each would
 * double the number of routes, and routes take much of a start.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  app.route({
    method: [...METHODS],
    url: "/*",
    exposeHeadRoute: false,
    config: { otherMethods: true },
    handler: refuseMethod,
  });
}

/** Handles a method that a path does not have. */
export function refuseMethod(): never {
  throw new TwilioError({ code: 20004 });
}
