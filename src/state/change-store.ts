import type { Database } from "./database.js";
import { columnNames, type Table } from "./table.js";

export type ChangeStore = ReturnType<typeof changeStore>;

/**
 * Returns the undo log: for each row that was added, changed or removed since seeding, its seeded image as JSON, null if
 * the row did not exist. Undo is O(changed rows).
 *
 * An account that was created after seeding counts as seeded once its creation is complete.
 *
 * @param tables - parents before children.
 * @param touched - called with the account whose cached responses became stale; without one, all did. If it throws, the
 * change fails.
 */
export function changeStore(database: Database, tables: readonly Table[], touched: (account?: string) => void) {
  const backwards = tables.toReversed();
  // Prepared on first use: most starts need none.
  const undoAll = once(() => applier(database, tables, "changes", "TRUE"));
  const undoAccount = once(() => applier(database, tables, "changes", "account_sid = @account"));
  const applySnapshot = once(() => applier(database, tables, "snapshot_rows", "scope = @scope AND name = @name"));
  const deleteRows = once(() =>
    backwards.map(({ name, account }) => database.prepare(`DELETE FROM ${name} WHERE ${account} = ?`)),
  );
  const deleteResources = once(() =>
    backwards
      .filter((table) => !table.grantsAccess)
      .map(({ name }) => database.prepare(`DELETE FROM ${name} WHERE account_sid = ?`)),
  );
  const deleteChanges = once(() => database.prepare("DELETE FROM changes WHERE account_sid = ?"));
  const listCreated = once(() =>
    database.prepare<[], string>("SELECT sid FROM created_accounts ORDER BY rowid").pluck(),
  );
  const insertCreated = once(() => database.prepare("INSERT INTO created_accounts (sid) VALUES (?)"));
  const deleteCreated = once(() => database.prepare("DELETE FROM created_accounts WHERE sid = ?"));
  const deleteSnapshots = once(() => database.prepare("DELETE FROM snapshots WHERE scope = ?"));
  const isNew = once(() =>
    database
      .prepare<[string, string], number>(
        "SELECT image IS NULL FROM changes WHERE account_sid = ? AND relation = 'accounts' AND sid = ?",
      )
      .pluck(),
  );

  /** Increases whenever logged changes are discarded. */
  let epoch = 0;

  /** Also removes the changes and snapshots of a created account, because they are relative to its creation. */
  function remove(account: string): void {
    epoch++;
    for (const statement of deleteRows()) statement.run(account);
    disown(account);
  }

  /** Discards the changes and snapshots of an account; returns false for a seeded account, which keeps them. */
  function disown(account: string): boolean {
    if (deleteCreated().run(account).changes === 0) return false;
    deleteChanges().run(account);
    deleteSnapshots().run(account);
    return true;
  }

  /** Makes the present rows of an account its seeded state. Undoing all changes removes the account. */
  function adopt(account: string): void {
    epoch++;
    deleteChanges().run(account);
    insertCreated().run(account);
  }

  return {
    /** Logs every change of a row from now on. The triggers are temporary, so that seeding runs without them. */
    watch(): void {
      database.pragma("temp_store = MEMORY");
      database.function("touched", (account) => touched((account as string | null) ?? undefined));
      for (const table of tables) database.exec(triggersOf(table));
      // Undo does not affect snapshots, but with a lost database file these writes must fail too.
      for (const event of ["INSERT", "DELETE"]) {
        database.exec(
          `CREATE TEMP TRIGGER snapshots_${event} AFTER ${event} ON snapshots BEGIN SELECT touched(''); END`,
        );
      }
    },

    undo(account?: string): void {
      epoch++;
      if (account !== undefined) {
        undoAccount()({ account });
        deleteChanges().run(account);
        return;
      }
      for (const sid of listCreated().all()) remove(sid);
      undoAll()({});
      database.exec("DELETE FROM changes");
    },

    empty(account: string): void {
      for (const statement of deleteResources()) statement.run(account);
    },

    adopt,

    adoptIfNew(account: string): void {
      if (isNew().get(account, account) === 1) adopt(account);
    },

    remove,

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

export function imageOf(row: string, table: Table): string {
  return `json_object(${columnNames(table)
    .map((column) => `'${column}', ${row}.${column}`)
    .join(", ")})`;
}

function triggersOf(table: Table): string {
  const { name, account } = table;
  // Not INSERT OR IGNORE: in a trigger, the conflict clause of the firing statement overrides it
  // (sqlite.org/lang_createtrigger.html).
  const note = (row: "new" | "old", image: string) =>
    `INSERT INTO changes (account_sid, relation, sid, image)
     SELECT ${row}.${account}, '${name}', ${row}.sid, ${image} WHERE NOT EXISTS
       (SELECT 1 FROM changes WHERE account_sid = ${row}.${account} AND relation = '${name}' AND sid = ${row}.sid);`;
  // Account and key rows affect authentication everywhere, so all accounts become stale.
  const touch = (row: "new" | "old") => `SELECT touched(${table.grantsAccess ? "NULL" : `${row}.account_sid`});`;
  const image = imageOf("old", table);
  return [
    ["INSERT", touch("new") + note("new", "NULL")],
    ["UPDATE", touch("old") + note("old", image)],
    ["DELETE", touch("old") + note("old", image)],
  ]
    .map(([event, body]) => `CREATE TEMP TRIGGER ${name}_${event} AFTER ${event} ON ${name} BEGIN ${body} END;`)
    .join("\n");
}

/** Removes rows without an image first, children first, so that no removal cascades to a restored row. */
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
  const ofCreated = `
    SELECT @scope, @name, current.${account}, '${name}', current.sid, ${image}
    FROM ${name} current WHERE current.${account} IN ${created}`;
  return `INSERT INTO snapshot_rows (scope, name, account_sid, relation, sid, image)
    ${scope === "" ? `${changed} UNION ALL ${ofCreated}` : changed}`;
}
