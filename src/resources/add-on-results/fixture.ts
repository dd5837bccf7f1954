import { type Completion, completeDates, datesOf, isoOrNull, lowerCaseSid } from "../fixture.js";
import type { AddOnResultRow } from "./table.js";

/** Keys may be omitted. */
export interface AddOnResultFixture {
  sid: string;
  account_sid: string;
  reference_sid: string;
  status?: AddOnResultRow["status"];
  add_on_sid?: string;
  add_on_configuration_sid?: string;
  date_created?: string;
  date_updated?: string;
  date_completed?: string | null;
}

export function complete(fixture: AddOnResultFixture, completion: Completion): AddOnResultRow {
  const sid = lowerCaseSid(fixture.sid);
  const { status = "completed", date_completed } = fixture;
  const times = completeDates(fixture, completion);
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid,
    reference_sid: lowerCaseSid(fixture.reference_sid),
    status,
    add_on_sid: lowerCaseSid(fixture.add_on_sid ?? `XB${sid.slice(2)}`),
    add_on_configuration_sid: lowerCaseSid(fixture.add_on_configuration_sid ?? `XE${sid.slice(2)}`),
    ...times,
    date_completed: date_completed === undefined ? impliedEnd(status, times.date_updated) : timeOf(date_completed),
    date_deleted: null,
  };

  function timeOf(date: string | null): number | null {
    return date === null ? null : completion.parseDate(date);
  }
}

function impliedEnd(status: AddOnResultRow["status"], updated: number): number | null {
  return status === "completed" ? updated : null;
}

export function toFixture({ date_deleted, ...row }: AddOnResultRow): AddOnResultFixture | undefined {
  if (date_deleted !== null) return undefined;
  return { ...row, ...datesOf(row), date_completed: isoOrNull(row.date_completed) };
}
