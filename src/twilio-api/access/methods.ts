import type { FastifyInstance, onRequestHookHandler, RouteOptions } from "fastify";
import findMyWay, { type HTTPMethod, type HTTPVersion, type Instance } from "find-my-way";
import { TwilioError } from "../response/error-catalogue.js";

/** GET includes HEAD, and OPTIONS is answered before the router. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** No parameter of a path that fits into a request is too long. */
export const ROUTER_OPTIONS = { maxParamLength: 65_536 };

const KNOWN = new Set<string>([...METHODS, "HEAD"]);

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route answers 405 to the other methods of a path. */
    otherMethods?: boolean;
  }
}

/** Answers 405 to methods that no path of the API has. Fastify would answer some of them in its own form. */
export const refuseUnknownMethods: onRequestHookHandler = ({ method }, _reply, done) => {
  if (!KNOWN.has(method)) refuseMethod();
  done();
};

/** Collects the routes that are added later, and returns the step that answers 404 to paths without one. */
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

/** Returns a router that matches paths as Fastify's does: both are find-my-way. */
function routerTo(routes: readonly Pick<RouteOptions, "method" | "url">[]): Instance<HTTPVersion.V1> {
  const router = findMyWay(ROUTER_OPTIONS);
  for (const { method, url } of routes) router.on(method as HTTPMethod | HTTPMethod[], url, () => {});
  return router;
}

/**
 * Adds the route that answers 405 to methods that a path lacks. One route serves all paths: one for each would double the number
 * of routes, and routes take much of a start.
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

export function refuseMethod(): never {
  throw new TwilioError({ code: 20004 });
}
