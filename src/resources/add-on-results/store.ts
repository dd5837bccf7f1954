import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type PayloadRow, payloads } from "../payloads/table.js";
import { type AddOnResultRow, addOnResults } from "./table.js";

export function addOnResultStore(database: Database) {
  const nextCreated = database
    .prepare<[number], number | null>("SELECT min(date_created) FROM add_on_results WHERE date_created > ?")
    .pluck();
  return {
    ...collectionStore<AddOnResultRow>(database, addOnResults),
    /** Returns the first date_created after this time, in any account; Infinity if there is none. */
    nextCreated: (after: number): number => nextCreated.get(after) ?? Number.POSITIVE_INFINITY,
  };
}

export function payloadStore(database: Database) {
  return collectionStore<PayloadRow>(database, payloads);
}
