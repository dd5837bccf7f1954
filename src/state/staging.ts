import { imageOf } from "./change-store.js";
import type { Database } from "./database.js";
import { columnNames, ddlOf, type ListedTable } from "./table.js";

export type Staging = ReturnType<typeof openStaging>;

const PREFIX = "incoming_";
const BATCH = 2000;
/** Sorts after every SID. */
const END = "\uffff";

/**
 * Creates a staging table for each resource. An import fills these while the emulator serves requests, and then swaps
 * them with the present tables in constant time.
 *
 * @param tables - parents before children.
 */
export function openStaging(database: Database, tables: readonly ListedTable[]) {
  dropStaging(database);
  // Without foreign keys, because the rows were validated before.
  for (const table of tables) database.exec(ddlOf(table, PREFIX));
  const stores = new Map(tables.map((table) => [table.name, storeOf(database, table)]));
  const storeNamed = (name: string) => stores.get(name) as ReturnType<typeof storeOf>;

  return {
    insert: (name: string, row: object): boolean => storeNamed(name).insert(row),
    get: (name: string, account: string, sid: string): unknown => storeNamed(name).get(account, sid),

    /**
     * Adds the changes of the swap to the undo log. Images contain the seeded rows, so later changes do not make them stale.
     * Yields after each batch, so that requests are served between batches.
     */
    *note(): Generator<void> {
      for (const table of tables) {
        for (const source of [table.name, PREFIX + table.name]) yield* noteRows(database, table, source);
      }
    },

    /** Adds the staged rows of an account to the undo log as new rows. */
    noteAccount(account: string): void {
      for (const { name } of tables) {
        database
          .prepare<[string]>(
            `INSERT OR IGNORE INTO changes (account_sid, relation, sid)
             SELECT account_sid, '${name}', sid FROM ${PREFIX}${name} WHERE account_sid = ?`,
          )
          .run(account);
      }
    },

    swap(alongside: () => void): void {
      // Both sides of a foreign key change together.
      database.pragma("foreign_keys = OFF");
      database.unsafeMode(true);
      database.pragma("writable_schema = ON");
      try {
        database.transaction(() => {
          alongside();
          swapTrees(database, tables);
        })();
      } finally {
        database.pragma("writable_schema = RESET");
        database.unsafeMode(false);
        database.pragma("foreign_keys = ON");
      }
    },
  };
}

/** Drops the staging tables. Yields after each, because freeing the pages of a large table is slow. */
export function* dropping(database: Database): Generator<void> {
  const indexes = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB '${PREFIX}*'`)
    .pluck();
  const tables = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '${PREFIX}*'`)
    .pluck();
  for (const name of indexes.all()) yield void database.exec(`DROP INDEX ${name}`);
  for (const name of tables.all()) yield void database.exec(`DROP TABLE ${name}`);
}

export function dropStaging(database: Database): void {
  for (const _ of dropping(database));
}

function storeOf(database: Database, table: ListedTable) {
  const { name } = table;
  const columns = columnNames(table);
  const insert = database.prepare<unknown[]>(
    `INSERT OR IGNORE INTO ${PREFIX}${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const get = database.prepare<[string, string]>(`SELECT * FROM ${PREFIX}${name} WHERE account_sid = ? AND sid = ?`);
  return {
    insert: (row: object) => insert.run(columns.map((column) => row[column as keyof typeof row])).changes > 0,
    get: (account: string, sid: string) => get.get(account, sid),
  };
}

function* noteRows(database: Database, table: ListedTable, source: string): Generator<void> {
  const lastOf = database.prepare<[string, string], { account: string; sid: string }>(
    `SELECT account_sid AS account, sid FROM ${source} WHERE (account_sid, sid) > (?, ?)
       ORDER BY account_sid, sid LIMIT 1 OFFSET ${BATCH - 1}`,
  );
  const note = noteStatement(database, table, source);
  let from: { account: string; sid: string } | undefined = { account: "", sid: "" };
  while (from !== undefined) {
    const last = lastOf.get(from.account, from.sid);
    note.run({ ...from, lastAccount: last?.account ?? END, lastSid: last?.sid ?? END });
    from = last;
    yield;
  }
}

/** Adds rows between two keys that the undo log does not contain; staged rows only if no present row has the key. */
function noteStatement(database: Database, table: ListedTable, source: string) {
  const { name } = table;
  const same = "other.account_sid = current.account_sid AND other.sid = current.sid";
  const isStaged = source !== name;
  return database.prepare<[object]>(
    `INSERT INTO changes (account_sid, relation, sid, image)
     SELECT account_sid, '${name}', sid, ${isStaged ? "NULL" : imageOf("current", table)}
     FROM ${source} current
     WHERE (account_sid, sid) > (@account, @sid) AND (account_sid, sid) <= (@lastAccount, @lastSid)
       AND NOT EXISTS (SELECT 1 FROM changes other WHERE ${same} AND other.relation = '${name}')
       ${isStaged ? `AND NOT EXISTS (SELECT 1 FROM ${name} other WHERE ${same})` : ""}`,
  );
}

/**
 * Exchanges the B-trees of the tables and their indexes: the schema contains the number of each tree's first page
 * (sqlite.org/fileformat2.html#storage_of_the_sql_database_schema). Names, constraints and triggers do not change.
 * ALTER TABLE can rename tables, but not indexes.
 */
function swapTrees(database: Database, tables: readonly ListedTable[]): void {
  const pageOf = database.prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck();
  const setPage = database.prepare<[number, string]>("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?");
  const trees = database.prepare<[string], { name: string; rootpage: number }>(
    "SELECT name, rootpage FROM sqlite_schema WHERE tbl_name = ? AND rootpage > 0",
  );
  for (const table of tables) {
    for (const { name, rootpage } of trees.all(table.name)) {
      const other = name.replace(/^(sqlite_autoindex_)?/, `$1${PREFIX}`);
      const otherPage = pageOf.get(other) as number;
      setPage.run(otherPage, name);
      setPage.run(rootpage, other);
    }
  }
}
