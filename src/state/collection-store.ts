import type { Statement } from "better-sqlite3";
import type { Database } from "./database.js";
import type { ListedRow } from "./rows.js";

/** Which rows of a collection a list shows. */
export interface Selection<Row> {
  /** Columns that must have these values; an account's sid at least. */
  where: Partial<Row> & Pick<ListedRow, "account_sid">;
  /** First and last date_created that counts, in milliseconds since the Unix epoch. */
  from?: number;
  until?: number;
  /** Deleted rows count as well, if they were deleted after this time. */
  deletedAfter?: number;
}

/** Which page of them. */
export interface PageSelection {
  /** Most rows of the page. */
  size: number;
  /** Rows to leave out first; only without a token. */
  skip: number;
  /** The row that the page follows or precedes. */
  token?: { direction: "after" | "before"; sid: string } | undefined;
}

/** A page, newest row first. */
export interface Page<Row> {
  rows: Row[];
  /** Whether rows follow. */
  more: boolean;
}

export type CollectionStore<Row extends ListedRow> = ReturnType<typeof collectionStore<Row>>;

// Beyond every time that a date can have (ECMA-262, 21.4.1.1).
const ALWAYS = 8.64e15 + 1;

/**
 * The rows of one table. Pages are read by keyset, along an index that ends in (date_created DESC, sid): a page costs
 * the same at any depth, and a row that is added or deleted shifts no other.
 */
export function collectionStore<Row extends ListedRow>(
  database: Database,
  table: string,
  columns: readonly (keyof Row & string)[],
) {
  const list = columns.join(", ");
  const get = database
    .prepare<[string, string], unknown[]>(`SELECT ${list} FROM ${table} WHERE account_sid = ? AND sid = ?`)
    .raw();
  const insert = database.prepare<[Row]>(
    `INSERT INTO ${table} (${list}) VALUES (${columns.map((column) => `@${column}`).join(", ")})`,
  );
  const markDeleted = database.prepare<[number, string, string]>(
    `UPDATE ${table} SET date_deleted = ? WHERE account_sid = ? AND sid = ?`,
  );
  const purge = database.prepare<[number]>(`DELETE FROM ${table} WHERE date_deleted <= ?`);
  const clear = database.prepare(`DELETE FROM ${table}`);
  const statements = new Map<string, Statement<[object], unknown[]>>();

  /** One statement for each combination of columns, direction and deletion. */
  function select(where: readonly string[], forward: boolean, deleted: boolean): Statement<[object], unknown[]> {
    const key = [...where, forward, deleted].join();
    const known = statements.get(key);
    if (known !== undefined) return known;
    const [beyond, order] = forward
      ? ["(date_created < @date OR sid > @sid)", "date_created DESC, sid"]
      : ["(date_created > @date OR sid < @sid)", "date_created, sid DESC"];
    const statement = database.prepare<[object], unknown[]>(
      `SELECT ${list} FROM ${table}
       WHERE ${where.map((column) => `${column} = @${column}`).join(" AND ")}
         AND date_created BETWEEN @from AND @until AND ${beyond}
         AND (date_deleted IS NULL${deleted ? " OR date_deleted > @deletedAfter" : ""})
       ORDER BY ${order} LIMIT @limit OFFSET @skip`,
    );
    statements.set(key, statement.raw());
    return statement;
  }

  function read(
    selection: Selection<Row>,
    anchor: Row | undefined,
    forward: boolean,
    limit: number,
    skip: number,
  ): Row[] {
    const { where, from = -ALWAYS, until = ALWAYS, deletedAfter } = selection;
    const date = anchor?.date_created ?? ALWAYS;
    const bounds = forward ? { from, until: Math.min(until, date) } : { from: Math.max(from, date), until };
    const statement = select(Object.keys(where), forward, deletedAfter !== undefined);
    return statement.all({ ...where, ...bounds, date, sid: anchor?.sid ?? "", deletedAfter, limit, skip }).map(rowOf);
  }

  function find(accountSid: string, sid: string): Row | undefined {
    const values = get.get(accountSid, sid);
    return values && rowOf(values);
  }

  /** Made here, a row costs half of what it does when the database makes it an object. */
  function rowOf(values: unknown[]): Row {
    const row: Record<string, unknown> = {};
    for (let index = 0; index < columns.length; index++) row[columns[index] as string] = values[index];
    return row as unknown as Row;
  }

  return {
    get: find,
    insert: (row: Row): void => void insert.run(row),
    markDeleted: (accountSid: string, sid: string, at: number): void => void markDeleted.run(at, accountSid, sid),
    /** Removes what was deleted at `until` or before. */
    purge: (until: number): void => void purge.run(until),
    clear: (): void => void clear.run(),

    /** @returns undefined if the token's row does not exist. */
    page(selection: Selection<Row>, { size, skip, token }: PageSelection): Page<Row> | undefined {
      const anchor = token && find(selection.where.account_sid, token.sid);
      if (token !== undefined && anchor === undefined) return undefined;
      if (token?.direction !== "before") {
        const rows = read(selection, anchor, true, size + 1, skip);
        return { rows: rows.slice(0, size), more: rows.length > size };
      }
      const rows = read(selection, anchor, false, size, 0).reverse();
      const last = rows.at(-1);
      return { rows, more: last !== undefined && read(selection, last, true, 1, 0).length > 0 };
    },
  };
}
