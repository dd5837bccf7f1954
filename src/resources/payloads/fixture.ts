import type { AddOnResultRow } from "../add-on-results/table.js";
import { type Completion, completeDates, datesOf, lowerCaseSid } from "../fixture.js";
import type { PayloadRow } from "./table.js";

/** Keys may be omitted. */
export interface PayloadFixture {
  sid: string;
  account_sid: string;
  add_on_result_sid: string;
  label?: string | null;
  content_type?: string;
  data?: unknown;
  date_created?: string;
  date_updated?: string;
}

/** Levels of nested data. JSON.stringify recurses, and overflows the stack after a few thousand. */
const MAX_DEPTH = 500;

export function complete(fixture: PayloadFixture, completion: Completion): PayloadRow | undefined {
  const sid = lowerCaseSid(fixture.sid);
  const { label = sid, data = {} } = fixture;
  const { content_type = typeof data === "string" ? "text/plain" : "application/json" } = fixture;
  const tooDeep = isTooDeep(data);
  if (tooDeep) completion.refuse(`data is nested too deep; expected: at most ${MAX_DEPTH} levels`);
  const result = completion.parent as AddOnResultRow | undefined;
  if (result === undefined || tooDeep) return undefined;
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid,
    add_on_result_sid: result.sid,
    reference_sid: result.reference_sid,
    label,
    add_on_sid: result.add_on_sid,
    add_on_configuration_sid: result.add_on_configuration_sid,
    content_type,
    data: typeof data === "string" ? data : JSON.stringify(data),
    ...completeDates(fixture, completion),
    date_deleted: null,
  };
}

export function toFixture(row: PayloadRow): PayloadFixture | undefined {
  if (row.date_deleted !== null) return undefined;
  const { sid, account_sid, add_on_result_sid, label, content_type, data } = row;
  return { sid, account_sid, add_on_result_sid, label, content_type, data, ...datesOf(row) };
}

function isTooDeep(data: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: data, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth === MAX_DEPTH) return true;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
