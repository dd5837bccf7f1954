/** The events that a control call can send without the event itself: the resource, and Twilio's name of the event. */
export const CALLBACK_EVENTS = [
  "recording.in-progress",
  "recording.completed",
  "recording.absent",
  "call.initiated",
  "call.ringing",
  "call.answered",
  "call.completed",
  "conference.conference-start",
  "conference.conference-end",
  "transcription.completed",
  "transcription.failed",
] as const;
export type CallbackEvent = (typeof CALLBACK_EVENTS)[number];

/** The events of a recording that a `RecordingStatusCallbackEvent` may name. */
export const RECORDING_EVENTS = ["in-progress", "completed", "absent", "failed"] as const;
