import { describe, imageOf, RESOURCES } from "./change-store.js";
import type { Database } from "./database.js";

export type Staging = ReturnType<typeof openStaging>;
export type Resource = (typeof RESOURCES)[number];

const PREFIX = "incoming_";
/** How many rows to note at a time. */
const BATCH = 2000;
/** Follows every SID. */
const END = "\uffff";

/**
 * Tables like those of the resources, for rows that are to take the place of all that there is. They are filled while the
 * emulator serves, and swapped with the others at once, whatever their size.
 */
export function openStaging(database: Database) {
  dropStaging(database);
  for (const name of RESOURCES) createLike(database, name);
  const stores = Object.fromEntries(RESOURCES.map((name) => [name, storeOf(database, name)])) as Record<
    Resource,
    ReturnType<typeof storeOf>
  >;

  return {
    /** @returns whether it was added: there was none with this key. */
    insert: (name: Resource, row: object): boolean => stores[name].insert(row),
    get: (name: Resource, account: string, sid: string): unknown => stores[name].get(account, sid),

    /**
     * Notes what the swap will change, so that undoing brings it back: the rows that are there, and that the staged ones are
     * not. An image is the one that a row had when the database was seeded, so it stays true whatever happens meanwhile.
     *
     * @returns after each batch, so that others have their turn.
     */
    *note(): Generator<void> {
      for (const name of RESOURCES) {
        for (const source of [name, PREFIX + name]) yield* noteRows(database, name, source);
      }
    },

    /** Notes that an account has none of its staged rows, whatever it has. */
    noteAccount(account: string): void {
      for (const name of RESOURCES) {
        database
          .prepare<[string]>(
            `INSERT OR IGNORE INTO changes (account_sid, relation, sid)
             SELECT account_sid, '${name}', sid FROM ${PREFIX}${name} WHERE account_sid = ?`,
          )
          .run(account);
      }
    },

    /** Swaps the tables, and does `alongside` in the same transaction. */
    swap(alongside: () => void): void {
      // The rows on both sides of a foreign key change at once, and only the schema knows which they are.
      database.pragma("foreign_keys = OFF");
      database.unsafeMode(true);
      database.pragma("writable_schema = ON");
      try {
        database.transaction(() => {
          alongside();
          swapTrees(database);
        })();
      } finally {
        database.pragma("writable_schema = RESET");
        database.unsafeMode(false);
        database.pragma("foreign_keys = ON");
      }
    },
  };
}

/**
 * Removes what is staged, or was when the process ended; to free the pages of a large table takes a while.
 *
 * @returns after each part, so that others have their turn.
 */
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

/** A table of the same columns, key and indexes; its rows are checked before they are put into it. */
function createLike(database: Database, name: Resource): void {
  const columns = database.pragma(`table_info(${name})`) as { name: string; type: string; pk: number }[];
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
  const [{ wr }] = database.pragma(`table_list(${name})`) as [{ wr: number }];
  database.exec(
    `CREATE TABLE ${PREFIX}${name} (${columns.map((column) => `${column.name} ${column.type}`).join(", ")},
       PRIMARY KEY (${key.map((column) => column.name).join(", ")})) STRICT${wr === 1 ? ", WITHOUT ROWID" : ""}`,
  );
  const indexes = database
    .prepare<[string], string>(
      "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
    )
    .pluck();
  for (const sql of indexes.all(name)) {
    database.exec(sql.replace(/^CREATE INDEX (\w+) ON (\w+)/, `CREATE INDEX ${PREFIX}$1 ON ${PREFIX}$2`));
  }
}

function storeOf(database: Database, name: Resource) {
  const { columns } = describe(database, name);
  const insert = database.prepare<unknown[]>(
    `INSERT OR IGNORE INTO ${PREFIX}${name} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const get = database.prepare<[string, string]>(`SELECT * FROM ${PREFIX}${name} WHERE account_sid = ? AND sid = ?`);
  return {
    insert: (row: object) => insert.run(columns.map((column) => row[column as keyof typeof row])).changes > 0,
    get: (account: string, sid: string) => get.get(account, sid),
  };
}

function* noteRows(database: Database, name: Resource, source: string): Generator<void> {
  const lastOf = database.prepare<[string, string], { account: string; sid: string }>(
    `SELECT account_sid AS account, sid FROM ${source} WHERE (account_sid, sid) > (?, ?)
       ORDER BY account_sid, sid LIMIT 1 OFFSET ${BATCH - 1}`,
  );
  const note = noteStatement(database, name, source);
  let from: { account: string; sid: string } | undefined = { account: "", sid: "" };
  while (from !== undefined) {
    const last = lastOf.get(from.account, from.sid);
    note.run({ ...from, lastAccount: last?.account ?? END, lastSid: last?.sid ?? END });
    from = last;
    yield;
  }
}

/** Notes the rows between two keys, unless something is noted of them already; of staged ones only those that are new. */
function noteStatement(database: Database, name: Resource, source: string) {
  const same = "other.account_sid = current.account_sid AND other.sid = current.sid";
  const isStaged = source !== name;
  return database.prepare<[object]>(
    `INSERT INTO changes (account_sid, relation, sid, image)
     SELECT account_sid, '${name}', sid, ${isStaged ? "NULL" : imageOf("current", describe(database, name).columns)}
     FROM ${source} current
     WHERE (account_sid, sid) > (@account, @sid) AND (account_sid, sid) <= (@lastAccount, @lastSid)
       AND NOT EXISTS (SELECT 1 FROM changes other WHERE ${same} AND other.relation = '${name}')
       ${isStaged ? `AND NOT EXISTS (SELECT 1 FROM ${name} other WHERE ${same})` : ""}`,
  );
}

/**
 * Lets the names of the tables and of their indexes change places: a schema says by the number of its first page where each
 * B-tree is (sqlite.org/fileformat2.html#storage_of_the_sql_database_schema). Names, constraints and triggers stay where they
 * are; ALTER TABLE could rename tables, but no index.
 */
function swapTrees(database: Database): void {
  const pageOf = database.prepare<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?").pluck();
  const setPage = database.prepare<[number, string]>("UPDATE sqlite_schema SET rootpage = ? WHERE name = ?");
  const trees = database.prepare<[string], { name: string; rootpage: number }>(
    "SELECT name, rootpage FROM sqlite_schema WHERE tbl_name = ? AND rootpage > 0",
  );
  for (const table of RESOURCES) {
    for (const { name, rootpage } of trees.all(table)) {
      const other = name.replace(/^(sqlite_autoindex_)?/, `$1${PREFIX}`);
      const otherPage = pageOf.get(other) as number;
      setPage.run(otherPage, name);
      setPage.run(rootpage, other);
    }
  }
}
