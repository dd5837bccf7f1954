import type { Database } from "./database.js";

export interface SnapshotRow {
  /** An account's SID; empty for all accounts. */
  scope: string;
  name: string;
  /** Milliseconds since the Unix epoch. */
  saved_at: number;
  /** The clock's setting, as JSON. */
  clock: string;
  /** The accounts that were created after seeding, as JSON. */
  created_accounts: string;
}

/** Reads and writes snapshots. Removal of a snapshot removes its rows by cascade. */
export function snapshotStore(database: Database) {
  const columns = "scope, name, saved_at, clock, created_accounts";
  const get = database.prepare<[string, string], SnapshotRow>(
    `SELECT ${columns} FROM snapshots WHERE scope = ? AND name = ?`,
  );
  const list = database.prepare<[string], SnapshotRow>(
    `SELECT ${columns} FROM snapshots WHERE scope = ? ORDER BY saved_at, rowid`,
  );
  const insert = database.prepare<[SnapshotRow]>(
    `INSERT INTO snapshots (${columns}) VALUES (@scope, @name, @saved_at, @clock, @created_accounts)`,
  );
  const remove = database.prepare<[string, string]>("DELETE FROM snapshots WHERE scope = ? AND name = ?");
  const clear = database.prepare<[string]>("DELETE FROM snapshots WHERE scope = ?");
  const clearOrphans = database.prepare(
    "DELETE FROM snapshots WHERE scope <> '' AND scope NOT IN (SELECT sid FROM accounts)",
  );
  return {
    clearOrphans: (): void => void clearOrphans.run(),
    clear: (scope: string): void => void clear.run(scope),
    get: (scope: string, name: string): SnapshotRow | undefined => get.get(scope, name),
    list: (scope: string): SnapshotRow[] => list.all(scope),
    insert: (row: SnapshotRow): void => void insert.run(row),
    remove: (scope: string, name: string): boolean => remove.run(scope, name).changes > 0,
  };
}
