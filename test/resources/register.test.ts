import Database from "better-sqlite3";
import t from "tap";
import { TABLES } from "../../src/resources/register.js";
import { openDatabase } from "../../src/state/database.js";
import { MIGRATIONS } from "../../src/state/schema.js";

/** Returns the schema as SQLite reports it, sorted independently of the statements that created it. */
function schemaOf(database: Database.Database) {
  const objects = database
    .prepare<[], { type: string; name: string; sql: string }>(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name",
    )
    .all();
  return Object.fromEntries(
    objects.map(({ type, name, sql }) => {
      const text = sql.replace(/\s+/g, " ");
      if (type === "index") return [name, { text, columns: database.pragma(`index_xinfo(${name})`) }];
      const foreignKeys = (database.pragma(`foreign_key_list(${name})`) as { id: number }[]).map(({ id: _, ...key }) =>
        JSON.stringify(key),
      );
      return [
        name,
        {
          columns: database.pragma(`table_xinfo(${name})`),
          options: database.pragma(`table_list(${name})`),
          foreignKeys: foreignKeys.sort(),
          checks: text.match(/CHECK \((?:[^()]|\([^()]*\))*\)/g),
          isDeferred: text.includes("DEFERRABLE INITIALLY DEFERRED"),
        },
      ];
    }),
  );
}

t.test("all migrations from version 0: schema of a new database", async (t) => {
  const fresh = openDatabase(":memory:", TABLES);
  const migrated = new Database(":memory:");
  t.teardown(() => {
    fresh.close();
    migrated.close();
  });
  for (const migration of MIGRATIONS) migrated.exec(migration);
  t.strictSame(schemaOf(fresh), schemaOf(migrated));
});

t.test("every table except the internal ones: in the register", async (t) => {
  const migrated = new Database(":memory:");
  t.teardown(() => migrated.close());
  for (const migration of MIGRATIONS) migrated.exec(migration);
  const names = migrated
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  const own = ["changes", "created_accounts", "seeding", "snapshot_rows", "snapshots"];
  t.strictSame(names.sort(), [...TABLES.map(({ name }) => name), ...own].sort());
});

t.test("order of the register: each table after the tables that it references", async (t) => {
  for (const [index, { name, foreignKeys = [] }] of TABLES.entries()) {
    const before = TABLES.slice(0, index + 1).map((table) => table.name);
    for (const { table } of foreignKeys) t.ok(before.includes(table), `${name} references ${table}`);
  }
});
