import type { CallStatus } from "../calls/table.js";
import type { Lifecycle } from "../lifecycle.js";
import type { ParticipantStatus } from "../participants/table.js";
import type { ConferenceStatus } from "./table.js";

/** The life of a conference: it begins when a participant with `StartConferenceOnEnter` joins. */
export const CONFERENCE_LIFECYCLE = {
  start: { from: ["init"], to: "in-progress", by: ["clock"] },
  end: { from: ["init", "in-progress"], to: "completed", by: ["clock", "control", "api"] },
} as const satisfies Lifecycle<ConferenceStatus>;

/** The status of a participant follows from that of its call. */
export const PARTICIPANT_STATUS_OF = {
  queued: "queued",
  ringing: "ringing",
  "in-progress": "connected",
  completed: "complete",
  busy: "failed",
  failed: "failed",
  "no-answer": "failed",
  canceled: "failed",
} as const satisfies Record<CallStatus, ParticipantStatus>;
