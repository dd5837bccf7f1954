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
  auth_token: string;
  friendly_name: string;
  /** The parent's sid for a subaccount, else null. */
  owner_account_sid: string | null;
}

/** An API key. */
export interface KeyRow {
  sid: string;
  account_sid: string;
  secret: string;
}

export interface RecordingRow {
  account_sid: string;
  sid: string;
  call_sid: string | null;
  conference_sid: string | null;
  date_created: number;
  date_updated: number;
  start_time: number | null;
  /** Whole seconds. */
  duration: number | null;
  /** As Twilio writes it: negative, five decimals. */
  price: string | null;
  price_unit: string | null;
  status: Status;
  channels: number | null;
  source: Source;
  error_code: number | null;
  /** All three encryption columns are set, or none. */
  encryption_public_key_sid: string | null;
  encryption_cek: string | null;
  encryption_iv: string | null;
  /** Where the media lies if not with Twilio. */
  external_media_url: string | null;
  /** When the recording was deleted; set exactly while its status is deleted. */
  date_deleted: number | null;
}
