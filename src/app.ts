import { join } from "node:path";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config.js";
import { controlRoutes } from "./control/routes.js";
import { type Attendance, seedDatabase } from "./control/seeding.js";
import { requireCredentials } from "./conventions/credentials.js";
import { commonHeaders, newRequestId } from "./conventions/headers.js";
import { refusalOfOtherMethods, refuseUnknownMethods } from "./conventions/methods.js";
import { answerRefusals, answerUnknownPaths } from "./conventions/refusals.js";
import { routableUrl } from "./conventions/urls.js";
import type { FixtureFolder } from "./fixtures/folder.js";
import { answerClientErrors } from "./listener/client-errors.js";
import { watchConnections } from "./listener/connections.js";
import { admitToAccount } from "./resources/accounts/routes.js";
import { addOnResultRoutes, payloadStorageRoutes } from "./resources/add-on-results/routes.js";
import { notYetRoutes } from "./resources/not-yet.js";
import { mediaRoutes } from "./resources/recordings/media-routes.js";
import { recordingRoutes } from "./resources/recordings/routes.js";
import { allRules, purgeExpired, type Rules } from "./resources/rules.js";
import { transcriptionRoutes } from "./resources/transcriptions/routes.js";
import type { State } from "./state/state.js";

/**
 * Puts the emulator together on an open state, and seeds that if it is new. The result listens to nothing; closing it
 * closes the state.
 *
 * @throws StartupFault if the fixtures are faulty; AbortError if the attendance's signal ends the seeding.
 */
export async function buildApp(
  config: Config,
  state: State,
  folder: FixtureFolder,
  attendance: Attendance,
): Promise<FastifyInstance> {
  const rules = allRules(state, config);
  const { account, generate, randomSeed, reset } = config;
  await seedDatabase(state, rules, { folder, accountSid: account?.sid, generate, randomSeed }, reset, attendance);
  purgeExpired(rules);

  const app = Fastify({
    logger: await loggerOptions(config),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newRequestId(state.random),
    rewriteUrl: (request) => routableUrl(request.url as string),
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
  const stopPurging = state.clock.onPassing(() => purgeExpired(rules));
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
async function twilioApi(api: FastifyInstance, rules: Rules, config: Config): Promise<void> {
  answerRefusals(api);
  // No resource reads a body yet: whatever it is said to be, it is let pass.
  api.removeAllContentTypeParsers();
  api.addContentTypeParser("*", (_request, payload, done) => {
    // What turns out not to be HTTP has no effect, so it is waited for.
    payload.once("end", () => done(null)).resume();
  });
  api.addHook("onRequest", (request, reply, done) => {
    delete request.headers["content-type"];
    // A browser sends no credentials with a preflight.
    if (request.method === "OPTIONS") reply.code(204).send();
    else done();
  });
  api.addHook("onSend", (request, reply, _payload, done) => {
    reply.headers(commonHeaders(reply.statusCode, request.id, reply.elapsedTime));
    done();
  });
  payloadStorageRoutes(api, rules);
  api.register(async (authenticated) => {
    await requireCredentials(authenticated, rules.accounts.findCredentials);
    refuseUnknownMethods(authenticated);
    answerUnknownPaths(authenticated);
    authenticated.register(async (account) => accountRoutes(account, rules, config), {
      prefix: "/2010-04-01/Accounts/:AccountSid",
    });
  });
}

/** What an account has. */
function accountRoutes(app: FastifyInstance, rules: Rules, config: Config): void {
  const refuseOtherMethods = refusalOfOtherMethods(app);
  admitToAccount(app, rules.accounts);
  recordingRoutes(app, rules.recordings, config.encryptionDetails);
  mediaRoutes(app, rules.recordings, join(config.fixtures, "media"), config.publicMedia);
  transcriptionRoutes(app, rules);
  addOnResultRoutes(app, rules);
  notYetRoutes(app);
  refuseOtherMethods();
}

/** Fastify's own lines, such as where it listens, are for `debug`: the program says that itself. */
async function loggerOptions({ logLevel, terminal }: Config) {
  if (logLevel === "silent") return false;
  const level = logLevel === "info" ? "warn" : logLevel;
  if (!terminal) return { level };
  const { default: pretty } = await import("pino-pretty");
  return { level, stream: pretty({ ignore: "pid,hostname,request,method,url,status,milliseconds", sync: true }) };
}

/** One line a request. It holds no credentials: `routableUrl` cuts off an absolute URL's user information. */
function logRequests(app: FastifyInstance): void {
  const log = app.log.child({}, { level: "info" });
  app.addHook("onResponse", async ({ id, method, url }, { statusCode, elapsedTime }) => {
    const milliseconds = Math.round(elapsedTime * 10) / 10;
    const entry = { request: id, method, url, status: statusCode, milliseconds };
    log.info(entry, `${method} ${url} ${statusCode} ${milliseconds} ms`);
  });
}
