import type { AccountRules } from "../resources/accounts/rules.js";
import { snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import { ControlError } from "./control-error.js";

export type Replacement = ReturnType<typeof replacementOf>;

/** Replaces the state of accounts: ends what is under way on the former state, and leaves nothing of accounts that are gone. */
export function replacementOf({ database, clock, random, faults, journal }: State, accounts: AccountRules) {
  const snapshots = snapshotStore(database);
  const underWay = new Map<AbortController, string>();

  /** Ends the work under way of an account, or of all. */
  function end(account: string | undefined, cause: string): void {
    for (const [controller, of] of underWay) {
      if (account !== undefined && of !== account) continue;
      controller.abort(new ControlError(409, `the generation was ended by ${cause}`));
    }
  }

  /** Removes what a removed account has outside the database. */
  function forget(account: string): void {
    for (const part of [clock, random, faults, journal]) part.reset(account);
  }

  return {
    end,
    forget,

    /**
     * Runs work that takes several turns of the event loop. When the signal that it gets is aborted, it must stop before
     * it writes again.
     *
     * @param closed - ends it, too.
     * @throws ControlError 409 if the account's state is replaced meanwhile.
     */
    async interruptible<T>(
      account: string,
      closed: AbortSignal | undefined,
      work: (signal: AbortSignal) => Promise<T>,
    ): Promise<T> {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, ...(closed === undefined ? [] : [closed])]);
      signal.throwIfAborted();
      underWay.set(controller, account);
      try {
        return await new Promise<T>((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          work(signal).then(resolve, reject);
        });
      } finally {
        underWay.delete(controller);
      }
    },

    /**
     * Replaces rows of an account, or of all, as one transaction.
     *
     * @param cause - what does it, as a refusal names it.
     * @throws ControlError 409, with all as it was, if rows would refer to an account that is gone.
     */
    replace(account: string | undefined, cause: string, work: () => void): void {
      // Only what is done to all accounts can remove some.
      const before = account === undefined ? accounts.list() : [];
      try {
        database.transaction(() => {
          work();
          snapshots.clearOrphans();
        })();
      } catch (error) {
        if ((error as { code?: unknown }).code !== "SQLITE_CONSTRAINT_FOREIGNKEY") throw error;
        throw new ControlError(409, `${cause} would bring back what refers to an account that is gone`);
      }
      end(account, cause);
      for (const { sid } of before) if (accounts.find(sid) === undefined) forget(sid);
    },
  };
}
