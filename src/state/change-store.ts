import type { Database } from "./database.js";

export type ChangeStore = ReturnType<typeof changeStore>;

/** The tables whose rows tests change, parents before children. */
const RELATIONS = ["accounts", "keys", "recordings", "transcriptions", "add_on_results", "payloads"] as const;
/** Those of them that belong to an account. */
export const RESOURCES = ["recordings", "transcriptions", "add_on_results", "payloads"] as const;

interface Relation {
  name: string;
  columns: string[];
  /** The columns that a row is found by. */
  key: string[];
  /** The column with the SID of the account that a row belongs to. */
  account: "sid" | "account_sid";
}

/**
 * What has changed in the database since it was seeded: of each row that was added, changed or removed, the image that it
 * had then, as JSON, null if there was none. Undoing costs what the changes warrant, whatever the size of the database.
 *
 * An account that was created later counts as seeded when its creation is done.
 *
 * @param touched - is told of each change whose answers may tell of it: an account's, or all. If it throws, the change fails.
 */
export function changeStore(database: Database, touched: (account?: string) => void) {
  const relations = RELATIONS.map((name) => describe(database, name));
  const backwards = relations.toReversed();
  // Prepared when they are needed: most starts need none.
  const undoAll = once(() => applier(database, relations, "changes", "TRUE"));
  const undoAccount = once(() => applier(database, relations, "changes", "account_sid = @account"));
  const applySnapshot = once(() => applier(database, relations, "snapshot_rows", "scope = @scope AND name = @name"));
  const wipeAccount = once(() =>
    backwards.map(({ name, account }) => database.prepare(`DELETE FROM ${name} WHERE ${account} = ?`)),
  );
  const emptyAccount = once(() =>
    backwards
      .filter(({ name }) => isResource(name))
      .map(({ name }) => database.prepare(`DELETE FROM ${name} WHERE account_sid = ?`)),
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

  /** Grows when changes that were noted are forgotten. */
  let epoch = 0;

  /**
   * Removes an account with all that it has. One that was created leaves no change behind that undoing would bring back,
   * and no snapshot: what a snapshot holds is relative to the state that the account was created with.
   */
  function remove(account: string): void {
    epoch++;
    for (const statement of wipeAccount()) statement.run(account);
    disown(account);
  }

  /** Forgets that an account was created, what has changed of it, and its snapshots. */
  function disown(account: string): boolean {
    if (dropCreated().run(account).changes === 0) return false;
    forgetAccount().run(account);
    clearSnapshots().run(account);
    return true;
  }

  /** From now on, what the account has is what undoing returns to; undoing everything removes it. */
  function adopt(account: string): void {
    epoch++;
    forgetAccount().run(account);
    putCreated().run(account);
  }

  return {
    /** Notes every change of a row from now on. The triggers are this connection's own: seeding does without them. */
    watch(): void {
      database.pragma("temp_store = MEMORY");
      database.function("touched", (account) => touched((account as string | null) ?? undefined));
      for (const relation of relations) database.exec(triggersOf(relation));
      // Not undone by a reset, but as any change they must not be lost.
      for (const event of ["INSERT", "DELETE"]) {
        database.exec(
          `CREATE TEMP TRIGGER snapshots_${event} AFTER ${event} ON snapshots BEGIN SELECT touched(''); END`,
        );
      }
    },

    /** Undoes all changes, or those of an account. */
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

    /** Removes all resources of an account; it stays itself, with its keys. */
    empty(account: string): void {
      for (const statement of emptyAccount()) statement.run(account);
    },

    adopt,

    /** Adopts an account, unless it was seeded or adopted before. */
    adoptIfNew(account: string): void {
      if (isNew().get(account, account) === 1) adopt(account);
    },

    /** Removes an account with all that it has; undoing brings it back if it was seeded. */
    remove,

    /** Forgets what changed and what was saved: for a database that is being seeded. */
    forget(): void {
      for (const table of ["changes", "created_accounts", "snapshots"]) database.exec(`DELETE FROM ${table}`);
    },

    epoch: (): number => epoch,

    disown,

    createdAccounts: (): string[] => listCreated().all(),

    /** Copies the rows that have changed, and all of accounts that were created, to those of a snapshot. */
    copyTo(scope: string, name: string): void {
      for (const relation of relations) database.prepare(copyOf(relation, scope)).run({ scope, name });
    },

    /** Brings the rows of a snapshot back; what it is applied to must be undone before. */
    apply(scope: string, name: string, created: readonly string[]): void {
      applySnapshot()({ scope, name });
      for (const sid of created) adopt(sid);
    },
  };
}

function isResource(name: string): boolean {
  return (RESOURCES as readonly string[]).includes(name);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function describe(database: Database, name: string): Relation {
  const columns = database.pragma(`table_info(${name})`) as { name: string; pk: number }[];
  return {
    name,
    columns: columns.map((column) => column.name),
    key: columns.filter(({ pk }) => pk > 0).map((column) => column.name),
    account: name === "accounts" ? "sid" : "account_sid",
  };
}

/** A row as JSON. */
export function imageOf(row: string, columns: readonly string[]): string {
  return `json_object(${columns.map((column) => `'${column}', ${row}.${column}`).join(", ")})`;
}

function triggersOf({ name, columns, account }: Relation): string {
  // Not INSERT OR IGNORE: inside a trigger, the conflict clause of the statement that fires it counts instead
  // (sqlite.org/lang_createtrigger.html).
  const note = (row: "new" | "old", image: string) =>
    `INSERT INTO changes (account_sid, relation, sid, image)
     SELECT ${row}.${account}, '${name}', ${row}.sid, ${image} WHERE NOT EXISTS
       (SELECT 1 FROM changes WHERE account_sid = ${row}.${account} AND relation = '${name}' AND sid = ${row}.sid);`;
  // Whom an account or a key lets in, other accounts' answers tell as well.
  const touch = (row: "new" | "old") => `SELECT touched(${isResource(name) ? `${row}.account_sid` : "NULL"});`;
  const image = imageOf("old", columns);
  return [
    ["INSERT", touch("new") + note("new", "NULL")],
    ["UPDATE", touch("old") + note("old", image)],
    ["DELETE", touch("old") + note("old", image)],
  ]
    .map(([event, body]) => `CREATE TEMP TRIGGER ${name}_${event} AFTER ${event} ON ${name} BEGIN ${body} END;`)
    .join("\n");
}

/**
 * Gives rows the images that a table holds of them: first removes those without, children first, so that no removal takes
 * away what was just brought back.
 */
function applier(database: Database, relations: readonly Relation[], source: string, where: string) {
  const removals = relations.toReversed().map(({ name, account }) =>
    database.prepare<[object]>(
      `DELETE FROM ${name} WHERE (${account}, sid) IN
         (SELECT account_sid, sid FROM ${source} WHERE relation = '${name}' AND image IS NULL AND ${where})`,
    ),
  );
  const returns = relations.map(({ name, columns, key }) =>
    database.prepare<[object]>(
      `INSERT INTO ${name} (${columns.join(", ")})
       SELECT ${columns.map((column) => `json_extract(image, '$.${column}')`).join(", ")}
       FROM ${source} WHERE relation = '${name}' AND image IS NOT NULL AND ${where}
       ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    ),
  );
  return (parameters: object) => {
    for (const statement of [...removals, ...returns]) statement.run(parameters);
  };
}

function copyOf({ name, columns, account }: Relation, scope: string): string {
  const image = imageOf("current", columns);
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
