import type { KeyObject } from "node:crypto";
import type { ListedRow } from "../state/table.js";

/** The keys of every fixture of a listed resource. */
export interface ListedFixture {
  sid: string;
  account_sid: string;
}

/** The inputs of a completion beside the fixture. */
export interface Completion {
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** By SID. They wrap media keys. */
  publicKeys: ReadonlyMap<string, KeyObject>;
  /** The row that the fixture's foreign key refers to; undefined without a foreign key or without a row. */
  parent: ListedRow | undefined;
  /** Returns milliseconds since the Unix epoch. A duration such as `-P10D` counts from now. */
  parseDate(date: string): number;
  /** Reports an error: the key, its value and the expected values. */
  refuse(error: string): void;
}

/** The functions of a resource's `fixture.ts`. */
export interface FixtureFunctions {
  /** Returns the row of a valid fixture; undefined if it reported an error. */
  complete(fixture: ListedFixture, completion: Completion): ListedRow | undefined;
  /** Returns a fixture that `complete` turns into the same row; undefined for a row that fixtures cannot express. */
  toFixture(row: ListedRow): ListedFixture | undefined;
}

const HOUR = 3_600_000;

/** Returns Twilio's spelling of a valid SID. */
export function lowerCaseSid<T extends string | null>(sid: T): T {
  return (sid === null ? null : sid.slice(0, 2) + sid.slice(2).toLowerCase()) as T;
}

/** @param otherwise - the date_created of a fixture that has neither date; default: an hour before now. */
export function completeDates(
  fixture: { date_created?: string; date_updated?: string },
  { now, parseDate }: Pick<Completion, "now" | "parseDate">,
  otherwise = now - HOUR,
): { date_created: number; date_updated: number } {
  const { date_created, date_updated } = fixture;
  const updated = date_updated === undefined ? undefined : parseDate(date_updated);
  const created = (date_created === undefined ? undefined : parseDate(date_created)) ?? updated ?? otherwise;
  return { date_created: created, date_updated: updated ?? created };
}

export function datesOf(row: { date_created: number; date_updated: number }) {
  return { date_created: iso(row.date_created), date_updated: iso(row.date_updated) };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}

export function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}

export function digitsOrNull(value: number | null): string | null {
  return value === null ? null : String(value);
}
