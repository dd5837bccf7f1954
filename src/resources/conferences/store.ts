import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type ConferenceRow, conferences } from "./table.js";

export function conferenceStore(database: Database) {
  return collectionStore<ConferenceRow>(database, conferences);
}
