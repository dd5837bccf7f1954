import { join } from "node:path";
import Database from "better-sqlite3";
import { ACCOUNT, pathOf } from "../support/emulator.js";

/** How many different recordings a load asks for at most. */
const MOST = 1000;

/**
 * The paths of the main account's recordings with this status, from all over the database.
 *
 * @param folder - of a database that no emulator has open: it locks the file.
 */
export function readPaths(folder: string, status: "completed" | "deleted"): string[] {
  const database = new Database(join(folder, "emulator.db"), { readonly: true });
  // In the order of their last digits, recordings lie apart in the table and in its index.
  const sids = database
    .prepare<[string, string, number], string>(
      "SELECT sid FROM recordings WHERE account_sid = ? AND status = ? ORDER BY substr(sid, 20) LIMIT ?",
    )
    .pluck()
    .all(ACCOUNT, status, MOST);
  database.close();
  return sids.map((sid) => pathOf(sid));
}
