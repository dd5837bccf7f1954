import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import type { TranscriptionRow } from "../../state/rows.js";

/** Transcriptions, of all recordings. */
export function transcriptionStore(database: Database) {
  return collectionStore<TranscriptionRow>(database, "transcriptions", [
    "account_sid",
    "sid",
    "recording_sid",
    "date_created",
    "date_updated",
    "duration",
    "price",
    "price_unit",
    "status",
    "transcription_text",
    "type",
    "date_deleted",
  ]);
}
