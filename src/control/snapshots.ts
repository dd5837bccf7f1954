import type { SavedClock } from "../state/clock.js";
import { type SnapshotRow, snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import { ControlError } from "./control-error.js";
import type { Replacement } from "./replacement.js";
import type { Scope } from "./scope.js";

/** A saved state. */
export interface SnapshotView {
  name: string;
  /** When it was saved, by the clock of what was saved: ISO 8601. */
  saved_at: string;
}

export type SnapshotControl = ReturnType<typeof snapshotControl>;

const NAME = /^[\w.-]{1,64}$/;

/**
 * Saves rows and clocks under a name, of all accounts or of one, and brings them back. A snapshot holds what has changed
 * since the database was seeded, so that saving and restoring cost what the changes warrant.
 */
export function snapshotControl({ database, changes, clock }: State, scope: Scope, replacement: Replacement) {
  const store = snapshotStore(database);

  const save = database.transaction((name: string, account: string | undefined): SnapshotView => {
    const row = {
      scope: account ?? "",
      name,
      saved_at: clock.now(account),
      clock: JSON.stringify(clock.save(account)),
      created_accounts: JSON.stringify(account === undefined ? changes.createdAccounts() : []),
    };
    store.remove(row.scope, name);
    store.insert(row);
    changes.copyTo(row.scope, name);
    return viewOf(row);
  });

  function restore(name: string, account: string | undefined): void {
    const row = store.get(account ?? "", name) ?? missing(name);
    replacement.replace(account, "a restored snapshot", () => {
      changes.undo(account);
      changes.apply(row.scope, name, JSON.parse(row.created_accounts));
    });
    clock.restore(JSON.parse(row.clock) as SavedClock, account);
  }

  return {
    /**
     * Saves the state; one that was saved under this name before is replaced.
     *
     * @throws ControlError 400 for a name that is none, 404 if there is no such account.
     */
    save(name: string, account?: string): SnapshotView {
      if (!NAME.test(name)) {
        const expected = "1 to 64 letters, digits, dots, dashes and underscores";
        throw new ControlError(400, `name is ${JSON.stringify(name)}; expected: ${expected}`);
      }
      return save(name, scope.of(account));
    },

    /** @throws ControlError 404 if nothing was saved under this name, or there is no such account. */
    restore: (name: string, account?: string): void => restore(name, scope.of(account)),

    /** What was saved, in that order. */
    list: (account?: string): SnapshotView[] => store.list(scope.of(account) ?? "").map(viewOf),

    /** @throws ControlError 404 if nothing was saved under this name, or there is no such account. */
    remove(name: string, account?: string): void {
      if (!store.remove(scope.of(account) ?? "", name)) missing(name);
    },
  };
}

function viewOf({ name, saved_at }: SnapshotRow): SnapshotView {
  return { name, saved_at: new Date(saved_at).toISOString() };
}

function missing(name: string): never {
  throw new ControlError(404, `there is no snapshot ${JSON.stringify(name)}`);
}
