import type { Database } from "./database.js";
import { columnNames, isListed, type Table } from "./table.js";

export type ChangeStore = ReturnType<typeof changeStore>;

/**
 * The changes since the database was seeded: for each row that was added, changed or removed, its image at that time as
 * JSON, null if it did not exist. Undo is O(changed rows).
 *
 * An account that was created later counts as seeded when its creation is done.
 *
 * @param tables - parents before children.
 * @param touched - Called with the account whose cached responses became stale; without one, all did. If it throws, the change fails.
 */
export function changeStore(database: Database, tables: readonly Table[], touched: (account?: string) => void) {
  const backwards = tables.toReversed();
  // Prepared on first use: most starts need none.
  const undoAll = once(() => applier(database, tables, "changes", "TRUE"));
  const undoAccount = once(() => applier(database, tables, "changes", "account_sid = @account"));
  const applySnapshot = once(() => applier(database, tables, "snapshot_rows", "scope = @scope AND name = @name"));
  const wipeAccount = once(() =>
    backwards.map(({ name, account }) => database.prepare(`DELETE FROM ${name} WHERE ${account} = ?`)),
  );
  const emptyAccount = once(() =>
    backwards.filter(isListed).map(({ name }) => database.prepare(`DELETE FROM ${name} WHERE account_sid = ?`)),
  );
  const forgetAccount = once(() => database.prepare("DELETE FROM changes WHERE account_sid = ?"));
  const listCreated = once(() =>
    database.prepare<[], string>("SELECT sid FROM created_accounts ORDER BY rowid").pluck(),
  );
  const putCreated = once(() => database.prepare("INSERT INTO created_accounts (sid) VALUES (?)"));
  const dropCreated = once(() => database.prepare("DELETE FROM created_accounts WHERE sid = ?"));
  const clearSnapshots = once(() => database.prepare("DELETE FROM snapshots WHERE scope = ?"));
  const isNew = once(() =>
    database
      .prepare<[string, string], number>(
        "SELECT image IS NULL FROM changes WHERE account_sid = ? AND relation = 'accounts' AND sid = ?",
      )
      .pluck(),
  );

  /** Increases whenever noted changes are discarded. */
  let epoch = 0;

  /**
   * Removes an account with all its rows. For an account that was created after seeding, its changes and snapshots go
   * too: they are relative to the state at its creation.
   */
  function remove(account: string): void {
    epoch++;
    for (const statement of wipeAccount()) statement.run(account);
    disown(account);
  }

  /** Discards the changes and snapshots of an account that was created after seeding. Returns whether it was. */
  function disown(account: string): boolean {
    if (dropCreated().run(account).changes === 0) return false;
    forgetAccount().run(account);
    clearSnapshots().run(account);
    return true;
  }

  /** Makes the account's present rows the state that undo returns to; undoing everything removes the account. */
  function adopt(account: string): void {
    epoch++;
    forgetAccount().run(account);
    putCreated().run(account);
  }

  return {
    /** Notes every change of a row from now on. The triggers are temporary, so that seeding runs without them. */
    watch(): void {
      database.pragma("temp_store = MEMORY");
      database.function("touched", (account) => touched((account as string | null) ?? undefined));
      for (const table of tables) database.exec(triggersOf(table));
      // A reset does not undo snapshots, but a lost database file must refuse them too.
      for (const event of ["INSERT", "DELETE"]) {
        database.exec(
          `CREATE TEMP TRIGGER snapshots_${event} AFTER ${event} ON snapshots BEGIN SELECT touched(''); END`,
        );
      }
    },

    /** Undoes all changes, or those of one account. */
    undo(account?: string): void {
      epoch++;
      if (account !== undefined) {
        undoAccount()({ account });
        forgetAccount().run(account);
        return;
      }
      for (const sid of listCreated().all()) remove(sid);
      undoAll()({});
      database.exec("DELETE FROM changes");
    },

    /** Removes all resources of an account; the account and its keys stay. */
    empty(account: string): void {
      for (const statement of emptyAccount()) statement.run(account);
    },

    adopt,

    /** Calls `adopt`, unless the account was seeded or adopted before. */
    adoptIfNew(account: string): void {
      if (isNew().get(account, account) === 1) adopt(account);
    },

    remove,

    /** Removes all rows, changes and snapshots: for a database that is being seeded. */
    clear(): void {
      const own = ["changes", "created_accounts", "snapshots"];
      for (const name of [...backwards.map((table) => table.name), ...own]) database.exec(`DELETE FROM ${name}`);
    },

    epoch: (): number => epoch,

    disown,

    createdAccounts: (): string[] => listCreated().all(),

    /** Copies the changed rows, and all rows of created accounts, to a snapshot. */
    copyTo(scope: string, name: string): void {
      for (const table of tables) database.prepare(copyOf(table, scope)).run({ scope, name });
    },

    /** Restores the rows of a snapshot, after `undo` in the same scope. */
    apply(scope: string, name: string, created: readonly string[]): void {
      applySnapshot()({ scope, name });
      for (const sid of created) adopt(sid);
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Returns the SQL of a row as JSON. */
export function imageOf(row: string, table: Table): string {
  return `json_object(${columnNames(table)
    .map((column) => `'${column}', ${row}.${column}`)
    .join(", ")})`;
}

function triggersOf(table: Table): string {
  const { name, account } = table;
  // Not INSERT OR IGNORE: inside a trigger, the conflict clause of the statement that fires it counts instead
  // (sqlite.org/lang_createtrigger.html).
  const note = (row: "new" | "old", image: string) =>
    `INSERT INTO changes (account_sid, relation, sid, image)
     SELECT ${row}.${account}, '${name}', ${row}.sid, ${image} WHERE NOT EXISTS
       (SELECT 1 FROM changes WHERE account_sid = ${row}.${account} AND relation = '${name}' AND sid = ${row}.sid);`;
  // Account and key rows affect authentication everywhere, so all accounts become stale.
  const touch = (row: "new" | "old") => `SELECT touched(${isListed(table) ? `${row}.account_sid` : "NULL"});`;
  const image = imageOf("old", table);
  return [
    ["INSERT", touch("new") + note("new", "NULL")],
    ["UPDATE", touch("old") + note("old", image)],
    ["DELETE", touch("old") + note("old", image)],
  ]
    .map(([event, body]) => `CREATE TEMP TRIGGER ${name}_${event} AFTER ${event} ON ${name} BEGIN ${body} END;`)
    .join("\n");
}

/**
 * Restores rows from the images in a table. Rows without an image are removed first, children first, so that no removal
 * cascades to a row that was just restored.
 */
function applier(database: Database, tables: readonly Table[], source: string, where: string) {
  const removals = tables.toReversed().map(({ name, account }) =>
    database.prepare<[object]>(
      `DELETE FROM ${name} WHERE (${account}, sid) IN
         (SELECT account_sid, sid FROM ${source} WHERE relation = '${name}' AND image IS NULL AND ${where})`,
    ),
  );
  const returns = tables.map((table) => {
    const { name, primaryKey } = table;
    const columns = columnNames(table);
    return database.prepare<[object]>(
      `INSERT INTO ${name} (${columns.join(", ")})
       SELECT ${columns.map((column) => `json_extract(image, '$.${column}')`).join(", ")}
       FROM ${source} WHERE relation = '${name}' AND image IS NOT NULL AND ${where}
       ON CONFLICT (${primaryKey.join(", ")}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    );
  });
  return (parameters: object) => {
    for (const statement of [...removals, ...returns]) statement.run(parameters);
  };
}

function copyOf(table: Table, scope: string): string {
  const { name, account } = table;
  const image = imageOf("current", table);
  const created = "(SELECT sid FROM created_accounts)";
  const chosen = scope === "" ? `account_sid NOT IN ${created}` : "account_sid = @scope";
  const changed = `
    SELECT @scope, @name, account_sid, relation, sid,
      (SELECT ${image} FROM ${name} current WHERE current.${account} = changes.account_sid AND current.sid = changes.sid)
    FROM changes WHERE relation = '${name}' AND ${chosen}`;
  const whole = `
    SELECT @scope, @name, current.${account}, '${name}', current.sid, ${image}
    FROM ${name} current WHERE current.${account} IN ${created}`;
  return `INSERT INTO snapshot_rows (scope, name, account_sid, relation, sid, image)
    ${scope === "" ? `${changed} UNION ALL ${whole}` : changed}`;
}
