import type { Page } from "./collection-store.js";

interface Created {
  date_created: number;
  sid: string;
}

/**
 * Returns a page of rows that are in memory, in the order of lists: newest first, equal times by descending SID.
 *
 * @param after - the row that the page follows; undefined for the first page.
 */
export function pageOfRows<Row extends Created>(rows: readonly Row[], after: Row | undefined, size: number): Page<Row> {
  const rest = rows.filter((row) => after === undefined || order(after, row) < 0).sort(order);
  return { rows: rest.slice(0, size), more: rest.length > size };
}

function order(one: Created, other: Created): number {
  return other.date_created - one.date_created || (one.sid < other.sid ? 1 : one.sid > other.sid ? -1 : 0);
}
