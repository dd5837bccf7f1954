import { type Completion, completeDates, datesOf, digitsOrNull, lowerCaseSid } from "../fixture.js";
import { transcriptionPriceOf } from "./price.js";
import type { TranscriptionRow } from "./table.js";

/** Keys may be omitted. */
export interface TranscriptionFixture {
  sid: string;
  account_sid: string;
  recording_sid?: string;
  date_created?: string;
  date_updated?: string;
  duration?: string | null;
  price?: string | number | null;
  price_unit?: string | null;
  status?: TranscriptionRow["status"];
  transcription_text?: string | null;
  type?: string | null;
}

export function complete(fixture: TranscriptionFixture, completion: Completion): TranscriptionRow {
  const sid = lowerCaseSid(fixture.sid);
  const { status = "completed", price, transcription_text } = fixture;
  const { duration = status === "in-progress" ? null : "10" } = fixture;
  const seconds = duration === null ? null : Number(duration);
  return {
    account_sid: lowerCaseSid(fixture.account_sid),
    sid,
    recording_sid: lowerCaseSid(fixture.recording_sid ?? `RE${sid.slice(2)}`),
    ...completeDates(fixture, completion),
    duration: seconds,
    // The documented schema has a number, every recorded response a string.
    price: typeof price === "number" ? price.toFixed(5) : price === undefined ? impliedPrice(status, seconds) : price,
    price_unit: fixture.price_unit === undefined ? "USD" : fixture.price_unit,
    status,
    transcription_text:
      transcription_text === undefined ? (status === "in-progress" ? null : "(blank)") : transcription_text,
    type: fixture.type === undefined ? "fast" : fixture.type,
    date_deleted: null,
  };
}

function impliedPrice(status: TranscriptionRow["status"], duration: number | null): string {
  return transcriptionPriceOf(status === "in-progress" ? null : duration);
}

export function toFixture({ date_deleted, ...row }: TranscriptionRow): TranscriptionFixture | undefined {
  if (date_deleted !== null) return undefined;
  return { ...row, ...datesOf(row), duration: digitsOrNull(row.duration) };
}
