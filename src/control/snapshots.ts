import type { SavedClock } from "../state/clock.js";
import { type SnapshotRow, snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import type { Replacement } from "./replacement.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const SNAPSHOT = objectWith({
  name: { type: "string" },
  saved_at: {
    type: "string",
    format: "date-time",
    description: "ISO 8601, by the clock that the snapshot contains.",
  },
});
const SNAPSHOTS = objectWith({ snapshots: { type: "array", items: SNAPSHOT } });

export type Snapshot = TypeOf<typeof SNAPSHOT>;

const NAME = /^[\w.-]{1,64}$/;

/** Saves rows and clocks of all accounts, or of one. Costs are O(rows changed since seeding). */
export function snapshotCapability({ database, changes, clock }: State, replacement: Replacement) {
  const store = snapshotStore(database);

  const save = database.transaction((name: string, account: string | undefined): Snapshot => {
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

  return {
    list: operation({
      method: "GET",
      url: "/snapshots",
      id: "listSnapshots",
      summary: "List snapshots",
      inProcess: "`snapshots.list()`",
      scope: "all",
      answer: SNAPSHOTS,
      run: ({ account }) => ({ snapshots: store.list(account ?? "").map(viewOf) }),
    }),

    save: operation({
      method: "PUT",
      url: "/snapshots/{name}",
      id: "saveSnapshot",
      summary: "Save rows and clocks under a name",
      description: "Stores the snapshot in the database; replaces a snapshot of that name.",
      inProcess: "`snapshots.save(name)`",
      scope: "all",
      answer: SNAPSHOT,
      run({ account, key }) {
        if (NAME.test(key)) return save(key, account);
        throw unexpected("name", key, "1 to 64 letters, digits, dots, dashes and underscores");
      },
    }),

    restore: operation({
      method: "POST",
      url: "/snapshots/{name}/restore",
      id: "restoreSnapshot",
      summary: "Restore a snapshot",
      inProcess: "`snapshots.restore(name)`",
      scope: "all",
      errors: [409],
      run({ account, key }) {
        const row = store.get(account ?? "", key) ?? missing(key);
        replacement.replace(account, "a restored snapshot", () => {
          changes.undo(account);
          changes.apply(row.scope, key, JSON.parse(row.created_accounts));
        });
        clock.restore(JSON.parse(row.clock) as SavedClock, account);
      },
    }),

    remove: operation({
      method: "DELETE",
      url: "/snapshots/{name}",
      id: "removeSnapshot",
      summary: "Remove a snapshot",
      inProcess: "`snapshots.remove(name)`",
      scope: "all",
      run({ account, key }) {
        if (!store.remove(account ?? "", key)) missing(key);
      },
    }),
  };
}

function viewOf({ name, saved_at }: SnapshotRow): Snapshot {
  return { name, saved_at: new Date(saved_at).toISOString() };
}

function missing(name: string): never {
  throw new ControlError(404, `there is no snapshot ${JSON.stringify(name)}`);
}
