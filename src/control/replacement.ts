import type { Callbacks } from "../callbacks/callbacks.js";
import type { AccountRules } from "../resources/accounts/rules.js";
import { snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import { ControlError } from "./control-error.js";

export type Replacement = ReturnType<typeof replacementOf>;

/** Replaces the state of accounts, ends generations and turns of clocks under way, and clears accounts that no longer exist. */
export function replacementOf(
  { database, clock, random, faults, journal, history, timeline }: State,
  accounts: AccountRules,
  callbacks: Callbacks,
) {
  const snapshots = snapshotStore(database);
  const underWay = new Map<AbortController, string>();

  /** Ends the generations of an account and the turns of its clock, or all. */
  function end(account: string | undefined, cause: string): void {
    timeline.interrupt(account, cause);
    for (const [controller, of] of underWay) {
      if (account !== undefined && of !== account) continue;
      controller.abort(new ControlError(409, `the generation was ended by ${cause}`));
    }
  }

  /** Clears the state of a removed account outside the database. */
  function forget(account: string): void {
    for (const part of [clock, random, faults, journal, history, callbacks]) part.reset(account);
  }

  return {
    end,
    forget,

    /**
     * Runs work that takes several turns of the event loop. After its signal aborts, the work must not write.
     *
     * @param closed - a signal that also ends the work.
     * @throws ControlError 409 if the state of the account is replaced meanwhile.
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
     * @param cause - the cause that errors name.
     * @throws ControlError 409, without any change, if rows would refer to a removed account.
     */
    replace(account: string | undefined, cause: string, work: () => void): void {
      // Only a replacement of all accounts can remove one.
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
      timeline.arm();
      callbacks.outbox.start();
      for (const { sid } of before) if (accounts.find(sid) === undefined) forget(sid);
    },
  };
}
