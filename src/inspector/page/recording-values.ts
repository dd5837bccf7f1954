/** The statuses of a recording. */
export const STATUSES = ["in-progress", "paused", "stopped", "processing", "completed", "absent", "deleted"] as const;

/** The sources of a recording. */
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
