import type { State } from "../state/state.js";
import { createSender, type DeliveryOptions } from "./delivery.js";
import { isLocalHost } from "./destination.js";
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

  /**
   * Returns why a document is not requested, so that a call with a public URL needs no network; undefined if it is. Unlike the
   * destination of a callback, it is decided by the name alone: resolving one takes seconds on a machine without a network.
   */
  function refusalOf(account: string, url: string): string | undefined {
    const { hostname } = new URL(urlMap.map(account, url));
    if (options.publicCallbacks || isLocalHost(hostname.replace(/^\[|\]$/g, ""))) return undefined;
    return `${hostname} is no local host: request it elsewhere with --callback-map, or allow it with --public-callbacks`;
  }

  return {
    /** The requests for documents. */
    requests: { add: outbox.add, refusalOf },
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
