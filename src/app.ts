import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config/config.js";
import { certificateRoute } from "./control/certificate.js";
import { type Control, createControl } from "./control/control.js";
import { controlPlane } from "./control/plane.js";
import { openAuthority } from "./listener/authority.js";
import { answerClientErrors } from "./listener/client-errors.js";
import { createPortServer } from "./listener/server.js";
import { allRoutes } from "./resources/routes.js";
import { allRules, type Rules } from "./resources/rules.js";
import type { FixtureFolder } from "./seeding/folder.js";
import { type SeedingObserver, seedDatabase } from "./seeding/seed-database.js";
import type { JournalEntry } from "./state/journal.js";
import type { State } from "./state/state.js";
import { ROUTER_OPTIONS } from "./twilio-api/access/methods.js";
import { createResponseCache } from "./twilio-api/instruments/response-cache/response-cache.js";
import { addPipeline } from "./twilio-api/pipeline.js";
import { originOf } from "./twilio-api/request/origin.js";
import { routableUrl } from "./twilio-api/request/urls.js";
import { createCommonHeaders } from "./twilio-api/response/headers.js";
import { createStamper } from "./twilio-api/response/stamp.js";
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
  let endConnections!: () => void;
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
  app.register(async (api) => {
    await addPipeline(api, state, rules.accounts, { commonHeaders, stamp, cache });
    allRoutes(api, state, rules, config);
  });
  app.get("/", (request) => Promise.resolve(control.about(originOf(request))));
  app.register(async (routes) => controlPlane(routes, control, config, config.version), { prefix: "/_emulator" });
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
