import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config.js";
import { controlRoutes } from "./control/routes.js";
import { seedDatabase } from "./control/seeding.js";
import { requireCredentials } from "./conventions/credentials.js";
import { commonHeaders } from "./conventions/headers.js";
import { refusalOfOtherMethods } from "./conventions/methods.js";
import { answerRefusals } from "./conventions/refusals.js";
import { routableUrl } from "./conventions/urls.js";
import { openFixtureFolder } from "./fixtures/folder.js";
import { answerClientErrors } from "./listener/client-errors.js";
import { watchConnections } from "./listener/connections.js";
import { admitToAccount } from "./resources/accounts/routes.js";
import { type AccountRules, accountRules } from "./resources/accounts/rules.js";
import { notYetRoutes } from "./resources/not-yet.js";
import { recordingRoutes } from "./resources/recordings/routes.js";
import { type RecordingRules, recordingRules } from "./resources/recordings/rules.js";
import type { State } from "./state/state.js";

/**
 * Puts the emulator together on an open state, and seeds that if it is new. The result listens to nothing; closing it
 * closes the state.
 *
 * @param notice - is told, a line each, what the user should know.
 * @throws StartupFault if the fixtures are faulty.
 */
export async function buildApp(config: Config, state: State, notice: (line: string) => void): Promise<FastifyInstance> {
  const rules = {
    accounts: accountRules(state.database),
    recordings: recordingRules(state.database, state.clock, config.retentionDays),
  };
  const { account, generate, randomSeed } = config;
  const seed = { folder: openFixtureFolder(config.fixtures), account, generate, randomSeed };
  await seedDatabase(state, rules, seed, config.reset, notice);
  rules.recordings.purgeExpired();

  const app = Fastify({
    logger: await loggerOptions(config),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `RQ${state.random.hex(32)}`,
    rewriteUrl: (request) => routableUrl(request.url ?? "/"),
    clientErrorHandler: answerClientErrors(state.random),
    // Fastify would answer in a form of its own while it closes.
    return503OnClosing: false,
    http: { requireHostHeader: false },
    // No path that fits into a request is too long to be looked for.
    routerOptions: { maxParamLength: 65_536 },
  });
  // Node would refuse an Expect header that it does not know in a form of its own.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
  const endConnections = watchConnections(app.server);
  app.addHook("preClose", async () => endConnections());
  const stopPurging = state.clock.onPassing(rules.recordings.purgeExpired);
  app.addHook("onClose", async () => {
    stopPurging();
    state.database.close();
  });
  if (config.logLevel === "info" || config.logLevel === "debug") logRequests(app);
  app.register(async (api) => twilioApi(api, rules, config));
  app.register(async (control) => controlRoutes(control, config.version), { prefix: "/_emulator" });
  return app;
}

/** Twilio's own paths, and every other path but the control API's. */
async function twilioApi(
  api: FastifyInstance,
  { accounts, recordings }: { accounts: AccountRules; recordings: RecordingRules },
  config: Config,
): Promise<void> {
  answerRefusals(api);
  // Whatever a request carries in its body, these resources do not read it.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", (_request, payload, done) => done(null, payload.resume()));
  api.addHook("onRequest", async (request, reply) => {
    // A browser sends no credentials with a preflight.
    if (request.method === "OPTIONS") return reply.code(204).send();
  });
  api.addHook("onSend", async (request, reply) => {
    reply.headers(commonHeaders(reply.statusCode, request.id, reply.elapsedTime));
  });
  await requireCredentials(api, accounts.findCredentials);
  await api.register(
    async (account) => {
      const refuseOtherMethods = refusalOfOtherMethods(account);
      admitToAccount(account, accounts);
      recordingRoutes(account, recordings, config.encryptionDetails);
      notYetRoutes(account);
      refuseOtherMethods();
    },
    { prefix: "/2010-04-01/Accounts/:AccountSid" },
  );
}

async function loggerOptions({ logLevel, terminal }: Config) {
  if (logLevel === "silent") return false;
  if (!terminal) return { level: logLevel };
  const { default: pretty } = await import("pino-pretty");
  return {
    level: logLevel,
    stream: pretty({ ignore: "pid,hostname,reqId,method,url,status,milliseconds", sync: true }),
  };
}

/** One line a request. The path may hold no credentials: user information in an absolute URL is cut off by `routableUrl`. */
function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const { method, url } = request;
    const entry = { method, url, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime * 10) / 10 };
    request.log.info(entry, `${method} ${url} ${entry.status} ${entry.milliseconds} ms`);
  });
}
