import type { RequestListener } from "node:http";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config/config.js";
import { answerClientErrors } from "./listener/client-errors.js";
import type { Identity } from "./listener/identity.js";
import { createPortServer } from "./listener/server.js";
import { loggerOptions } from "./logging.js";
import type { RandomSequences } from "./state/random.js";
import { ROUTER_OPTIONS } from "./twilio-api/access/methods.js";
import { routableUrl } from "./twilio-api/request/urls.js";
import type { CommonHeaders } from "./twilio-api/response/headers.js";
import { COMPILE_NO_SCHEMAS } from "./twilio-api/response/uncompiled-schemas.js";

interface ServerParts {
  random: RandomSequences;
  commonHeaders: CommonHeaders;
  authority(): Promise<Identity>;
  /** Wraps Fastify's handler. */
  before(serve: RequestListener): RequestListener;
}

/** Creates Fastify on the one port. Closing it ends idle connections at once and busy ones after their answer. */
export async function createServer(
  config: Config,
  { random, commonHeaders, authority, before }: ServerParts,
): Promise<FastifyInstance> {
  let endConnections!: () => void;
  const logger = await loggerOptions(config);
  const app: FastifyInstance = Fastify({
    logger,
    logController: new LogController({ disableRequestLogging: true }),
    // The request id is random, from the sequence of the account, which is known when the answer is sent.
    genReqId: () => "",
    rewriteUrl: (request) => routableUrl(request.url as string),
    clientErrorHandler: answerClientErrors(random, commonHeaders),
    // Fastify's own 503 has not Twilio's form.
    return503OnClosing: false,
    serverFactory(serve) {
      const onError = (error: unknown) => app.log.error(error);
      const port = createPortServer(before(serve), { ...config, authority, onError });
      endConnections = port.endConnections;
      return port.server;
    },
    routerOptions: ROUTER_OPTIONS,
    ...COMPILE_NO_SCHEMAS,
  });
  app.addHook("preClose", async () => endConnections());
  return app;
}
