import type { Lifecycle } from "../lifecycle.js";
import type { Outcome } from "./settings.js";
import type { CallStatus } from "./table.js";

/**
 * The life of a call.
 *
 * @see https://www.twilio.com/docs/voice/api/call-resource#call-status-values
 */
export const CALL_LIFECYCLE = {
  ring: { from: ["queued"], to: "ringing", by: ["clock", "control"], after: "rings_after" },
  answer: { from: ["queued", "ringing"], to: "in-progress", by: ["clock", "control"], after: "answered_after" },
  complete: { from: ["ringing", "in-progress"], to: "completed", by: ["clock", "control", "api"], after: "lasts" },
  cancel: { from: ["queued", "ringing"], to: "canceled", by: ["clock", "control", "api"], after: "answered_after" },
  reject: { from: ["queued", "ringing"], to: "busy", by: ["clock", "control"], after: "answered_after" },
  ignore: { from: ["queued", "ringing"], to: "no-answer", by: ["clock", "control"], after: "answered_after" },
  fail: { from: ["queued", "ringing", "in-progress"], to: "failed", by: ["clock", "control"], after: "rings_after" },
} as const satisfies Lifecycle<CallStatus>;
export type CallTransition = keyof typeof CALL_LIFECYCLE;

const BEGINNINGS = new Set<CallStatus>(Object.values(CALL_LIFECYCLE).flatMap(({ from }) => from));

/** Returns whether a call has ended: no transition begins in its status. */
export function isEnded(status: CallStatus): boolean {
  return !BEGINNINGS.has(status);
}

/** Returns the transition to a status; undefined for `queued`, in which calls begin. */
export function transitionTo(status: CallStatus): CallTransition | undefined {
  return (Object.keys(CALL_LIFECYCLE) as CallTransition[]).find((name) => CALL_LIFECYCLE[name].to === status);
}

/** Returns the transition that ends a call in any status: a queued call cannot be completed. */
export function endOf(status: CallStatus): "cancel" | "complete" {
  return status === "queued" ? "cancel" : "complete";
}

/** The transition that each outcome of a placed call is. */
export const OUTCOME_TRANSITIONS = {
  completed: "answer",
  busy: "reject",
  "no-answer": "ignore",
  failed: "fail",
  canceled: "cancel",
} as const satisfies Record<Outcome, CallTransition>;
