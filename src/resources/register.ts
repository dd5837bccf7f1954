import { type CollectionStore, collectionStore } from "../state/collection-store.js";
import type { Database } from "../state/database.js";
import type { ListedRow, RowOf, Table } from "../state/table.js";
import { accounts, keys } from "./accounts/table.js";
import { addOnResults } from "./add-on-results/table.js";
import { payloads } from "./payloads/table.js";
import { recordings } from "./recordings/table.js";
import { transcriptions } from "./transcriptions/table.js";

/** The resources of an account that are listed, by their list in a fixture file: parents before children. */
export const RESOURCES = { recordings, transcriptions, add_on_results: addOnResults, payloads } as const;
export type ListName = keyof typeof RESOURCES;
export const LIST_NAMES = Object.keys(RESOURCES) as ListName[];

/** Every table, parents before children. */
export const TABLES: readonly Table[] = [accounts, keys, ...Object.values(RESOURCES)];

/** The rows of each resource. */
export type ResourceRows = { [Name in ListName]: readonly RowOf<(typeof RESOURCES)[Name]>[] };

/** Returns the store of a resource's rows. */
export function storeOf(database: Database, name: ListName): CollectionStore<ListedRow> {
  return collectionStore<ListedRow>(database, RESOURCES[name]);
}

/** Returns the number of rows of each resource, soft-deleted ones included. */
export function countsOf(database: Database): Record<ListName, number> {
  return Object.fromEntries(LIST_NAMES.map((name) => [name, storeOf(database, name).count()])) as Record<
    ListName,
    number
  >;
}
