/** Who may trigger a transition: a request of the API, a call of the control API, or the emulator: its clock, or what happened before. */
export type Trigger = "api" | "control" | "clock";

/** A step between two statuses of a resource. */
export interface Transition<Status extends string> {
  readonly from: readonly Status[];
  readonly to: Status;
  readonly by: readonly Trigger[];
  /** The setting with the seconds that it takes by the clock. */
  readonly after?: "rings_after" | "answered_after" | "lasts" | "processed_for";
}

/** The transitions of a resource, by name. */
export type Lifecycle<Status extends string> = Readonly<Record<string, Transition<Status>>>;

/** Returns the status that a transition leads to; undefined if it does not begin in this status, or has other triggers. */
export function after<Status extends string>(
  { from, to, by }: Transition<Status>,
  status: Status,
  trigger: Trigger,
): Status | undefined {
  return from.includes(status) && by.includes(trigger) ? to : undefined;
}
