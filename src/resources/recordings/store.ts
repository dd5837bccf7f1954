import { collectionStore } from "../../state/collection-store.js";
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
  "track",
  "error_code",
  "encryption_public_key_sid",
  "encryption_cek",
  "encryption_iv",
  "external_media_url",
  "date_deleted",
] as const satisfies (keyof RecordingRow)[];

/** Recordings: what is deleted also changes its status. */
export function recordingStore(database: Database) {
  const softDelete = database.prepare<[number, string, string]>(
    "UPDATE recordings SET status = 'deleted', date_deleted = ? WHERE account_sid = ? AND sid = ?",
  );
  const nextDeleted = database
    .prepare<[number], number | null>("SELECT min(date_deleted) FROM recordings WHERE date_deleted > ?")
    .pluck();
  return {
    ...collectionStore<RecordingRow>(database, "recordings", COLUMNS),
    /** When the next recording after this time was deleted, in any account; Infinity if none was. */
    nextDeleted: (after: number): number => nextDeleted.get(after) ?? Number.POSITIVE_INFINITY,
    softDelete: (accountSid: string, sid: string, at: number): void => void softDelete.run(at, accountSid, sid),
  };
}
