import { collectionStore } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import type { AddOnResultRow, PayloadRow } from "../../state/rows.js";

/** Add-on results, of all recordings. */
export function addOnResultStore(database: Database) {
  const nextCreated = database
    .prepare<[number], number | null>("SELECT min(date_created) FROM add_on_results WHERE date_created > ?")
    .pluck();
  return {
    ...collectionStore<AddOnResultRow>(database, "add_on_results", [
      "account_sid",
      "sid",
      "reference_sid",
      "status",
      "add_on_sid",
      "add_on_configuration_sid",
      "date_created",
      "date_updated",
      "date_completed",
      "date_deleted",
    ]),
    /** When the next one after this time was created, in any account; Infinity if none was. */
    nextCreated: (after: number): number => nextCreated.get(after) ?? Number.POSITIVE_INFINITY,
  };
}

/** Payloads, of all add-on results. */
export function payloadStore(database: Database) {
  return collectionStore<PayloadRow>(database, "payloads", [
    "account_sid",
    "sid",
    "add_on_result_sid",
    "reference_sid",
    "label",
    "add_on_sid",
    "add_on_configuration_sid",
    "content_type",
    "data",
    "date_created",
    "date_updated",
    "date_deleted",
  ]);
}
