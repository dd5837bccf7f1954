import {
  defineTable,
  integerOrNull,
  oneOf,
  oneOfOrNull,
  type RowOf,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../../state/table.js";

/** The documented statuses of a recording. */
export const STATUSES = ["in-progress", "paused", "stopped", "processing", "completed", "absent", "deleted"] as const;
export type Status = (typeof STATUSES)[number];

/** The documented sources of a recording, and StartCallRecordingTwiML, which Twilio sends without documenting it. */
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

export const recordings = defineTable({
  name: "recordings",
  noun: "a recording",
  prefix: "RE",
  fixtureList: "recordings",
  columns: {
    account_sid: text,
    sid: text,
    call_sid: textOrNull,
    conference_sid: textOrNull,
    date_created: time,
    date_updated: time,
    start_time: timeOrNull,
    /** Whole seconds. */
    duration: integerOrNull,
    /** As Twilio writes it: negative, five decimals. */
    price: textOrNull,
    price_unit: textOrNull,
    status: oneOf(STATUSES),
    channels: integerOrNull,
    source: oneOf(SOURCES),
    error_code: integerOrNull,
    /** All three encryption columns are set, or none. */
    encryption_public_key_sid: textOrNull,
    encryption_cek: textOrNull,
    encryption_iv: textOrNull,
    /** The URL of media in external storage. */
    external_media_url: textOrNull,
    date_deleted: timeOrNull,
    /** The recorded track; null for both. */
    track: oneOfOrNull(["inbound", "outbound"]),
    /** State of a recording under way, as JSON: a `LiveRecording`; null for one that was not started here, or is finished. */
    live: textOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  checks: ["(status = 'deleted') = (date_deleted IS NOT NULL)"],
  indexes: {
    recordings_by_date: { columns: ["account_sid", "date_created", "sid", "date_deleted"] },
    recordings_by_call: { columns: ["account_sid", "call_sid", "date_created", "sid", "date_deleted"] },
    recordings_by_conference: {
      columns: ["account_sid", "conference_sid", "date_created", "sid", "date_deleted"],
      where: "conference_sid IS NOT NULL",
    },
    recordings_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_created",
  withoutRowid: true,
});
export type RecordingRow = RowOf<typeof recordings>;

export const NO_ENCRYPTION = {
  encryption_public_key_sid: null,
  encryption_cek: null,
  encryption_iv: null,
} as const satisfies Partial<RecordingRow>;

/** Returns the `encryption_details` of a recording, with the documented keys; null without encryption. */
export function encryptionOf({ encryption_public_key_sid, encryption_cek, encryption_iv }: RecordingRow) {
  return encryption_public_key_sid === null || encryption_cek === null || encryption_iv === null
    ? null
    : { encryption_public_key_sid, encryption_cek, encryption_iv };
}
