import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type RecordingRow, recordings } from "./table.js";

export type RecordingStore = ReturnType<typeof recordingStore>;

/** Overrides `softDelete`, which also sets the status. */
export function recordingStore(database: Database) {
  const softDelete = database.prepare<[number, string, string]>(
    "UPDATE recordings SET status = 'deleted', date_deleted = ? WHERE account_sid = ? AND sid = ?",
  );
  const nextDeleted = database
    .prepare<[number], number | null>("SELECT min(date_deleted) FROM recordings WHERE date_deleted > ?")
    .pluck();
  return {
    ...collectionStore<RecordingRow>(database, recordings),
    /** Returns the first date_deleted after this time, in any account; Infinity if there is none. */
    nextDeleted: (after: number): number => nextDeleted.get(after) ?? Number.POSITIVE_INFINITY,
    softDelete: (accountSid: string, sid: string, at: number): void => void softDelete.run(at, accountSid, sid),
  };
}
