import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type CallRow, calls } from "./table.js";

export function callStore(database: Database) {
  return collectionStore<CallRow>(database, calls);
}
