/** What the database holds, row by row. Times are milliseconds since the Unix epoch. */

/** The documented statuses of a recording. */
export const STATUSES = ["in-progress", "paused", "stopped", "processing", "completed", "absent", "deleted"] as const;
export type Status = (typeof STATUSES)[number];

/** The documented sources of a recording, and one that Twilio sends without documenting it. */
export const SOURCES = [
  "DialVerb",
  "Conference",
  "OutboundAPI",
  "Trunking",
  "RecordVerb",
  "StartCallRecordingAPI",
  "StartConferenceRecordingAPI",
  "StartCallRecordingTwiML",
] as const;
export type Source = (typeof SOURCES)[number];

export interface AccountRow {
  sid: string;
  /** Null if it lies with whoever started the emulator. */
  auth_token: string | null;
  friendly_name: string;
  /** The parent's sid for a subaccount, else null. */
  owner_account_sid: string | null;
  date_created: number;
  date_updated: number;
}

/** An API key. */
export interface KeyRow {
  sid: string;
  account_sid: string;
  secret: string;
}

/** What every resource that is listed has. */
export interface ListedRow {
  account_sid: string;
  sid: string;
  date_created: number;
  date_updated: number;
  /** When it was deleted; the row stays for a while after that. */
  date_deleted: number | null;
}

export interface RecordingRow extends ListedRow {
  call_sid: string | null;
  conference_sid: string | null;
  start_time: number | null;
  /** Whole seconds. */
  duration: number | null;
  /** As Twilio writes it: negative, five decimals. */
  price: string | null;
  price_unit: string | null;
  status: Status;
  channels: number | null;
  source: Source;
  /** The one track that was recorded, null for both. */
  track: "inbound" | "outbound" | null;
  error_code: number | null;
  /** All three encryption columns are set, or none. */
  encryption_public_key_sid: string | null;
  encryption_cek: string | null;
  encryption_iv: string | null;
  /** Where the media lies if not with Twilio. */
  external_media_url: string | null;
}

/** The documented statuses of a transcription. */
export const TRANSCRIPTION_STATUSES = ["in-progress", "completed", "failed"] as const;

export interface TranscriptionRow extends ListedRow {
  recording_sid: string;
  /** Whole seconds. */
  duration: number | null;
  price: string | null;
  price_unit: string | null;
  status: (typeof TRANSCRIPTION_STATUSES)[number];
  transcription_text: string | null;
  type: string | null;
}

/** The documented statuses of an add-on result. */
export const ADD_ON_RESULT_STATUSES = [
  "canceled",
  "completed",
  "deleted",
  "failed",
  "in-progress",
  "init",
  "processing",
  "queued",
] as const;

export interface AddOnResultRow extends ListedRow {
  /** The recording's sid. */
  reference_sid: string;
  status: (typeof ADD_ON_RESULT_STATUSES)[number];
  add_on_sid: string;
  add_on_configuration_sid: string;
  date_completed: number | null;
}

export interface PayloadRow extends ListedRow {
  add_on_result_sid: string;
  /** The recording's sid. */
  reference_sid: string;
  label: string | null;
  add_on_sid: string;
  add_on_configuration_sid: string;
  content_type: string;
  /** What the payload's Data leads to. */
  data: string;
}
