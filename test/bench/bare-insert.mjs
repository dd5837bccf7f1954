import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";

// SQLite without the emulator: inserts generated rows in a loop, same tables and indexes, one transaction.
const CHUNK = 10_000;
const TABLES = ["accounts", "calls", "conferences", "recordings", "transcriptions", "add_on_results", "payloads"];
// Generated SIDs are in random order; the tables are in order of SID.
const ORDER = {
  calls: "ORDER BY date_created",
  conferences: "ORDER BY date_created",
  recordings: "ORDER BY call_sid",
};

const source = new Database(join(process.argv[2], "emulator.db"), { readonly: true });
const folder = mkdtempSync(join(tmpdir(), "bare-insert-"));
const target = new Database(join(folder, "bare.db"));
for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL", "cache_size = -262144"]) target.pragma(pragma);
for (const sql of source.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").pluck().all()) target.exec(sql);

let milliseconds = 0;
timed(() => target.exec("BEGIN"));
for (const table of TABLES) {
  const select = source.prepare(`SELECT * FROM ${table} ${ORDER[table] ?? ""}`).raw();
  const insert = target.prepare(`INSERT INTO ${table} VALUES (${select.columns().map(() => "?")})`);
  let rows = [];
  const insertRows = () =>
    timed(() => {
      for (const row of rows) insert.run(row);
    });
  for (const row of select.iterate()) {
    if (rows.push(row) < CHUNK) continue;
    insertRows();
    rows = [];
  }
  insertRows();
}
timed(() => target.exec("COMMIT"));
target.close();
rmSync(folder, { recursive: true });
process.stdout.write(`${milliseconds}\n`);

function timed(action) {
  const start = performance.now();
  action();
  milliseconds += performance.now() - start;
}
