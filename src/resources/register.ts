import type { Table } from "../state/table.js";
import { accounts, keys } from "./accounts/table.js";
import { addOnResults } from "./add-on-results/table.js";
import { payloads } from "./payloads/table.js";
import { recordings } from "./recordings/table.js";
import { transcriptions } from "./transcriptions/table.js";

/** Every table of the resources, parents before children. */
export const TABLES: readonly Table[] = [accounts, keys, recordings, transcriptions, addOnResults, payloads];
