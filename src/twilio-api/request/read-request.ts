import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { type Format, formatOf } from "../response/formats.js";
import { pathOf } from "./urls.js";

declare module "fastify" {
  interface FastifyRequest {
    /** Percent-decoded, with the extension and without the query. */
    path: string;
    format: Format;
    /** Twilio's name of the operation, such as `FetchRecording`. */
    operation: string | undefined;
  }
}

/** Returns the step that sets the path, the format and the operation of a request. */
export function readRequest(app: FastifyInstance): onRequestHookHandler {
  app.decorateRequest("path", "");
  app.decorateRequest("format", "xml");
  app.decorateRequest("operation", undefined);
  return (request, _reply, done) => {
    request.path = pathOf(request.url);
    request.format = formatOf(request.path);
    request.operation = request.routeOptions.config.operation;
    done();
  };
}
