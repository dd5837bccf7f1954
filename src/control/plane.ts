import type { FastifyError, FastifyInstance } from "fastify";
import type { Identity } from "../listener/identity.js";
import { parseBody } from "../seeding/import-body.js";
import { originOf } from "../twilio-api/request/origin.js";
import { CERTIFICATE_ROUTE, certificateRoute } from "./certificate.js";
import type { Control } from "./control.js";
import { controlErrorOf } from "./fixture-input.js";
import { type Guard, guardControl } from "./guard.js";
import { addOpenApi, describeOperation } from "./openapi.js";
import { BODY_LIMIT, routeOf } from "./route.js";

/**
 * Adds the control API below `/_emulator`, and `/`, which names its address.
 *
 * @param extend - adds further routes, behind the same guard.
 */
export function addControl(
  app: FastifyInstance,
  control: Control,
  config: Guard & { version: string },
  authority: () => Promise<Identity>,
  extend: (plane: FastifyInstance) => void,
): void {
  app.get("/", (request) => Promise.resolve(control.about(originOf(request))));
  app.register(
    async (routes) => {
      controlPlane(routes, control, config, config.version);
      extend(routes);
    },
    { prefix: "/_emulator" },
  );
  // In a context of its own: it needs no control token.
  app.register(async (routes) => certificateRoute(routes, authority), { prefix: "/_emulator" });
}

/** Plain JSON with its own error form, independent of Twilio's conventions. */
function controlPlane(app: FastifyInstance, control: Control, guard: Guard, version: string): void {
  guardControl(app, guard, control.isLoggedIn);
  // Ignores the Content-Type, because `curl --data` sends a form's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: BODY_LIMIT }, (_request, text, done) => {
    try {
      done(null, parseBody(text as string));
    } catch (error) {
      done(controlErrorOf(error) as Error);
    }
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url} in the control API` }),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode === 500) request.log.error(error);
    return reply.code(statusCode).send({ error: message });
  });
  const { list, call } = control;
  for (const operation of list.filter(({ isStreamed }) => !isStreamed)) app.route(routeOf(operation, call));
  app.register(async (context) => {
    context.removeAllContentTypeParsers();
    context.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const operation of list.filter(({ isStreamed }) => isStreamed)) context.route(routeOf(operation, call));
  });
  addOpenApi(app, version, () => [
    ...Object.entries(control.operations).flatMap(([tag, operations]) =>
      Object.values(operations).map((operation) => ({
        ...routeOf(operation, call),
        ...describeOperation(operation, tag),
      })),
    ),
    CERTIFICATE_ROUTE,
  ]);
}
