import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { makeFolder } from "./folder.js";
import { OWN_TABLES } from "./own-tables.js";
import { APPLICATION_ID, MIGRATIONS } from "./schema.js";
import { StartupError } from "./startup-error.js";
import { ddlOf, type Table } from "./table.js";

export type { Database } from "better-sqlite3";

const MAX_CHECKED_SIZE = 64 * 1024 * 1024;
/** Bytes; about the size at which SQLite checkpoints the log automatically. */
const MAX_LOG_SIZE = 4 * 1024 * 1024;

/**
 * Opens the database and migrates it to the current schema. Locks the file until it is closed or the process ends.
 *
 * Acknowledged writes survive `kill -9`: WAL commits reach the operating system before the call returns. A power failure
 * may lose them, which `synchronous = NORMAL` accepts for half the cost of a write.
 *
 * @param location - path of the file, or `:memory:`.
 * @param tables - of the resources, parents first. A new database gets these; they equal the result of the migrations.
 * @throws StartupError, with the file untouched, if the file is corrupt, another program's, of a newer schema, in use or
 * not writable.
 */
export function openDatabase(location: string, tables: readonly Table[]): Database.Database {
  if (location === ":memory:") return migrate(open(location), tables);
  try {
    makeFolder(dirname(location));
    if (existsSync(location)) refuseForeignFile(location);
    else createPrivately(location);
    const database = open(location);
    try {
      return lockAndMigrate(database, location, tables);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw explain(error, location);
  }
}

/** Returns `work` as one transaction, with its own type: that of better-sqlite3 cannot be exported. */
export function atomic<Args extends unknown[], Result>(
  database: Database.Database,
  work: (...args: Args) => Result,
): (...args: Args) => Result {
  return database.transaction(work);
}

/** Runs `work`, which writes many rows, in one transaction. No other code may use the database meanwhile. */
export async function inBulk(database: Database.Database, work: () => Promise<void>): Promise<void> {
  await withLargeCache(database, async () => {
    database.exec("BEGIN IMMEDIATE");
    try {
      await work();
      database.exec("COMMIT");
      // Otherwise the log would keep the size of the whole transaction.
      database.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // SQLite itself may have rolled back, for example on a full disk (sqlite.org/lang_transaction.html).
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}

/** Runs `work` with a large cache: many rows in random order evict each other from a small one. */
export async function withLargeCache(database: Database.Database, work: () => Promise<void>): Promise<void> {
  const cache = database.pragma("cache_size", { simple: true });
  // Negative numbers are KiB: 256 MiB.
  database.pragma("cache_size = -262144");
  try {
    await work();
  } finally {
    database.pragma(`cache_size = ${cache}`);
  }
}

/** Rebuilds indexes after `work`: twice as fast for very many rows. Only within `inBulk`, which restores them on errors. */
export async function withoutIndexes(database: Database.Database, work: () => Promise<void>): Promise<void> {
  const indexes = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
    )
    .all();
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  await work();
  for (const { sql } of indexes) database.exec(sql);
}

/** @throws StartupError if the native module does not load. */
function open(location: string): Database.Database {
  try {
    return new Database(location, { timeout: 0 });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Other errors come from the loaded module.
    if (code !== "ERR_DLOPEN_FAILED" && code !== "MODULE_NOT_FOUND") throw error;
    throw new StartupError(
      [
        `the native module of better-sqlite3 does not load on ${process.platform} ${process.arch} with Node.js ` +
          `${process.versions.node} (${message.split("\n")[0]}): reinstall the emulator on this machine; there are ` +
          "binaries for Linux (glibc, musl), macOS and Windows on x64 and arm64",
      ],
      { cause: error },
    );
  }
}

/** The database contains auth tokens. Its log gets its mode (sqlite.org/src/file/src/os_unix.c, findCreateFileMode). */
function createPrivately(location: string): void {
  closeSync(openSync(location, "a", 0o600));
}

function lockAndMigrate(database: Database.Database, location: string, tables: readonly Table[]): Database.Database {
  // Before the first access, so that SQLite locks the file itself and needs no -shm file (sqlite.org/wal.html#noshm).
  database.pragma("locking_mode = EXCLUSIVE");
  const damage = needsCheck(location) ? database.pragma("quick_check(1)", { simple: true }) : "ok";
  if (damage !== "ok") throw corrupt(location, String(damage));
  // Before WAL mode, so that the file's own header, not only the log, contains the application ID.
  migrate(database, tables);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  // A later commit truncates a log that an import or a snapshot enlarged (sqlite.org/pragma.html).
  database.pragma(`journal_size_limit = ${MAX_LOG_SIZE}`);
  return database;
}

/** Only small files, and files that were not closed: the full check of a large file takes seconds. */
function needsCheck(location: string): boolean {
  return statSync(location).size < MAX_CHECKED_SIZE || existsSync(`${location}-wal`);
}

function migrate(database: Database.Database, tables: readonly Table[]): Database.Database {
  database.pragma("foreign_keys = ON");
  database
    .transaction(() => {
      const version = database.pragma("user_version", { simple: true }) as number;
      refuseNewerVersion(version, database.name);
      if (version === MIGRATIONS.length) return;
      if (version === 0) for (const sql of [...tables.map((table) => ddlOf(table)), OWN_TABLES]) database.exec(sql);
      else for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
      database.pragma(`user_version = ${MIGRATIONS.length}`);
      database.pragma(`application_id = ${APPLICATION_ID}`);
    })
    .immediate();
  return database;
}

/** Reads the header (sqlite.org/fileformat.html#the_database_header) itself, as SQLite may write to a file that it opens. */
function refuseForeignFile(location: string): void {
  const header = Buffer.alloc(100);
  const file = openSync(location, "r");
  const { size } = fstatSync(file);
  try {
    // An empty file is a new database.
    if (size === 0) return;
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0") throw corrupt(location, "not a SQLite database");
  // The log of a killed emulator may contain the missing pages.
  const [pageSize, pages] = [header.readUInt16BE(16), header.readUInt32BE(28)];
  const isComplete = pageSize > 0 && pages * pageSize <= size;
  if (!isComplete && !existsSync(`${location}-wal`)) throw corrupt(location, "truncated");
  if (header.readInt32BE(68) !== APPLICATION_ID) {
    throw new StartupError([`the database ${location} belongs to another program: choose another folder with --data`]);
  }
  refuseNewerVersion(header.readInt32BE(60), location);
}

function refuseNewerVersion(version: number, location: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new StartupError([
    `the database ${location} has schema version ${version}, and this emulator supports versions up to ${MIGRATIONS.length}: ` +
      "use a newer emulator, or another folder with --data",
  ]);
}

function corrupt(location: string, detail: string): StartupError {
  return new StartupError([
    `the database ${location} is corrupt (${detail.replaceAll("\n", " ")}): restore it, or remove it to seed a new one`,
  ]);
}

function explain(error: unknown, location: string): unknown {
  if (error instanceof StartupError || !(error instanceof Error)) return error;
  const code = String((error as NodeJS.ErrnoException).code);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) {
    return new StartupError([
      `the database ${location} is in use by another process: stop it, or choose another folder with --data`,
    ]);
  }
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") return corrupt(location, error.message);
  return new StartupError(
    [`the database ${location} cannot be opened for writing (${error.message})${remedyFor(code, location)}`],
    { cause: error },
  );
}

/** Converts an SqliteError to a StartupError; returns any other error unchanged. */
export function explainWriting(error: unknown, { name }: Database.Database): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const remedy = error.code === "SQLITE_FULL" ? ": free some space, or choose another folder with --data" : "";
  return new StartupError([`the database ${name} cannot be written (${error.message})${remedy}`], { cause: error });
}

const DENIED = ["EACCES", "EPERM", "EROFS", "SQLITE_CANTOPEN", "SQLITE_READONLY"];

/** Returns a remedy for missing permissions: the user of the process, and the owners of the folder and the file. */
function remedyFor(code: string, location: string): string {
  if (!DENIED.some((denied) => code.startsWith(denied))) return "";
  const paths = [nearestFolder(dirname(location)), ...(existsSync(location) ? [location] : [])];
  const owners = paths.map((path) => {
    const { uid, gid, mode } = statSync(path);
    return `${path} belongs to ${uid}:${gid} with mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
  });
  return (
    `: this process runs as ${process.geteuid?.()}:${process.getegid?.()}; ${owners.join("; ")}; ` +
    "grant that user write access, run as another user, or choose --data :memory: or another folder"
  );
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}
