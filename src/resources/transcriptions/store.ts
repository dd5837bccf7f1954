import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type TranscriptionRow, transcriptions } from "./table.js";

export function transcriptionStore(database: Database) {
  return collectionStore<TranscriptionRow>(database, transcriptions);
}
