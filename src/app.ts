import type { Server } from "node:http";
import { join } from "node:path";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config.js";
import { certificateRoute } from "./control/certificate.js";
import { type Control, createControl } from "./control/control.js";
import { controlRoutes } from "./control/routes.js";
import { type Attendance, seedDatabase } from "./control/seeding.js";
import { cacheAnswers } from "./conventions/answer-cache.js";
import { meetArmedFaults } from "./conventions/armed-faults.js";
import { requireCredentials } from "./conventions/credentials.js";
import { type CommonHeaders, createCommonHeaders, newRequestId } from "./conventions/headers.js";
import { keepJournal } from "./conventions/journal.js";
import { createPaths, ROUTER_OPTIONS, refuseOtherMethods, refuseUnknownMethods } from "./conventions/methods.js";
import { originOf } from "./conventions/origin.js";
import { answerRefusals, answerUnknownPaths } from "./conventions/refusals.js";
import { TwilioResponse } from "./conventions/response.js";
import { COMPILE_NO_SCHEMAS } from "./conventions/schemas.js";
import { routableUrl } from "./conventions/urls.js";
import type { FixtureFolder } from "./fixtures/folder.js";
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
import type { State } from "./state/state.js";

/** An emulator that is put together. */
export interface App {
  /** Listens to nothing; closing it closes the state. */
  app: FastifyInstance;
  control: Control;
}

/**
 * Puts the emulator together on an open state, and seeds that if it is new.
 *
 * @throws StartupFault if the fixtures are faulty; AbortError if the attendance's signal ends the seeding.
 */
export async function buildApp(
  config: Config,
  state: State,
  folder: FixtureFolder,
  attendance: Attendance,
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
    clientErrorHandler: answerClientErrors(state.chance, commonHeaders),
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
function purging({ file }: State, rules: Rules, { notice }: Attendance): () => void {
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
  const { clock, chance } = state;
  answerRefusals(api);
  api.decorateRequest("accountSid", "");
  api.decorateRequest("armedFault", undefined);
  keepJournal(api, state.journal, clock);
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
    request.id = newRequestId(chance.of(accountSid));
    const { statusCode: status, elapsedTime: elapsed } = reply;
    reply.headers(commonHeaders({ status, requestId: request.id, elapsed, origin: originOf(request) }));
    if (clock.isTurned(accountSid)) reply.header("Date", new Date(clock.now(accountSid)).toUTCString());
    done();
  });
  const lookFirst = cacheAnswers(api, state, rules.nextExpiry);
  api.register(async (storage) => payloadStorageRoutes(storage, rules, () => meetArmedFaults(storage, state)));
  api.register(async (authenticated) => {
    await requireCredentials(authenticated, rules.accounts.findCredentials);
    refuseUnknownMethods(authenticated);
    answerUnknownPaths(authenticated);
    const { accounts } = rules;
    authenticated.register(async (list) => accountListRoutes(list, accounts, () => meetArmedFaults(list, state)));
    authenticated.register(async (one) => accountFetchRoutes(one, accounts, () => meetArmedFaults(one, state)));
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
    meetArmedFaults(context, state);
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
