import { type Completion, completeDates, datesOf, lowerCaseSid } from "../fixture.js";
import type { ParticipantRow, ParticipantStatus } from "./table.js";

/** A participant of Twilio's has no SID: it follows from those of its call and its conference. Other keys may be omitted. */
export interface ParticipantFixture {
  sid: string;
  account_sid: string;
  conference_sid: string;
  call_sid: string;
  label?: string | null;
  status?: ParticipantStatus;
  date_created?: string;
  date_updated?: string;
  muted?: boolean;
  hold?: boolean;
  coaching?: boolean;
  start_conference_on_enter?: boolean;
  end_conference_on_exit?: boolean;
  call_sid_to_coach?: string | null;
}

export function complete(fixture: ParticipantFixture, completion: Completion): ParticipantRow {
  const { label = null, status = "connected", start_conference_on_enter = true } = fixture;
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid: lowerCaseSid(fixture.sid),
    conference_sid: lowerCaseSid(fixture.conference_sid),
    call_sid: lowerCaseSid(fixture.call_sid),
    label,
    status,
    ...completeDates(fixture, completion),
    muted: Number(fixture.muted ?? false),
    hold: Number(fixture.hold ?? false),
    coaching: Number(fixture.coaching ?? false),
    start_conference_on_enter: Number(start_conference_on_enter),
    end_conference_on_exit: Number(fixture.end_conference_on_exit ?? false),
    call_sid_to_coach: lowerCaseSid(fixture.call_sid_to_coach ?? null),
    date_deleted: null,
  };
}

export function toFixture({ date_deleted, ...row }: ParticipantRow): ParticipantFixture | undefined {
  if (date_deleted !== null) return undefined;
  return {
    ...row,
    ...datesOf(row),
    muted: row.muted === 1,
    hold: row.hold === 1,
    coaching: row.coaching === 1,
    start_conference_on_enter: row.start_conference_on_enter === 1,
    end_conference_on_exit: row.end_conference_on_exit === 1,
  };
}
