import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import t, { type Test } from "tap";
import { TABLES } from "../../src/resources/register.js";
import { changeStore } from "../../src/state/change-store.js";
import { explainWriting, inBulk, openDatabase } from "../../src/state/database.js";
import { APPLICATION_ID, MIGRATIONS } from "../../src/state/schema.js";
import { StartupError } from "../../src/state/startup-error.js";

/** Returns the message of the StartupError, and checks that the file is unchanged. */
function faultOf(t: Test, file: string): string {
  const before = existsSync(file) ? readFileSync(file) : undefined;
  try {
    openDatabase(file, TABLES).close();
  } catch (error) {
    t.ok(error instanceof StartupError);
    if (before !== undefined) t.ok(before.equals(readFileSync(file)), "file unchanged");
    return (error as StartupError).messages.join("\n");
  }
  return "";
}

t.test("new file in a missing folder: folder created, WAL, foreign keys, schema version", async (t) => {
  const file = join(t.testdir(), "deep", "er", "emulator.db");
  const database = openDatabase(file, TABLES);
  t.teardown(() => database.close());
  t.equal(database.pragma("journal_mode", { simple: true }), "wal");
  t.equal(database.pragma("foreign_keys", { simple: true }), 1);
  t.equal(database.pragma("user_version", { simple: true }), MIGRATIONS.length);
});

t.test("opened again: rows kept", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const first = openDatabase(file, TABLES);
  first.exec("INSERT INTO accounts VALUES ('AC', 'token', 'name', NULL, 0, 0)");
  first.close();
  const second = openDatabase(file, TABLES);
  t.teardown(() => second.close());
  t.equal(second.prepare("SELECT count(*) FROM accounts").pluck().get(), 1);
});

t.test("older schema version: accounts, in undo tables and snapshots too, get the dates of the seeding", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const older = new Database(file);
  for (const migration of MIGRATIONS.slice(0, 2)) older.exec(migration);
  older.pragma("user_version = 2");
  older.pragma(`application_id = ${APPLICATION_ID}`);
  const image = `'{"sid":"AC1","auth_token":"token","friendly_name":"before","owner_account_sid":null}'`;
  older.exec(`
    INSERT INTO seeding VALUES (1, 1000, '', 0, 1);
    INSERT INTO accounts VALUES ('AC1', 'token', 'now', NULL);
    INSERT INTO recordings (account_sid, sid, date_created, date_updated, status, source) VALUES ('AC1', 'RE1', 0, 0, 'completed', 'DialVerb');
    INSERT INTO changes VALUES ('AC1', 'accounts', 'AC1', ${image}), ('AC2', 'accounts', 'AC2', NULL);
    INSERT INTO snapshots VALUES ('', 'one', 0, '{}', '[]');
    INSERT INTO snapshot_rows VALUES ('', 'one', 'AC1', 'accounts', 'AC1', ${image});
  `);
  older.close();
  const database = openDatabase(file, TABLES);
  t.teardown(() => database.close());
  const accounts = () => database.prepare("SELECT friendly_name, date_created, date_updated FROM accounts").all();
  t.same(accounts(), [{ friendly_name: "now", date_created: 1000, date_updated: 1000 }]);
  const changes = changeStore(database, TABLES, () => {});
  changes.undo();
  t.same(accounts(), [{ friendly_name: "before", date_created: 1000, date_updated: 1000 }]);
  database.exec("UPDATE accounts SET date_created = 5");
  changes.apply("", "one", []);
  t.same(accounts(), [{ friendly_name: "before", date_created: 1000, date_updated: 1000 }]);
  t.same(database.prepare("SELECT sid, track FROM recordings").all(), [{ sid: "RE1", track: null }]);
});

t.test("empty file: new database", async (t) => {
  t.equal(faultOf(t, join(t.testdir({ "emulator.db": "" }), "new.db")), "");
  const file = join(t.testdir({ "emulator.db": "" }), "emulator.db");
  openDatabase(file, TABLES).close();
  t.ok(readFileSync(file).length > 0);
});

t.test(":memory:: new database", async (t) => {
  const database = openDatabase(":memory:", TABLES);
  t.teardown(() => database.close());
  t.equal(database.prepare("SELECT count(*) FROM recordings").pluck().get(), 0);
});

t.test("not a SQLite file: corrupt", async (t) => {
  const file = join(t.testdir({ "emulator.db": "hello, world" }), "emulator.db");
  t.match(faultOf(t, file), `the database ${file} is corrupt (not a SQLite database): restore it`);
});

t.test("truncated file: corrupt", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  openDatabase(file, TABLES).close();
  truncateSync(file, 8192);
  t.match(faultOf(t, file), /emulator\.db is corrupt \(.*\): restore it, or remove it to seed a new one$/);
});

t.test("damaged page: corrupt", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const database = openDatabase(file, TABLES);
  for (let i = 0; i < 500; i++)
    database.prepare("INSERT INTO accounts VALUES (?, 'token', 'name', NULL, 0, 0)").run(`AC${i}`);
  database.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, bytes.length - 3000);
  writeFileSync(file, bytes);
  t.match(faultOf(t, file), /emulator\.db is corrupt/);
});

t.test("damaged root page: corrupt", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  openDatabase(file, TABLES).close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 100, 300);
  writeFileSync(file, bytes);
  t.match(faultOf(t, file), /emulator\.db is corrupt \(/);
});

t.test("file shorter than a header: corrupt", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  openDatabase(file, TABLES).close();
  truncateSync(file, 16);
  t.match(faultOf(t, file), "is corrupt (truncated)");
});

t.test("large file, closed cleanly: opened without a full check", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const database = openDatabase(file, TABLES);
  // Free pages count as well.
  database.exec("CREATE TABLE ballast (x); INSERT INTO ballast VALUES (zeroblob(70000000)); DROP TABLE ballast");
  database.close();
  const bytes = readFileSync(file);
  t.ok(bytes.length > 64 * 1024 * 1024);
  openDatabase(file, TABLES).close();
  truncateSync(file, bytes.length - 4096);
  t.match(faultOf(t, file), "is corrupt (truncated)");
});

t.test("database of another program: StartupError", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const other = new Database(file);
  other.exec("CREATE TABLE theirs (x)");
  other.close();
  t.match(faultOf(t, file), `the database ${file} belongs to another program: choose another folder with --data`);
});

t.test("newer schema version, in the file or only in its log: StartupError", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const newer = openDatabase(file, TABLES);
  newer.pragma("user_version = 99");
  const log = readFileSync(`${file}-wal`);
  const main = readFileSync(file);
  newer.close();
  t.match(
    faultOf(t, file),
    `has schema version 99, and this emulator supports versions up to ${MIGRATIONS.length}: use a newer emulator`,
  );
  const killed = join(t.testdir({ other: {} }), "other", "emulator.db");
  writeFileSync(killed, main);
  writeFileSync(`${killed}-wal`, log);
  t.throws(() => openDatabase(killed, TABLES), /has schema version 99/);
});

t.test("file in use by another emulator: StartupError", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const first = openDatabase(file, TABLES);
  t.teardown(() => first.close());
  t.throws(() => openDatabase(file, TABLES), {
    message: `the database ${file} is in use by another process: stop it, or choose another folder with --data`,
  });
});

t.test("path that cannot be written: StartupError", async (t) => {
  const folder = t.testdir({ file: "" });
  t.match(faultOf(t, join(folder, "file", "emulator.db")), /emulator\.db cannot be opened for writing \(/);
  mkdirSync(join(folder, "emulator.db"));
  t.throws(
    () => openDatabase(join(folder, "emulator.db"), TABLES),
    /emulator\.db cannot be opened for writing \(EISDIR/,
  );
});

t.test("new file and its log, which contain auth tokens: mode 0600", async (t) => {
  const file = join(t.testdir(), "emulator.db");
  const database = openDatabase(file, TABLES);
  t.teardown(() => database.close());
  database.exec("INSERT INTO accounts VALUES ('AC', 'token', 'name', NULL, 0, 0)");
  for (const path of [file, `${file}-wal`]) t.equal(statSync(path).mode & 0o777, 0o600, path);
});

/** Runs `action` as an unprivileged user: the superuser may write anywhere. */
function asNobody(action: () => void): void {
  const superuser = process.geteuid?.() === 0;
  if (superuser) process.seteuid?.(65_534);
  try {
    action();
  } finally {
    if (superuser) process.seteuid?.(0);
  }
}

t.test("folder without write permission: StartupError with the user, the owner and a remedy", async (t) => {
  const folder = t.testdir({});
  chmodSync(folder, 0o555);
  const { uid, gid } = statSync(folder);
  asNobody(() => {
    const me = `${process.geteuid?.()}:${process.getegid?.()}`;
    const owned = `${folder} belongs to ${uid}:${gid} with mode 0555`;
    const remedy = "grant that user write access, run as another user, or choose --data :memory: or another folder";
    t.throws(() => openDatabase(join(folder, "emulator.db"), TABLES), {
      message: new RegExp(
        `emulator\\.db cannot be opened for writing \\(EACCES: .*\\): this process runs as ${me}; ${owned}; ${remedy}$`,
      ),
    });
    t.throws(() => openDatabase(join(folder, "new", "emulator.db"), TABLES), { message: new RegExp(owned) });
  });
  chmodSync(folder, 0o755);
});

t.test("file of another user: StartupError with its owner and mode", async (t) => {
  const folder = t.testdir({});
  const file = join(folder, "emulator.db");
  openDatabase(file, TABLES).close();
  const { uid, gid } = statSync(file);
  // Mode 0, as the test may run as the owner.
  chmodSync(file, 0);
  asNobody(() => {
    t.throws(() => openDatabase(file, TABLES), {
      message: new RegExp(`; ${file} belongs to ${uid}:${gid} with mode 0000; `),
    });
  });
});

t.test("native module that does not load: StartupError with the platform and a remedy", async (t) => {
  for (const [code, message] of [
    ["ERR_DLOPEN_FAILED", "libc.musl.so.1: cannot open shared object file"],
    ["MODULE_NOT_FOUND", "Cannot find module 'better_sqlite3.node'"],
  ]) {
    const { openDatabase: open } = await t.mockImport<typeof import("../../src/state/database.js")>(
      "../../src/state/database.js",
      {
        "better-sqlite3": class {
          constructor() {
            throw Object.assign(new Error(`${message}\nRequire stack:\n- x`), { code });
          }
        },
      },
    );
    t.throws(() => open(":memory:", TABLES), {
      name: "StartupError",
      message: `the native module of better-sqlite3 does not load on ${process.platform} ${process.arch} with Node.js ${process.versions.node} (${message}): reinstall the emulator on this machine; there are binaries for Linux (glibc, musl), macOS and Windows on x64 and arm64`,
    });
  }
});

t.test("other SQLite error while opening: thrown unchanged", async (t) => {
  const error = Object.assign(new Error("out of memory"), { code: "SQLITE_NOMEM" });
  const { openDatabase: open } = await t.mockImport<typeof import("../../src/state/database.js")>(
    "../../src/state/database.js",
    {
      "better-sqlite3": class {
        constructor() {
          throw error;
        }
      },
    },
  );
  t.throws(() => open(":memory:", TABLES), error);
});

t.test("bulk write", async (t) => {
  const database = openDatabase(":memory:", TABLES);
  t.teardown(() => database.close());
  const count = () => database.prepare("SELECT count(*) FROM accounts").pluck().get();
  const add = (sid: string, clause = "") =>
    database.exec(`INSERT ${clause} INTO accounts VALUES ('${sid}', 'token', 'name', NULL, 0, 0)`);
  t.test("error in the callback: rolled back", async (t) => {
    const work = async () => {
      add("AC1");
      throw new Error("stop");
    };
    await t.rejects(inBulk(database, work), { message: "stop" });
    t.equal(count(), 0);
  });
  t.test("transaction rolled back by SQLite: the error with its reason", async (t) => {
    const work = async () => {
      add("AC1");
      add("AC1", "OR ROLLBACK");
    };
    await t.rejects(inBulk(database, work), { message: "UNIQUE constraint failed: accounts.sid" });
    t.equal(count(), 0);
  });
  t.test("full disk: StartupError with a remedy", async (t) => {
    const pages = database.pragma("page_count", { simple: true });
    database.pragma(`max_page_count = ${pages}`);
    t.teardown(() => database.pragma("max_page_count = 1000000"));
    const work = async () => {
      for (let number = 0; number < 1000; number++) add(`AC${number}`);
    };
    const error = await inBulk(database, work).catch((error: unknown) => explainWriting(error, database));
    t.match(error, {
      name: "StartupError",
      message:
        "the database :memory: cannot be written (database or disk is full): free some space, or choose another folder with --data",
    });
    t.equal(count(), 0);
  });
  t.test("other SQLite error: StartupError without a remedy; any other error: unchanged", async (t) => {
    const fault = explainWriting(new Database.SqliteError("disk I/O error", "SQLITE_IOERR"), database);
    t.match(fault, { message: "the database :memory: cannot be written (disk I/O error)" });
    const other = new Error("other");
    t.equal(explainWriting(other, database), other);
  });
});
