import { join } from "node:path";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config/config.js";
import { certificateRoute } from "./control/certificate.js";
import { type Control, createControl } from "./control/control.js";
import { controlRoutes } from "./control/routes.js";
import { openAuthority } from "./listener/authority.js";
import { answerClientErrors } from "./listener/client-errors.js";
import { createPortServer } from "./listener/server.js";
import { accountFetchRoutes, accountListRoutes, admitToAccount } from "./resources/accounts/routes.js";
import { addOnResultRoutes, payloadStorageRoutes } from "./resources/add-on-results/routes.js";
import { notYetRoutes } from "./resources/not-yet.js";
import { mediaRoutes } from "./resources/recordings/media-routes.js";
import { recordingRoutes } from "./resources/recordings/routes.js";
import { allRules, type Rules } from "./resources/rules.js";
import { transcriptionRoutes } from "./resources/transcriptions/routes.js";
import type { FixtureFolder } from "./seeding/folder.js";
import { type SeedingObserver, seedDatabase } from "./seeding/seed-database.js";
import type { JournalEntry } from "./state/journal.js";
import type { State } from "./state/state.js";
import { requireCredentials } from "./twilio-api/access/credentials.js";
import { createPaths, ROUTER_OPTIONS, refuseOtherMethods, refuseUnknownMethods } from "./twilio-api/access/methods.js";
import { applyFaults } from "./twilio-api/instruments/faults.js";
import { keepRequestLog } from "./twilio-api/instruments/request-log.js";
import { createResponseCache, type ResponseCache } from "./twilio-api/instruments/response-cache/response-cache.js";
import { originOf } from "./twilio-api/request/origin.js";
import { routableUrl } from "./twilio-api/request/urls.js";
import { answerUnknownPaths, handleErrors } from "./twilio-api/response/error-handler.js";
import { type CommonHeaders, createCommonHeaders } from "./twilio-api/response/headers.js";
import { createStamper, type Stamper } from "./twilio-api/response/stamp.js";
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
  const stamp = createStamper(state);
  const isLogging = config.logLevel === "info" || config.logLevel === "debug";
  const record = (entry: JournalEntry) => {
    const { requestId: id, method, url, status, duration: elapsed } = entry;
    if (isLogging) logRequest({ id, method, url, status, elapsed });
    state.journal.record(entry);
  };
  const cache = createResponseCache(state, stamp, record, rules.nextExpiry);
  const authority = openAuthority(config, (line) => app.log.warn(line));
  let endConnections = () => {};
  const app: FastifyInstance = Fastify({
    logger: await loggerOptions(config),
    logController: new LogController({ disableRequestLogging: true }),
    // Drawn when the answer is sent: by then it is known whose random numbers it comes from.
    genReqId: () => "",
    rewriteUrl: (request) => routableUrl(request.url as string),
    clientErrorHandler: answerClientErrors(state.random, commonHeaders),
    // Fastify would answer in a form of its own while it closes.
    return503OnClosing: false,
    serverFactory(serve) {
      const fault = (error: unknown) => app.log.error(error);
      const port = createPortServer(cache.before(serve), { ...config, authority, fault });
      endConnections = port.endConnections;
      return port.server;
    },
    routerOptions: ROUTER_OPTIONS,
    ...COMPILE_NO_SCHEMAS,
  });
  app.addHook("onRoute", ({ config: { operation } = {} }) => {
    if (operation !== undefined) operations.add(operation);
  });
  app.addHook("preClose", async () => endConnections());
  app.addHook("preClose", async () => control.requests.close());
  const stopPurging = state.clock.onPassing(purging(state, rules, attendance));
  app.addHook("onClose", async () => {
    stopPurging();
    control.recordings.close();
    state.database.close();
  });
  const logRequest = requestLogger(app);
  if (isLogging) {
    app.addHook("onResponse", async ({ id, method, url }, { statusCode: status, elapsedTime: elapsed }) =>
      logRequest({ id, method, url, status, elapsed }),
    );
  }
  app.register(async (api) => twilioApi(api, state, rules, config, { commonHeaders, stamp, cache }));
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

/** Twilio's own paths, and every other path but the control API's. */
function twilioApi(
  api: FastifyInstance,
  state: State,
  rules: Rules,
  config: Config,
  { commonHeaders, stamp, cache }: { commonHeaders: CommonHeaders; stamp: Stamper; cache: ResponseCache },
): void {
  handleErrors(api);
  api.decorateRequest("accountSid", "");
  api.decorateRequest("armedFault", undefined);
  if (state.journal.size > 0) keepRequestLog(api, state.journal.record, state.clock);
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
    const { requestId, duration, date } = stamp(request.accountSid || undefined, reply.elapsedTime);
    request.id = requestId;
    reply.headers(commonHeaders({ status: reply.statusCode, requestId, duration, origin: originOf(request) }));
    if (date !== undefined) reply.header("Date", date);
    done();
  });
  cache.keep(api);
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
    transcriptionRoutes(served, state, rules.recordings);
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

/** Returns a function that logs a request. The URL has no credentials: `routableUrl` cuts off an absolute URL's user information. */
function requestLogger(app: FastifyInstance) {
  const log = app.log.child({}, { level: "info" });
  return (request: { id: string; method: string; url: string; status: number | undefined; elapsed: number }): void => {
    const { id, method, url, status, elapsed } = request;
    const milliseconds = Math.round(elapsed * 10) / 10;
    log.info({ request: id, method, url, status, milliseconds }, `${method} ${url} ${status} ${milliseconds} ms`);
  };
}
