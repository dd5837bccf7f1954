import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type PayloadRow, payloads } from "../payloads/table.js";
import { type AddOnResultRow, addOnResults } from "./table.js";

/** Add-on results, of all recordings. */
export function addOnResultStore(database: Database) {
  const nextCreated = database
    .prepare<[number], number | null>("SELECT min(date_created) FROM add_on_results WHERE date_created > ?")
    .pluck();
  return {
    ...collectionStore<AddOnResultRow>(database, addOnResults),
    /** When the next one after this time was created, in any account; Infinity if none was. */
    nextCreated: (after: number): number => nextCreated.get(after) ?? Number.POSITIVE_INFINITY,
  };
}

/** Payloads, of all add-on results. */
export function payloadStore(database: Database) {
  return collectionStore<PayloadRow>(database, payloads);
}
