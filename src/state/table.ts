/** A column of a table. `Value` is the type of what a row has there. */
export interface Column<Value = unknown> {
  readonly type: "TEXT" | "INTEGER";
  readonly nullable: boolean;
  /** Only for columns that a migration added to rows that existed. */
  readonly default?: number;
  /** For the compiler only: no column has it at run time. */
  readonly valueType: Value;
}

export const text = column<string>("TEXT", false);
export const textOrNull = column<string | null>("TEXT", true);
export const integer = column<number>("INTEGER", false);
export const integerOrNull = column<number | null>("INTEGER", true);
/** Milliseconds since the Unix epoch. */
export const time = integer;
/** Milliseconds since the Unix epoch, or null. */
export const timeOrNull = integerOrNull;

/** Returns a column with one of these texts. */
export function oneOf<const Text extends string>(_texts: readonly Text[]): Column<Text> {
  return column<Text>("TEXT", false);
}

/** Returns a column with one of these texts, or null. */
export function oneOfOrNull<const Text extends string>(_texts: readonly Text[]): Column<Text | null> {
  return column<Text | null>("TEXT", true);
}

function column<Value>(type: Column["type"], nullable: boolean): Column<Value> {
  return { type, nullable } as Column<Value>;
}

type Columns = Readonly<Record<string, Column>>;

/** A table as the register states it: once. Its DDL, its column list and the type of its rows follow. */
export interface TableDefinition<C extends Columns = Columns> {
  readonly name: string;
  /** The capital letters that its SIDs start with. */
  readonly prefix: Uppercase<string>;
  /** One of its rows in an error message: `a recording`. */
  readonly noun: string;
  /** The list of a fixture file with its rows; left out for rows that are part of another's fixture. */
  readonly fixtureList?: string;
  /** In the order of the migrated schema. */
  readonly columns: C;
  readonly primaryKey: readonly (keyof C & string)[];
  readonly foreignKeys: readonly ForeignKey<keyof C & string>[];
  /** SQL expressions. */
  readonly checks?: readonly string[];
  /** By name: the columns, and `where` for a partial index. */
  readonly indexes: Readonly<Record<string, Index<keyof C & string>>>;
  /** The column that its lists are ordered by, newest first; left out for a table that is not listed. */
  readonly order?: keyof C & ("date_created" | "date_updated");
  readonly withoutRowid?: boolean;
}

interface ForeignKey<Name extends string> {
  readonly columns: readonly Name[];
  readonly table: string;
  readonly references: readonly string[];
  readonly onDelete?: "CASCADE";
  readonly deferred?: boolean;
}

interface Index<Name extends string> {
  readonly columns: readonly Name[];
  readonly where?: string;
}

/** A defined table. */
export type Table<C extends Columns = Columns> = TableDefinition<C> & {
  /** The column with the SID of the account that a row belongs to. */
  readonly account: "sid" | "account_sid";
};

/** The type of a table's rows. */
export type RowOf<T extends { readonly columns: Columns }> = {
  -readonly [Name in keyof T["columns"]]: T["columns"][Name]["valueType"];
};

/** The columns of every resource that is listed. */
export const LISTED_COLUMNS = {
  account_sid: text,
  sid: text,
  date_created: time,
  date_updated: time,
  date_deleted: timeOrNull,
} as const;

/** What the row of every listed resource has; a soft-deleted row stays for the retention. */
export type ListedRow = RowOf<{ columns: typeof LISTED_COLUMNS }>;

/** A table of resources that are listed, soft-deleted and purged. */
export type ListedTable<C extends typeof LISTED_COLUMNS & Columns = typeof LISTED_COLUMNS & Columns> = Table<C> & {
  readonly order: "date_created" | "date_updated";
};

/** Defines a table. */
export function defineTable<const C extends Columns, const D extends TableDefinition<C>>(
  definition: D & { readonly columns: C },
): D & Table<C> {
  return { ...definition, account: "account_sid" in definition.columns ? "account_sid" : "sid" };
}

/** Returns whether the rows of a table are resources that are listed. */
export function isListed(table: Table): table is ListedTable {
  return table.order !== undefined;
}

/** Returns the names of a table's columns, in their order. */
export function columnNames<C extends Columns>(table: Table<C>): (keyof C & string)[] {
  return Object.keys(table.columns);
}

/**
 * Returns the SQL that creates a table with its indexes.
 *
 * @param prefix - begins the names of the table and of its indexes. With one, the table has no foreign keys.
 */
export function ddlOf(table: Table, prefix = ""): string {
  const { name, primaryKey, foreignKeys, checks = [], indexes, withoutRowid } = table;
  const parts = [
    ...Object.entries(table.columns).map(([column, kind]) => columnDdl(column, kind, primaryKey)),
    ...(primaryKey.length > 1 ? [`PRIMARY KEY (${primaryKey.join(", ")})`] : []),
    ...(prefix === "" ? foreignKeys.map(foreignKeyDdl) : []),
    ...checks.map((check) => `CHECK (${check})`),
  ];
  const options = withoutRowid ? "STRICT, WITHOUT ROWID" : "STRICT";
  return [
    `CREATE TABLE ${prefix}${name} (${parts.join(", ")}) ${options};`,
    ...Object.entries(indexes).map(
      ([index, { columns, where }]) =>
        `CREATE INDEX ${prefix}${index} ON ${prefix}${name} (${columns.join(", ")})${where ? ` WHERE ${where}` : ""};`,
    ),
  ].join("\n");
}

function columnDdl(name: string, { type, nullable, default: value }: Column, key: readonly string[]): string {
  if (key.length === 1 && key[0] === name) return `${name} ${type} PRIMARY KEY`;
  return `${name} ${type}${nullable ? "" : " NOT NULL"}${value === undefined ? "" : ` DEFAULT ${value}`}`;
}

function foreignKeyDdl({ columns, table, references, onDelete, deferred }: ForeignKey<string>): string {
  const action = onDelete === undefined ? "" : ` ON DELETE ${onDelete}`;
  const when = deferred ? " DEFERRABLE INITIALLY DEFERRED" : "";
  return `FOREIGN KEY (${columns.join(", ")}) REFERENCES ${table} (${references.join(", ")})${action}${when}`;
}
