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
/** Bytes: about what SQLite writes to the log before it copies it to the database by itself. */
const MAX_LOG_SIZE = 4 * 1024 * 1024;

/**
 * Opens the database and brings it to the current schema. The file is locked against other processes until it is closed
 * or the process ends, however it ends.
 *
 * Every answered write survives a `kill -9`: WAL commits reach the operating system before the call returns. They may
 * be lost with the machine's power, which `synchronous = NORMAL` accepts for half the cost of a write.
 *
 * @param location - path of the file, or `:memory:`.
 * @param tables - of the resources, parents first: a new database gets these. They equal what the migrations result in.
 * @throws StartupError, with the file untouched, if it is corrupt, another program's, of a newer schema, in use, or
 * cannot be written.
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

/**
 * Runs `work`, which writes many rows, as one transaction. Nothing else may use the database meanwhile.
 */
export async function inBulk(database: Database.Database, work: () => Promise<void>): Promise<void> {
  await withLargeCache(database, async () => {
    database.exec("BEGIN IMMEDIATE");
    try {
      await work();
      database.exec("COMMIT");
      // The log has grown by all that was written, and would keep its size.
      database.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      // SQLite may have done so itself, on a full disk for instance (sqlite.org/lang_transaction.html).
      if (database.inTransaction) database.exec("ROLLBACK");
      throw error;
    }
  });
}

/** Runs `work`, which writes many rows in random order: they would evict each other from a small cache. */
export async function withLargeCache(database: Database.Database, work: () => Promise<void>): Promise<void> {
  const cache = database.pragma("cache_size", { simple: true });
  // A negative number is in KiB: 256 MiB.
  database.pragma("cache_size = -262144");
  try {
    await work();
  } finally {
    database.pragma(`cache_size = ${cache}`);
  }
}

/**
 * Runs `work`, which adds very many rows, without indexes, and builds them afterwards, row by row in their order: in half
 * the time. Only within `inBulk`, which brings them back if `work` fails.
 */
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
    // SqliteError and what the module finds wrong with its arguments come from a module that has loaded.
    if (code !== "ERR_DLOPEN_FAILED" && code !== "MODULE_NOT_FOUND") throw error;
    throw new StartupError(
      [
        `the native module of better-sqlite3 does not load on ${process.platform} ${process.arch} with Node.js ` +
          `${process.versions.node} (${message.split("\n")[0]}): install the emulator again on this machine; there are ` +
          "binaries for Linux (glibc, musl), macOS and Windows on x64 and arm64",
      ],
      { cause: error },
    );
  }
}

/** The database has auth tokens. Its log takes its mode (sqlite.org/src/file/src/os_unix.c, findCreateFileMode). */
function createPrivately(location: string): void {
  closeSync(openSync(location, "a", 0o600));
}

function lockAndMigrate(database: Database.Database, location: string, tables: readonly Table[]): Database.Database {
  // Before the first access, so that the lock is the file's own and no -shm file is needed (sqlite.org/wal.html#noshm).
  database.pragma("locking_mode = EXCLUSIVE");
  const damage = isToBeChecked(location) ? database.pragma("quick_check(1)", { simple: true }) : "ok";
  if (damage !== "ok") throw corrupt(location, String(damage));
  // Before WAL, so that the header of the file itself, not only its log, has the application ID.
  migrate(database, tables);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  // A log that an import or a snapshot has made larger is cut to this size by a later commit (sqlite.org/pragma.html).
  database.pragma(`journal_size_limit = ${MAX_LOG_SIZE}`);
  return database;
}

/**
 * Whether the whole file is read for damage: if it is small, or the last emulator did not close it. A large one that was
 * closed well would cost every start seconds; what is wrong with it shows when it is read.
 */
function isToBeChecked(location: string): boolean {
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

/**
 * Reads the file's header (sqlite.org/fileformat.html#the_database_header) by hand, because SQLite itself may write to a
 * file by opening it.
 */
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
  if (header.toString("latin1", 0, 16) !== "SQLite format 3\0") throw corrupt(location, "it is not a SQLite database");
  // A log that an emulator left behind when it was killed may still have to give the file its full length.
  const [pageSize, pages] = [header.readUInt16BE(16), header.readUInt32BE(28)];
  const whole = pageSize > 0 && pages * pageSize <= size;
  if (!whole && !existsSync(`${location}-wal`)) throw corrupt(location, "it is cut short");
  if (header.readInt32BE(68) !== APPLICATION_ID) {
    throw new StartupError([`the database ${location} belongs to another program: choose another folder with --data`]);
  }
  refuseNewerVersion(header.readInt32BE(60), location);
}

function refuseNewerVersion(version: number, location: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new StartupError([
    `the database ${location} has schema version ${version}, and this emulator knows versions up to ${MIGRATIONS.length}: ` +
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

/**
 * Returns an error of the database that ends a start as a line for the user, any other as it is.
 *
 * @param error - thrown while rows were written.
 */
export function explainWriting(error: unknown, { name }: Database.Database): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const remedy = error.code === "SQLITE_FULL" ? ": free some space, or choose another folder with --data" : "";
  return new StartupError([`the database ${name} cannot be written (${error.message})${remedy}`], { cause: error });
}

const DENIED = ["EACCES", "EPERM", "EROFS", "SQLITE_CANTOPEN", "SQLITE_READONLY"];

/** What to do about missing rights: whose process this is, and whose the folder and the file are. */
function remedyFor(code: string, location: string): string {
  if (!DENIED.some((denied) => code.startsWith(denied))) return "";
  const paths = [nearestFolder(dirname(location)), ...(existsSync(location) ? [location] : [])];
  const owners = paths.map((path) => {
    const { uid, gid, mode } = statSync(path);
    return `${path} belongs to ${uid}:${gid} with mode ${(mode & 0o7777).toString(8).padStart(4, "0")}`;
  });
  return (
    `: this process runs as ${process.geteuid?.()}:${process.getegid?.()}; ${owners.join("; ")}. ` +
    "Give that user the right to write there, run as another, or choose --data :memory: or another folder"
  );
}

/** Returns the folder, or its nearest ancestor that exists. */
function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}
