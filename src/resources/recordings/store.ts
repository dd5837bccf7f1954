import type { Database } from "../../state/database.js";
import type { RecordingRow } from "../../state/rows.js";

const COLUMNS = [
  "account_sid",
  "sid",
  "call_sid",
  "conference_sid",
  "date_created",
  "date_updated",
  "start_time",
  "duration",
  "price",
  "price_unit",
  "status",
  "channels",
  "source",
  "error_code",
  "encryption_public_key_sid",
  "encryption_cek",
  "encryption_iv",
  "external_media_url",
  "date_deleted",
] as const satisfies (keyof RecordingRow)[];

export function recordingStore(database: Database) {
  const get = database.prepare<[string, string], RecordingRow>(
    `SELECT ${COLUMNS.join(", ")} FROM recordings WHERE account_sid = ? AND sid = ?`,
  );
  const insert = database.prepare<[RecordingRow]>(
    `INSERT INTO recordings (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map((column) => `@${column}`).join(", ")})`,
  );
  const markDeleted = database.prepare<[number, string, string]>(
    "UPDATE recordings SET status = 'deleted', date_deleted = ? WHERE account_sid = ? AND sid = ?",
  );
  const purge = database.prepare<[number]>("DELETE FROM recordings WHERE date_deleted <= ?");
  const clear = database.prepare("DELETE FROM recordings");
  return {
    get: (accountSid: string, sid: string): RecordingRow | undefined => get.get(accountSid, sid),
    insert: (row: RecordingRow): void => void insert.run(row),
    markDeleted: (accountSid: string, sid: string, at: number): void => void markDeleted.run(at, accountSid, sid),
    /** Removes what was deleted at `until` or before. */
    purge: (until: number): void => void purge.run(until),
    clear: (): void => void clear.run(),
  };
}
