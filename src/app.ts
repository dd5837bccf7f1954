import type { FastifyInstance } from "fastify";
import { runInBackground } from "./background.js";
import { createCallbacks } from "./callbacks/callbacks.js";
import type { Config } from "./config/config.js";
import { type Control, createControl } from "./control/control.js";
import { addControl } from "./control/plane.js";
import { addInspector } from "./inspector/plane.js";
import { openAuthority } from "./listener/authority.js";
import { logRequests } from "./logging.js";
import { allRoutes } from "./resources/routes.js";
import { allRules } from "./resources/rules.js";
import type { FixtureFolder } from "./seeding/folder.js";
import { type SeedingObserver, seedDatabase } from "./seeding/seed-database.js";
import { createServer } from "./server.js";
import type { State } from "./state/state.js";
import { createResponseCache } from "./twilio-api/instruments/response-cache/response-cache.js";
import { addPipeline } from "./twilio-api/pipeline.js";
import { createCommonHeaders } from "./twilio-api/response/headers.js";
import { createStamper } from "./twilio-api/response/stamp.js";

/**
 * Puts the emulator together on an open state: seeds a new database, then adds the planes. It does not listen yet;
 * closing it closes the state.
 *
 * @throws StartupError for invalid fixtures; AbortError if the observer's signal aborts the seeding.
 */
export async function buildApp(
  config: Config,
  state: State,
  folder: FixtureFolder,
  observer: SeedingObserver,
): Promise<{ app: FastifyInstance; control: Control }> {
  const authority = openAuthority(config, (line) => app.log.warn(line));
  const authorities = async () => [(await authority()).certificate];
  const tokenOf = (account: string) => rules.accounts.authTokenOf(account);
  const callbacks = createCallbacks(state, { ...config, authorities }, tokenOf);
  const rules = allRules(state, config, callbacks.requests);
  callbacks.outbox.onAnswer(rules.calls.answered);
  await seedDatabase(state, rules, folder, config, observer);
  const operations = new Set<string>();
  const names = async () => app.ready().then(() => operations);
  const control = createControl(state, rules, folder, callbacks, config, names);
  if (config.anyAccount) await control.accounts.admitAny();

  const commonHeaders = createCommonHeaders(config);
  const stamp = createStamper(state);
  const cache = createResponseCache(state, stamp, rules.nextExpiry, (request) => log(request));
  const app = await createServer(config, { random: state.random, commonHeaders, authority, before: cache.before });
  const log = logRequests(app, config);

  app.addHook("onRoute", ({ config: { operation } = {} }) => void (operation && operations.add(operation)));
  app.register(async (api) => {
    await addPipeline(api, state, rules.accounts, { commonHeaders, stamp, cache });
    allRoutes(api, state, rules, config);
  });
  addControl(app, control, config, authority, addInspector);
  runInBackground(app, state, rules, callbacks, control, observer.notice);
  return { app, control };
}
