import { withinFourDigitYears } from "../../twilio-api/response/dates.js";
import { type Completion, completeDates, datesOf, digitsOrNull, isoOrNull, lowerCaseSid } from "../fixture.js";
import { fictionalNumber, OWN_NUMBER } from "./addresses.js";
import { isEnded } from "./lifecycle.js";
import { callPriceOf } from "./price.js";
import type { CallRow, CallStatus, Direction } from "./table.js";

/** Keys may be omitted. */
export interface CallFixture {
  sid: string;
  account_sid: string;
  parent_call_sid?: string | null;
  to?: string;
  from?: string;
  phone_number_sid?: string | null;
  status?: CallStatus;
  direction?: Direction;
  /** Null in Twilio's answer to a create. */
  date_created?: string | null;
  date_updated?: string | null;
  start_time?: string | null;
  end_time?: string | null;
  duration?: string | null;
  price?: string | null;
  answered_by?: string | null;
  caller_name?: string | null;
  forwarded_from?: string | null;
  group_sid?: string | null;
  trunk_sid?: string | null;
}

const DEFAULT_DURATION = 10;

export function complete(fixture: CallFixture, completion: Completion): CallRow {
  const sid = lowerCaseSid(fixture.sid);
  const { status = "completed", date_created, date_updated } = fixture;
  const parse = (date: string | null | undefined) => (date == null ? undefined : completion.parseDate(date));
  const [given, givenEnd] = [parse(fixture.start_time), parse(fixture.end_time)];
  const hasEnded = isEnded(status);
  const dates = completeDates(
    { ...(date_created != null && { date_created }), ...(date_updated != null && { date_updated }) },
    completion,
    given,
  );
  const start = given ?? dates.date_created;
  const implied = givenEnd === undefined ? DEFAULT_DURATION : Math.max(0, Math.round((givenEnd - start) / 1000));
  const seconds = fixture.duration == null ? (status === "completed" ? implied : 0) : Number(fixture.duration);
  const duration = hasEnded && fixture.duration !== null ? seconds : fixture.duration == null ? null : seconds;
  const end = givenEnd ?? withinFourDigitYears(start + seconds * 1000);
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid,
    parent_call_sid: lowerCaseSid(fixture.parent_call_sid ?? null),
    to_address: fixture.to ?? OWN_NUMBER,
    from_address: fixture.from ?? fictionalNumber(sid),
    phone_number_sid: fixture.phone_number_sid ?? null,
    status,
    direction: fixture.direction ?? "inbound",
    ...dates,
    ...(date_updated == null && hasEnded && { date_updated: end }),
    start_time: fixture.start_time === null || status === "queued" ? null : start,
    end_time: hasEnded && fixture.end_time !== null ? end : null,
    duration,
    price: fixture.price === undefined ? callPriceOf(duration) : fixture.price,
    answered_by: fixture.answered_by ?? null,
    caller_name: fixture.caller_name ?? null,
    forwarded_from: fixture.forwarded_from ?? null,
    group_sid: fixture.group_sid ?? null,
    trunk_sid: fixture.trunk_sid || null,
    script: null,
    date_deleted: null,
  };
}

/** Its script is not exported: a call under way then lasts until it is hung up. */
export function toFixture(row: CallRow): CallFixture | undefined {
  const { date_deleted, script: _, to_address, from_address, ...rest } = row;
  if (date_deleted !== null) return undefined;
  return {
    ...rest,
    to: to_address,
    from: from_address,
    ...datesOf(row),
    start_time: isoOrNull(row.start_time),
    end_time: isoOrNull(row.end_time),
    duration: digitsOrNull(row.duration),
  };
}
