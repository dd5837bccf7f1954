import { type Completion, completeDates, datesOf, lowerCaseSid } from "../fixture.js";
import type { ConferenceRow, ConferenceStatus, EndReason } from "./table.js";

/** Keys may be omitted. */
export interface ConferenceFixture {
  sid: string;
  account_sid: string;
  friendly_name?: string;
  region?: string;
  status?: ConferenceStatus;
  date_created?: string;
  date_updated?: string;
  reason_conference_ended?: EndReason | null;
  call_sid_ending_conference?: string | null;
}

export function complete(fixture: ConferenceFixture, completion: Completion): ConferenceRow {
  const sid = lowerCaseSid(fixture.sid);
  const { status = "completed", friendly_name = sid, region = "us1", reason_conference_ended } = fixture;
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid,
    friendly_name,
    region,
    status,
    ...completeDates(fixture, completion),
    reason_conference_ended:
      reason_conference_ended === undefined && status === "completed"
        ? "last-participant-left"
        : (reason_conference_ended ?? null),
    call_sid_ending_conference: lowerCaseSid(fixture.call_sid_ending_conference ?? null),
    script: null,
    date_deleted: null,
  };
}

/** A conference cannot be deleted. */
export function toFixture({ date_deleted: _, script: __, ...row }: ConferenceRow): ConferenceFixture {
  return { ...row, ...datesOf(row) };
}
