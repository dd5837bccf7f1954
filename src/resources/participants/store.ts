import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type ParticipantRow, participants } from "./table.js";

export function participantStore(database: Database) {
  return collectionStore<ParticipantRow>(database, participants);
}
