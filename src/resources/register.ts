import { pendingCallbacks } from "../callbacks/table.js";
import { type CollectionStore, collectionStore } from "../state/collection-store.js";
import type { Database } from "../state/database.js";
import type { ListedRow, RowOf, Table } from "../state/table.js";
import { timedEvents } from "../state/timed-events.js";
import type { AccountFixture } from "./accounts/fixture.js";
import { type AccountRow, accounts, type KeyRow, keys } from "./accounts/table.js";
import { addOnResults } from "./add-on-results/table.js";
import { callSettings } from "./calls/settings-table.js";
import { calls } from "./calls/table.js";
import { conferences } from "./conferences/table.js";
import type { FixtureFunctions } from "./fixture.js";
import { participants } from "./participants/table.js";
import { payloads } from "./payloads/table.js";
import { recordings } from "./recordings/table.js";
import { transcriptions } from "./transcriptions/table.js";

/** The listed resources of an account, by their list in a fixture file: parents before children. */
export const RESOURCES = {
  calls,
  conferences,
  participants,
  recordings,
  transcriptions,
  add_on_results: addOnResults,
  payloads,
} as const;
export type ListName = keyof typeof RESOURCES;
export const LIST_NAMES = Object.keys(RESOURCES) as ListName[];

/** Every table, parents before children. */
export const TABLES: readonly Table[] = [
  accounts,
  keys,
  ...Object.values(RESOURCES),
  callSettings,
  timedEvents,
  pendingCallbacks,
];

/** The functions between rows and fixtures. Imported on first use: most starts need none. */
const FIXTURES = {
  calls: () => import("./calls/fixture.js"),
  conferences: () => import("./conferences/fixture.js"),
  participants: () => import("./participants/fixture.js"),
  recordings: () => import("./recordings/fixture.js"),
  transcriptions: () => import("./transcriptions/fixture.js"),
  add_on_results: () => import("./add-on-results/fixture.js"),
  payloads: () => import("./payloads/fixture.js"),
} satisfies Record<ListName, () => Promise<FixtureFunctions>>;

/** The fixture type of a list, `FixtureOf<"recordings">`. */
export type FixtureOf<Name extends ListName> = Parameters<Awaited<ReturnType<(typeof FIXTURES)[Name]>>["complete"]>[0];

/** The content of a fixture file. */
export type FixtureSet = { accounts: AccountFixture[] } & { [Name in ListName]: FixtureOf<Name>[] };

export type ResourceRows = { readonly [Name in ListName]: readonly RowOf<(typeof RESOURCES)[Name]>[] };

export type Rows = { readonly accounts: readonly AccountRow[]; readonly keys: readonly KeyRow[] } & ResourceRows;

/** Calls `make` for each resource, parents before children. */
export function eachResource<T>(make: (name: ListName) => T): Record<ListName, T> {
  return Object.fromEntries(LIST_NAMES.map((name) => [name, make(name)])) as Record<ListName, T>;
}

export async function loadFixtureFunctions(): Promise<Record<ListName, FixtureFunctions>> {
  const loaded = await Promise.all(LIST_NAMES.map(async (name) => [name, await FIXTURES[name]()] as const));
  return Object.fromEntries(loaded) as Record<ListName, FixtureFunctions>;
}

/** Returns the list of a resource's parent, and the column with the parent's SID; undefined without a parent. */
export function parentOf(name: ListName): { list: ListName; column: string; noun: string } | undefined {
  const foreignKeys: Table["foreignKeys"] = RESOURCES[name].foreignKeys;
  const key = foreignKeys.find(({ table }) => table in RESOURCES);
  if (key === undefined) return undefined;
  const list = key.table as ListName;
  return { list, column: key.columns.at(-1) as string, noun: RESOURCES[list].noun };
}

export function storeOf(database: Database, name: ListName): CollectionStore<ListedRow> {
  return collectionStore<ListedRow>(database, RESOURCES[name]);
}

/** Returns the number of rows of each resource, soft-deleted ones included. */
export function countsOf(database: Database): Record<ListName, number> {
  return eachResource((name) => storeOf(database, name).count());
}
