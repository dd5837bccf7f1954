import type { Lifecycle } from "../lifecycle.js";
import type { Status } from "./table.js";

/**
 * The life of a recording, without its deletion.
 *
 * @see https://www.twilio.com/docs/voice/api/recording#recording-status-values
 */
export const RECORDING_LIFECYCLE = {
  pause: { from: ["in-progress"], to: "paused", by: ["api"] },
  resume: { from: ["paused"], to: "in-progress", by: ["api"] },
  /** Shown by the answer to the update only: processing begins at once. */
  stop: { from: ["in-progress", "paused"], to: "stopped", by: ["api"] },
  process: { from: ["in-progress", "paused", "stopped"], to: "processing", by: ["clock"] },
  complete: { from: ["processing"], to: "completed", by: ["clock"], after: "processed_for" },
  /** Too short, or silent. */
  discard: { from: ["processing"], to: "absent", by: ["clock"], after: "processed_for" },
} as const satisfies Lifecycle<Status>;

/** Returns whether a recording takes up sound, or may again: it can be paused, resumed and stopped. */
export function isActive(status: Status): boolean {
  return status === "in-progress" || status === "paused";
}
