import type { State } from "../state/state.js";
import { createSender, type DeliveryOptions } from "./delivery.js";
import { createCallbackFaults } from "./faults.js";
import { createCallbackLog } from "./log.js";
import { createOutbox } from "./outbox.js";
import { createUrlMap, parseMapping } from "./url-map.js";

export type Callbacks = ReturnType<typeof createCallbacks>;

/** Creates the outbox with its log, its faults and its map of URLs. */
export function createCallbacks(
  state: State,
  { callbackMap, ...options }: DeliveryOptions & { callbackMap: readonly string[] },
  tokenOf: (account: string) => string,
) {
  const log = createCallbackLog();
  const faults = createCallbackFaults();
  const urlMap = createUrlMap(callbackMap.flatMap((text) => parseMapping(text) ?? []));
  const outbox = createOutbox(state, createSender(options), log, faults, tokenOf, urlMap.map);
  return {
    outbox,
    log,
    faults,
    urlMap,
    /** Resets what is not in the database. */
    reset(account?: string): void {
      outbox.reset(account);
      urlMap.reset(account);
    },
  };
}
