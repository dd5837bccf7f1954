import type { FastifyInstance } from "fastify";
import type { Config } from "./config/config.js";
import { type Control, createControl } from "./control/control.js";
import { addControl } from "./control/plane.js";
import { openAuthority } from "./listener/authority.js";
import { logRequests } from "./logging.js";
import { purgeAsTimePasses } from "./resources/purging.js";
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
  const rules = allRules(state, config);
  await seedDatabase(state, rules, folder, config, observer);
  const operations = new Set<string>();
  const control = createControl(state, rules, folder, config, async () => app.ready().then(() => operations));
  if (config.anyAccount) await control.accounts.admitAny();

  const commonHeaders = createCommonHeaders(config);
  const stamp = createStamper(state);
  const authority = openAuthority(config, (line) => app.log.warn(line));
  const cache = createResponseCache(state, stamp, rules.nextExpiry, (request) => log(request));
  const app = await createServer(config, { random: state.random, commonHeaders, authority, before: cache.before });
  const log = logRequests(app, config);

  app.addHook("onRoute", ({ config: { operation } = {} }) => void (operation && operations.add(operation)));
  app.register(async (api) => {
    await addPipeline(api, state, rules.accounts, { commonHeaders, stamp, cache });
    allRoutes(api, state, rules, config);
  });
  addControl(app, control, config, authority);
  state.timeline.start((error) => app.log.error(error));
  const stopPurging = purgeAsTimePasses(state, rules.purgeExpired, observer.notice);
  app.addHook("preClose", async () => control.requests.close());
  app.addHook("onClose", async () => {
    stopPurging();
    state.timeline.close();
    control.recordings.close();
    state.database.close();
  });
  return { app, control };
}
