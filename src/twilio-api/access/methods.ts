import type { FastifyInstance, RouteOptions } from "fastify";
import findMyWay, { type HTTPMethod, type HTTPVersion, type Instance } from "find-my-way";
import { TwilioError } from "../response/error-catalogue.js";

/** HEAD goes with GET, OPTIONS is answered before any route, and no path has a method beyond these. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** How paths are looked for: none that fits into a request is too long. */
export const ROUTER_OPTIONS = { maxParamLength: 65_536 };

/** Answers 405 to methods that no path of the API has. Fastify would refuse some of them in a way of its own. */
export function refuseUnknownMethods(app: FastifyInstance): void {
  const known = new Set<string>([...METHODS, "HEAD"]);
  app.addHook("onRequest", ({ method }, _reply, done) => {
    if (!known.has(method)) refuseMethod();
    done();
  });
}

/** The paths that have routes, whatever their methods. */
export interface Paths {
  /** Notes those of the routes that are added to this context from now on. */
  note(app: FastifyInstance): void;
  /** Whether one of them leads to a URL. */
  has(url: string): boolean;
}

export function createPaths(): Paths {
  const routes: Pick<RouteOptions, "method" | "url">[] = [];
  let router: Instance<HTTPVersion.V1> | undefined;
  return {
    note: (app) => void app.addHook("onRoute", ({ method, url }) => void routes.push({ method, url })),
    has(url) {
      router ??= routerTo(routes);
      return leads(router, url);
    },
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
 * Answers 405 to every request of this context whose path has routes, but none for its method. It is one route: one for each
 * path would double their number, and making them is much of what a start takes.
 *
 * Add it before the hooks that find out whose the request is: where there is no path, nobody is asked.
 *
 * @param paths - of all routes that have handlers.
 */
export function refuseOtherMethods(app: FastifyInstance, paths: Paths): void {
  app.addHook("onRequest", ({ url }, _reply, done) => {
    if (!paths.has(url)) throw new TwilioError({ code: 20404 });
    done();
  });
  app.route({ method: [...METHODS], url: "/*", exposeHeadRoute: false, handler: refuseMethod });
}

/** Handles a method that a path does not have. */
export function refuseMethod(): never {
  throw new TwilioError({ code: 20004 });
}
