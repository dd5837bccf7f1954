import { callerOf } from "./call.js";
import { createCapabilities } from "./capabilities.js";
import { type Controls, controlsOf } from "./handle.js";
import type { Operation } from "./operation.js";

export type Control = ReturnType<typeof createControl>;

/** Creates the control API. HTTP and the library call the same operations. */
export function createControl(...args: Parameters<typeof createCapabilities>) {
  const [state, rules] = args;
  const { scope, replacement, health, accounts, requests, callbacks, events, transfer, session, operations } =
    createCapabilities(...args);
  const call = callerOf(scope, state.timeline.settle);
  return {
    operations,
    /** All operations, in the order of the documents. */
    list: Object.values(operations).flatMap((capability) => Object.values(capability) as Operation[]),
    call,
    about: health.about,
    health: health.health,
    /**
     * Returns the in-process functions.
     *
     * @param account - the SID of the account to control; omitted: all.
     * @param origin - scheme and host of the emulator, for the media_urls of recordings.
     */
    for: (account?: string, origin = ""): Controls =>
      controlsOf(
        operations,
        (operation, input) => call(operation, { ...input, account, origin }),
        async () => transfer.export(scope.of(account)),
      ),
    accounts: { admitAny: accounts.admitAny },
    requests: { waiting: requests.waiting, close: requests.close, collect: requests.collect },
    callbacks: { close: callbacks.close },
    isLoggedIn: session.includes,
    events: { subscribers: events.subscribers, close: events.close },
    recordings: { close: () => replacement.end(undefined, "the end of the emulator") },
    /** Returns the first account that is no subaccount, and its token if that is known. */
    mainAccount() {
      const sid = scope.one(undefined);
      return { sid, authToken: rules.accounts.findCredentials(sid)?.secret };
    },
  };
}
