import type { Statement } from "better-sqlite3";
import type { Database } from "./database.js";
import type { Column, ListedRow, Table } from "./table.js";

export interface Selection<Row> {
  /** Column values. */
  where: Partial<Row> & Pick<ListedRow, "account_sid">;
  // Required though possibly undefined, so that a forgotten filter does not compile.
  /** Inclusive limits of the table's `order` column, in milliseconds since the Unix epoch; undefined for no limit. */
  from: number | undefined;
  until: number | undefined;
  /** Includes rows that were soft-deleted after this time; undefined excludes all soft-deleted rows. */
  deletedAfter: number | undefined;
  /** Inclusive limits of other columns with times. A row without a time is outside. */
  within?: readonly { column: keyof Row & string; from: number | undefined; until: number | undefined }[];
}

export interface PageSelection {
  size: number;
  /** The row that the page follows or precedes; absent for the first page. */
  token?: { direction: "after" | "before"; sid: string } | undefined;
}

/** A page, newest row first. */
export interface Page<Row> {
  rows: Row[];
  more: boolean;
}

export type CollectionStore<Row extends ListedRow> = ReturnType<typeof createStore<Row>>;

/** Position of a row in its list: newest first, equal times by descending SID. */
interface Place {
  date: number;
  sid: string;
}

// One millisecond beyond the range of Date (ECMA-262, 21.4.1.1).
const ALWAYS = 8.64e15 + 1;
const START: Place = { date: ALWAYS, sid: "" };

function isBefore(one: Place, other: Place): boolean {
  return one.date < other.date || (one.date === other.date && one.sid < other.sid);
}

export type TableOf<Row> = Table & {
  readonly columns: { readonly [Name in keyof Row]: Column<Row[Name]> };
  readonly order: "date_created" | "date_updated";
};

const stores = new WeakMap<Database, Map<string, unknown>>();

/**
 * Returns the store of a table. A database has one store per table, so that statements are prepared once.
 *
 * Uses keyset pagination along an index that ends in (the table's `order`, sid, date_deleted): the cost of a page does not
 * depend on its depth, and added or deleted rows do not shift other rows.
 */
export function collectionStore<Row extends ListedRow>(
  database: Database,
  table: TableOf<Row>,
): ReturnType<typeof createStore<Row>> {
  const ofDatabase = stores.get(database) ?? new Map<string, unknown>();
  stores.set(database, ofDatabase);
  const cached = ofDatabase.get(table.name) as ReturnType<typeof createStore<Row>> | undefined;
  const store = cached ?? createStore<Row>(database, table);
  ofDatabase.set(table.name, store);
  return store;
}

function createStore<Row extends ListedRow>(database: Database, definition: TableOf<Row>) {
  const { name: table, columns: kinds, order, indexes } = definition;
  const columns = Object.keys(kinds) as (keyof Row & string)[];
  const placeOf = (row: Row): Place => ({ date: row[order], sid: row.sid });
  const list = columns.join(", ");
  const get = database
    .prepare<[string, string], unknown[]>(`SELECT ${list} FROM ${table} WHERE account_sid = ? AND sid = ?`)
    .raw();
  const insert = database.prepare<unknown[]>(
    `INSERT INTO ${table} (${list}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const insertIfNew = database.prepare<unknown[]>(
    `INSERT INTO ${table} (${list}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare<[Row]>(
    `UPDATE ${table} SET ${columns.map((column) => `${column} = @${column}`).join(", ")}
     WHERE account_sid = @account_sid AND sid = @sid`,
  );
  const hardDelete = database.prepare<[string, string]>(`DELETE FROM ${table} WHERE account_sid = ? AND sid = ?`);
  const after = database
    .prepare<[string, string, number], unknown[]>(
      `SELECT ${list} FROM ${table} WHERE account_sid = ? AND sid > ? ORDER BY sid LIMIT ?`,
    )
    .raw();
  const count = database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck();
  const softDelete = database.prepare<[number, string, string]>(
    `UPDATE ${table} SET date_deleted = ? WHERE account_sid = ? AND sid = ?`,
  );
  const purge = database.prepare<[number]>(`DELETE FROM ${table} WHERE date_deleted <= ?`);
  const statements = new Map<string, Statement<[object], unknown[]>>();

  function select(where: readonly string[], within: readonly string[], forward: boolean, deleted: boolean) {
    const key = [...where, "|", ...within, forward, deleted].join();
    const cached = statements.get(key);
    if (cached !== undefined) return cached;
    const [beyond, limit, direction] = forward ? ["<", ">=", "DESC"] : [">", "<=", "ASC"];
    const statement = database.prepare<[object], unknown[]>(
      `SELECT ${list} FROM ${table} ${indexFor(where)}
       WHERE ${where.map((column) => `${column} = @${column}`).join(" AND ")}
         AND (${order}, sid) ${beyond} (@date, @sid) AND ${order} ${limit} @end
         ${within.map((column) => `AND ${column} BETWEEN @${column}_from AND @${column}_until`).join(" ")}
         AND (date_deleted IS NULL${deleted ? " OR date_deleted > @deletedAfter" : ""})
       ORDER BY ${order} ${direction}, sid ${direction} LIMIT @limit`,
    );
    statements.set(key, statement.raw());
    return statement;
  }

  /** Without statistics, SQLite prefers the index by date to one that begins with a further column. */
  function indexFor(where: readonly string[]): string {
    const [name] =
      Object.entries(indexes).find(
        ([
          ,
          {
            columns: [, second = "", third],
          },
        ]) => third === order && where.includes(second) && second !== order,
      ) ?? [];
    return name === undefined ? "" : `INDEXED BY ${name}`;
  }

  function read(selection: Selection<Row>, place: Place, forward: boolean, limit: number) {
    const { where, from = -ALWAYS, until = ALWAYS, deletedAfter, within = [] } = selection;
    // With two bounds on one side, SQLite may start at the looser one, so pass only the tighter one.
    const bound = { date: forward ? until + 1 : from, sid: "" };
    const { date, sid } = isBefore(bound, place) === forward ? bound : place;
    const ranged = within.map(({ column }) => column);
    const statement = select(Object.keys(where), ranged, forward, deletedAfter !== undefined);
    const limits: Record<string, number> = {};
    for (const range of within) {
      limits[`${range.column}_from`] = range.from ?? -ALWAYS;
      limits[`${range.column}_until`] = range.until ?? ALWAYS;
    }
    return statement.all({ ...where, ...limits, date, sid, end: forward ? from : until, deletedAfter, limit });
  }

  function find(accountSid: string, sid: string): Row | undefined {
    const values = get.get(accountSid, sid);
    return values && rowOf(values);
  }

  /** Takes half as long as the objects of better-sqlite3. */
  function rowOf(values: unknown[]): Row {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < columns.length; index++) row[columns[index] as string] = values[index];
    return row as unknown as Row;
  }

  return {
    get: find,
    // Positional parameters: named ones take 50 % longer.
    insert: (row: Row): void => void insert.run(columns.map((column) => row[column])),
    /** Inserts a row unless its SID exists. */
    insertIfNew: (row: Row): void => void insertIfNew.run(columns.map((column) => row[column])),
    softDelete: (accountSid: string, sid: string, at: number): void => void softDelete.run(at, accountSid, sid),
    update: (row: Row): void => void update.run(row),
    hardDelete: (accountSid: string, sid: string): void => void hardDelete.run(accountSid, sid),
    /** Returns an account's first rows after a SID, soft-deleted ones included, ordered by SID. */
    after: (accountSid: string, sid: string, limit: number): Row[] => after.all(accountSid, sid, limit).map(rowOf),
    count: (): number => count.get() as number,
    /** Hard-deletes rows that were soft-deleted at `until` or before. */
    purge: (until: number): void => void purge.run(until),

    /** Returns all rows with these column values that are not soft-deleted, the oldest first. */
    all: (where: Selection<Row>["where"]): Row[] =>
      read({ where, from: undefined, until: undefined, deletedAfter: undefined }, START, true, -1).map(rowOf).reverse(),

    /** @returns undefined if the token's row does not exist. */
    page(selection: Selection<Row>, { size, token }: PageSelection): Page<Row> | undefined {
      const row = token && find(selection.where.account_sid, token.sid);
      if (token !== undefined && row === undefined) return undefined;
      const place = row ? placeOf(row) : START;
      if (token?.direction !== "before") {
        const rows = read(selection, place, true, size + 1).map(rowOf);
        return { rows: rows.slice(0, size), more: rows.length > size };
      }
      const rows = read(selection, place, false, size).map(rowOf).reverse();
      const last = rows.at(-1);
      return { rows, more: read(selection, last ? placeOf(last) : START, true, 1).length > 0 };
    },
  };
}
