import {
  defineTable,
  integerOrNull,
  oneOf,
  type RowOf,
  text,
  textOrNull,
  time,
  timeOrNull,
} from "../../state/table.js";

/** The documented statuses of a transcription. */
export const TRANSCRIPTION_STATUSES = ["in-progress", "completed", "failed"] as const;

/** `recording_sid` is not a foreign key: a transcription remains when its recording is removed. */
export const transcriptions = defineTable({
  name: "transcriptions",
  noun: "a transcription",
  prefix: "TR",
  fixtureList: "transcriptions",
  columns: {
    account_sid: text,
    sid: text,
    recording_sid: text,
    date_created: time,
    date_updated: time,
    /** Whole seconds. */
    duration: integerOrNull,
    price: textOrNull,
    price_unit: textOrNull,
    status: oneOf(TRANSCRIPTION_STATUSES),
    transcription_text: textOrNull,
    type: textOrNull,
    date_deleted: timeOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {
    transcriptions_by_update: { columns: ["account_sid", "date_updated", "sid", "date_deleted"] },
    transcriptions_by_recording: {
      columns: ["account_sid", "recording_sid", "date_updated", "sid", "date_deleted"],
    },
    transcriptions_by_deletion: { columns: ["date_deleted"], where: "date_deleted IS NOT NULL" },
  },
  order: "date_updated",
});
export type TranscriptionRow = RowOf<typeof transcriptions>;
