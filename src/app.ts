import type { Server } from "node:http";
import { join } from "node:path";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config/config.js";
import { certificateRoute } from "./control/certificate.js";
import { type Control, createControl } from "./control/control.js";
import { controlRoutes } from "./control/routes.js";
import { openAuthority } from "./listener/authority.js";
import { answerClientErrors } from "./listener/client-errors.js";
import { servePort } from "./listener/port.js";
import { TIMEOUTS } from "./listener/timeouts.js";
import { accountFetchRoutes, accountListRoutes, admitToAccount } from "./resources/accounts/routes.js";
import { addOnResultRoutes, payloadStorageRoutes } from "./resources/add-on-results/routes.js";
import { notYetRoutes } from "./resources/not-yet.js";
import { mediaRoutes } from "./resources/recordings/media-routes.js";
import { recordingRoutes } from "./resources/recordings/routes.js";
import { allRules, type Rules } from "./resources/rules.js";
import { transcriptionRoutes } from "./resources/transcriptions/routes.js";
import type { FixtureFolder } from "./seeding/folder.js";
import { type SeedingObserver, seedDatabase } from "./seeding/seed-database.js";
import type { State } from "./state/state.js";
import { requireCredentials } from "./twilio-api/access/credentials.js";
import { createPaths, ROUTER_OPTIONS, refuseOtherMethods, refuseUnknownMethods } from "./twilio-api/access/methods.js";
import { applyFaults } from "./twilio-api/instruments/faults.js";
import { keepRequestLog } from "./twilio-api/instruments/request-log.js";
import { cacheResponses } from "./twilio-api/instruments/response-cache/response-cache.js";
import { originOf } from "./twilio-api/request/origin.js";
import { routableUrl } from "./twilio-api/request/urls.js";
import { answerUnknownPaths, handleErrors } from "./twilio-api/response/error-handler.js";
import { type CommonHeaders, createCommonHeaders, newRequestId } from "./twilio-api/response/headers.js";
import { TwilioResponse } from "./twilio-api/response/twilio-response.js";
import { COMPILE_NO_SCHEMAS } from "./twilio-api/response/uncompiled-schemas.js";

/** An emulator that is put together. */
export interface App {
  /** Listens to nothing; closing it closes the state. */
  app: FastifyInstance;
  control: Control;
}

/**
 * Puts the emulator together on an open state, and seeds that if it is new.
 *
 * @throws StartupError if the fixtures are faulty; AbortError if the attendance's signal ends the seeding.
 */
export async function buildApp(
  config: Config,
  state: State,
  folder: FixtureFolder,
  attendance: SeedingObserver,
): Promise<App> {
  const rules = allRules(state, config);
  const { account, generate, randomSeed, reset } = config;
  await seedDatabase(state, rules, { folder, accountSid: account?.sid, generate, randomSeed }, reset, attendance);
  rules.purgeExpired();
  state.changes.watch();
  const operations = new Set<string>();
  const control = createControl(state, rules, folder, config, async () => {
    await app.ready();
    return operations;
  });
  if (config.anyAccount) await control.accounts.admitAny();

  const commonHeaders = createCommonHeaders(config);
  const app = Fastify({
    logger: await loggerOptions(config),
    logController: new LogController({ disableRequestLogging: true }),
    // Drawn when the answer is sent: by then it is known whose random numbers it comes from.
    genReqId: () => "",
    rewriteUrl: (request) => routableUrl(request.url as string),
    clientErrorHandler: answerClientErrors(state.random, commonHeaders),
    // Fastify would answer in a form of its own while it closes.
    return503OnClosing: false,
    requestTimeout: TIMEOUTS.request,
    keepAliveTimeout: TIMEOUTS.keepAlive,
    http: {
      requireHostHeader: false,
      ServerResponse: TwilioResponse,
      headersTimeout: TIMEOUTS.headers,
      connectionsCheckingInterval: TIMEOUTS.checkInterval,
    },
    routerOptions: ROUTER_OPTIONS,
    ...COMPILE_NO_SCHEMAS,
  });
  app.addHook("onRoute", ({ config: { operation } = {} }) => {
    if (operation !== undefined) operations.add(operation);
  });
  // Node would refuse an Expect header that it does not know in a form of its own.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
  const authority = openAuthority(config, (line) => app.log.warn(line));
  const endConnections = servePort(app.server, {
    ...config,
    authority,
    fault: (error) => app.log.error(error),
  });
  app.addHook("preClose", async () => endConnections());
  app.addHook("preClose", async () => control.requests.close());
  const stopPurging = state.clock.onPassing(purging(state, rules, attendance));
  app.addHook("onClose", async () => {
    stopPurging();
    control.recordings.close();
    state.database.close();
  });
  const isLogging = config.logLevel === "info" || config.logLevel === "debug";
  if (isLogging) logRequests(app);
  app.register(async (api) => {
    const lookFirst = twilioApi(api, state, rules, config, commonHeaders);
    if (!isLogging) lookFirst(app.server);
  });
  app.get("/", (request) => Promise.resolve(control.about(originOf(request))));
  app.register(async (routes) => controlRoutes(routes, control, config, config.version), { prefix: "/_emulator" });
  app.register(async (routes) => certificateRoute(routes, authority), { prefix: "/_emulator" });
  return { app, control };
}

/** Returns a function that purges, and notices when the database's file is gone. */
function purging({ file }: State, rules: Rules, { notice }: SeedingObserver): () => void {
  let wasLost = false;
  return () => {
    const lost = file.check();
    if (lost === undefined) rules.purgeExpired();
    else if (!wasLost) notice(lost.message);
    wasLost = lost !== undefined;
  };
}

/**
 * Twilio's own paths, and every other path but the control API's.
 *
 * @returns a function that makes a server give answers that were given before.
 */
function twilioApi(
  api: FastifyInstance,
  state: State,
  rules: Rules,
  config: Config,
  commonHeaders: CommonHeaders,
): (server: Server) => void {
  const { clock, random } = state;
  handleErrors(api);
  api.decorateRequest("accountSid", "");
  api.decorateRequest("armedFault", undefined);
  keepRequestLog(api, state.journal, clock);
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
    const accountSid = request.accountSid || undefined;
    request.id = newRequestId(random.of(accountSid));
    const { statusCode: status, elapsedTime: elapsed } = reply;
    reply.headers(commonHeaders({ status, requestId: request.id, elapsed, origin: originOf(request) }));
    if (clock.isTurned(accountSid)) reply.header("Date", new Date(clock.now(accountSid)).toUTCString());
    done();
  });
  const lookFirst = cacheResponses(api, state, rules.nextExpiry);
  api.register(async (storage) => payloadStorageRoutes(storage, rules, () => applyFaults(storage, state)));
  api.register(async (authenticated) => {
    await requireCredentials(authenticated, rules.accounts.findCredentials);
    refuseUnknownMethods(authenticated);
    answerUnknownPaths(authenticated);
    const { accounts } = rules;
    authenticated.register(async (list) => accountListRoutes(list, accounts, () => applyFaults(list, state)));
    authenticated.register(async (one) => accountFetchRoutes(one, accounts, () => applyFaults(one, state)));
    authenticated.register(async (account) => accountRoutes(account, state, rules, config), {
      prefix: "/2010-04-01/Accounts/:AccountSid",
    });
  });
  return lookFirst;
}

/** What an account has. */
function accountRoutes(app: FastifyInstance, state: State, rules: Rules, config: Config): void {
  const letIn = (context: FastifyInstance) => {
    admitToAccount(context, rules.accounts);
    applyFaults(context, state);
  };
  const paths = createPaths();
  app.register(async (served) => {
    paths.note(served);
    letIn(served);
    recordingRoutes(served, rules.recordings, config.encryptionDetails);
    mediaRoutes(served, rules.recordings, join(config.fixtures, "media"), config.publicMedia);
    transcriptionRoutes(served, rules);
    addOnResultRoutes(served, rules);
    notYetRoutes(served);
  });
  app.register(async (others) => {
    refuseOtherMethods(others, paths);
    letIn(others);
  });
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
