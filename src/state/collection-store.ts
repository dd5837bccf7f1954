import type { Statement } from "better-sqlite3";
import type { Database } from "./database.js";
import type { Column, ListedRow, Table } from "./table.js";

/** The rows that a list selects. */
export interface Selection<Row> {
  /** Columns and their values; at least the account's SID. */
  where: Partial<Row> & Pick<ListedRow, "account_sid">;
  // Required, though they may be undefined: a filter that is forgotten on the way here does not compile.
  /**
   * First and last time that counts, by the column that the collection is ordered by: milliseconds since the Unix epoch,
   * undefined for no limit.
   */
  from: number | undefined;
  until: number | undefined;
  /** Selects rows that were soft-deleted after this time as well; undefined for none of them. */
  deletedAfter: number | undefined;
}

/** A page of the selected rows. */
export interface PageSelection {
  /** Most rows of the page. */
  size: number;
  /** The row that the page follows or precedes; the first page without it. */
  token?: { direction: "after" | "before"; sid: string } | undefined;
}

/** A page, newest row first. */
export interface Page<Row> {
  rows: Row[];
  /** Whether rows follow. */
  more: boolean;
}

export type CollectionStore<Row extends ListedRow> = ReturnType<typeof createStore<Row>>;

/** The place of a row in the order of its list: newest first, and the larger SID first of those with equal times. */
interface Place {
  date: number;
  sid: string;
}

// Beyond every time that a date can have (ECMA-262, 21.4.1.1).
const ALWAYS = 8.64e15 + 1;
/** Before every row. */
const START: Place = { date: ALWAYS, sid: "" };

/** Returns whether `one` has an earlier time, or the same time and a smaller SID. */
function isBefore(one: Place, other: Place): boolean {
  return one.date < other.date || (one.date === other.date && one.sid < other.sid);
}

/** The table of rows of a type. */
export type TableOf<Row> = Table & {
  readonly columns: { readonly [Name in keyof Row]: Column<Row[Name]> };
  readonly order: "date_created" | "date_updated";
};

const stores = new WeakMap<Database, Map<string, unknown>>();

/**
 * Returns the store of a table. A database has one store for each table, so that its statements are prepared once.
 *
 * Pages are read by keyset, along an index that ends in (the table's `order`, sid, date_deleted): a page costs the same at
 * any depth, and a row that is added or deleted shifts no other.
 */
export function collectionStore<Row extends ListedRow>(
  database: Database,
  table: TableOf<Row>,
): ReturnType<typeof createStore<Row>> {
  const ofDatabase = stores.get(database) ?? new Map<string, unknown>();
  stores.set(database, ofDatabase);
  const known = ofDatabase.get(table.name) as ReturnType<typeof createStore<Row>> | undefined;
  const store = known ?? createStore<Row>(database, table);
  ofDatabase.set(table.name, store);
  return store;
}

function createStore<Row extends ListedRow>(database: Database, { name: table, columns: kinds, order }: TableOf<Row>) {
  const columns = Object.keys(kinds) as (keyof Row & string)[];
  const placeOf = (row: Row): Place => ({ date: row[order], sid: row.sid });
  const list = columns.join(", ");
  const get = database
    .prepare<[string, string], unknown[]>(`SELECT ${list} FROM ${table} WHERE account_sid = ? AND sid = ?`)
    .raw();
  const insert = database.prepare<unknown[]>(
    `INSERT INTO ${table} (${list}) VALUES (${columns.map(() => "?").join(", ")})`,
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

  /** One statement for each combination of columns, direction and deletion. */
  function select(where: readonly string[], forward: boolean, deleted: boolean) {
    const key = [...where, forward, deleted].join();
    const known = statements.get(key);
    if (known !== undefined) return known;
    const [beyond, limit, direction] = forward ? ["<", ">=", "DESC"] : [">", "<=", "ASC"];
    const statement = database.prepare<[object], unknown[]>(
      `SELECT ${list} FROM ${table}
       WHERE ${where.map((column) => `${column} = @${column}`).join(" AND ")}
         AND (${order}, sid) ${beyond} (@date, @sid) AND ${order} ${limit} @end
         AND (date_deleted IS NULL${deleted ? " OR date_deleted > @deletedAfter" : ""})
       ORDER BY ${order} ${direction}, sid ${direction} LIMIT @limit`,
    );
    statements.set(key, statement.raw());
    return statement;
  }

  function read(selection: Selection<Row>, place: Place, forward: boolean, limit: number) {
    const { where, from = -ALWAYS, until = ALWAYS, deletedAfter } = selection;
    // One bound on each side, or the index is entered at the wrong one: the filter's own is a place like any other.
    const bound = { date: forward ? until + 1 : from, sid: "" };
    const { date, sid } = isBefore(bound, place) === forward ? bound : place;
    const statement = select(Object.keys(where), forward, deletedAfter !== undefined);
    return statement.all({ ...where, date, sid, end: forward ? from : until, deletedAfter, limit });
  }

  function find(accountSid: string, sid: string): Row | undefined {
    const values = get.get(accountSid, sid);
    return values && rowOf(values);
  }

  /** An object costs half as much here as in better-sqlite3. */
  function rowOf(values: unknown[]): Row {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < columns.length; index++) row[columns[index] as string] = values[index];
    return row as unknown as Row;
  }

  return {
    get: find,
    // By place and not by name, which takes half as long again.
    insert: (row: Row): void => void insert.run(columns.map((column) => row[column])),
    softDelete: (accountSid: string, sid: string, at: number): void => void softDelete.run(at, accountSid, sid),
    update: (row: Row): void => void update.run(row),
    hardDelete: (accountSid: string, sid: string): void => void hardDelete.run(accountSid, sid),
    /** An account's first rows after a SID, deleted ones included, in the order of their SIDs. */
    after: (accountSid: string, sid: string, limit: number): Row[] => after.all(accountSid, sid, limit).map(rowOf),
    count: (): number => count.get() as number,
    /** Removes rows that were soft-deleted at `until` or before. */
    purge: (until: number): void => void purge.run(until),

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
      // With no row before the token, the first page follows.
      const last = rows.at(-1);
      return { rows, more: read(selection, last ? placeOf(last) : START, true, 1).length > 0 };
    },
  };
}
