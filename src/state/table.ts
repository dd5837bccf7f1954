/** `Value` is the type of the column's values. */
export interface Column<Value = unknown> {
  readonly type: "TEXT" | "INTEGER";
  readonly nullable: boolean;
  /** Only for columns that a migration added to existing rows. */
  readonly default?: number;
  /** For the compiler only; absent at run time. */
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

/** Returns a text column. The texts only determine its type. */
export function oneOf<const Text extends string>(_texts: readonly Text[]): Column<Text> {
  return column<Text>("TEXT", false);
}

export function oneOfOrNull<const Text extends string>(_texts: readonly Text[]): Column<Text | null> {
  return column<Text | null>("TEXT", true);
}

function column<Value>(type: Column["type"], nullable: boolean): Column<Value> {
  return { type, nullable } as Column<Value>;
}

type Columns = Readonly<Record<string, Column>>;

/** The only definition of a table. Its DDL, its column list and the type of its rows are derived from it. */
export interface TableDefinition<C extends Columns = Columns> {
  readonly name: string;
  readonly prefix: Uppercase<string>;
  /** Names a row in error messages: `a recording`. */
  readonly noun: string;
  /** Its key in a fixture file; absent if its rows are part of another table's fixtures. */
  readonly fixtureList?: string;
  /** In the order of the migrated schema. */
  readonly columns: C;
  readonly primaryKey: readonly (keyof C & string)[];
  readonly foreignKeys: readonly ForeignKey<keyof C & string>[];
  /** SQL expressions. */
  readonly checks?: readonly string[];
  /** By name. `where` makes the index partial. */
  readonly indexes: Readonly<Record<string, Index<keyof C & string>>>;
  /** Lists are ordered by this column, newest first; absent for a table that is not listed. */
  readonly order?: keyof C & ("date_created" | "date_updated");
  readonly withoutRowid?: boolean;
  /** Returns the SID of a fixture without one, for resources that Twilio shows without a SID. */
  readonly impliedSid?: (fixture: Readonly<Record<string, unknown>>) => string;
  /** Its rows decide who is authenticated: they stay when an account is emptied, and invalidate the responses of all. */
  readonly grantsAccess?: true;
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

export type Table<C extends Columns = Columns> = TableDefinition<C> & {
  readonly account: "sid" | "account_sid";
};

export type RowOf<T extends { readonly columns: Columns }> = {
  -readonly [Name in keyof T["columns"]]: T["columns"][Name]["valueType"];
};

export const LISTED_COLUMNS = {
  account_sid: text,
  sid: text,
  date_created: time,
  date_updated: time,
  date_deleted: timeOrNull,
} as const;

/** A row of any listed resource. A soft-deleted row remains until its retention ends. */
export type ListedRow = RowOf<{ columns: typeof LISTED_COLUMNS }>;

export type ListedTable<C extends typeof LISTED_COLUMNS & Columns = typeof LISTED_COLUMNS & Columns> = Table<C> & {
  readonly order: "date_created" | "date_updated";
};

export function defineTable<const C extends Columns, const D extends TableDefinition<C>>(
  definition: D & { readonly columns: C },
): D & Table<C> {
  return { ...definition, account: "account_sid" in definition.columns ? "account_sid" : "sid" };
}

export function columnNames<C extends Columns>(table: Table<C>): (keyof C & string)[] {
  return Object.keys(table.columns);
}

/**
 * Returns the SQL that creates a table with its indexes.
 *
 * @param prefix - starts the names of the table and of its indexes. A table with a prefix has no foreign keys.
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
