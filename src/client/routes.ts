import { createCallbacks } from "../callbacks/callbacks.js";
import { checkOptions } from "../config/check.js";
import { createCapabilities, type Operations } from "../control/capabilities.js";
import type { Operation } from "../control/operation.js";
import { TABLES } from "../resources/register.js";
import { allRules } from "../resources/rules.js";
import { openFixtureFolder } from "../seeding/folder.js";
import { openState } from "../state/state.js";

/**
 * The operations of the control API without their schemas and handlers: the method, the URL and the scope of each.
 *
 * This module reads them from the emulator. The build replaces it by the result (src/build/compiled-routes.ts), so that a
 * client of an emulator elsewhere loads no emulator.
 */
export const ROUTES = readRoutes();

function readRoutes(): Operations {
  const config = checkOptions({}, "");
  const folder = openFixtureFolder(config.fixtures);
  const state = openState(config, TABLES);
  // No operation is called here, so neither is this.
  const unused = Promise.reject.bind(Promise) as () => Promise<never>;
  const callbacks = createCallbacks(state, { ...config, authorities: unused }, String);
  const rules = allRules(state, config, callbacks.requests);
  const { operations } = createCapabilities(state, rules, folder, callbacks, config, unused);
  state.database.close();
  return eachEntry(operations, (capability) => eachEntry(capability, routeOf)) as unknown as Operations;
}

function routeOf({ method, url, scope, failingStatus }: Operation) {
  return { method, url, scope, failingStatus };
}

function eachEntry<Value>(object: Readonly<Record<string, Value>>, change: (value: Value) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
