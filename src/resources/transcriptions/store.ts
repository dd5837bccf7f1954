import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import type { TranscriptionRow } from "../../state/rows.js";

const COLUMNS = [
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
] as const satisfies (keyof TranscriptionRow)[];

/** Transcriptions, of all recordings, in the order of their last change. */
export function transcriptionStore(database: Database) {
  return collectionStore<TranscriptionRow>(database, "transcriptions", COLUMNS, "date_updated");
}
