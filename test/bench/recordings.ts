import { join } from "node:path";
import Database from "better-sqlite3";
import { ACCOUNT, pathOf } from "../support/emulator.js";

/** The maximum of distinct recordings per load. */
const MOST = 1000;
const PAGE_SIZE = 50;

/**
 * The paths of the main account's recordings with this status, from all over the database.
 *
 * @param folder - must not be in use by an emulator, which locks the file.
 */
export function readPaths(folder: string, status: "completed" | "deleted"): string[] {
  const database = openDatabase(folder);
  // Sorted by their last digits, recordings are spread over the table and its index.
  const sids = database
    .prepare<[string, string, number], string>(
      "SELECT sid FROM recordings WHERE account_sid = ? AND status = ? ORDER BY substr(sid, 20) LIMIT ?",
    )
    .pluck()
    .all(ACCOUNT, status, MOST);
  database.close();
  return sids.map((sid) => pathOf(sid));
}

/** Not read-only: such a connection leaves a log, and the next start would then check the whole file. */
function openDatabase(folder: string): Database.Database {
  return new Database(join(folder, "emulator.db"), { fileMustExist: true });
}

/** Returns the paths of the first page of the main account's list and of its page 1,000, or the last page. */
export function readListPaths(folder: string): { first: string; deep: string } {
  const database = openDatabase(folder);
  const sids = database
    .prepare<[string], string>(
      `SELECT sid FROM recordings WHERE account_sid = ? AND status <> 'deleted'
       ORDER BY date_created DESC, sid LIMIT ${PAGE_SIZE * 1000}`,
    )
    .pluck()
    .all(ACCOUNT);
  database.close();
  const list = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?PageSize=${PAGE_SIZE}`;
  const page = Math.floor((sids.length - 1) / PAGE_SIZE);
  return { first: list, deep: `${list}&Page=${page}&PageToken=PA${sids[page * PAGE_SIZE - 1]}` };
}
