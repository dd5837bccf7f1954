import type { AccountRules } from "../resources/accounts/rules.js";
import type { State } from "../state/state.js";
import { ControlError } from "./control-error.js";
import type { Replacement } from "./replacement.js";
import type { Scope } from "./scope.js";

/** What a reset leaves: what the database was seeded with, or accounts that have nothing. */
export const RESET_TARGETS = ["seeded", "empty"] as const;
export type ResetTarget = (typeof RESET_TARGETS)[number];

export type ResetControl = ReturnType<typeof resetControl>;

/** Brings everything back to the start. */
export function resetControl(
  { changes, clock, faults, journal, random }: State,
  accounts: AccountRules,
  scope: Scope,
  replacement: Replacement,
) {
  /**
   * Brings back rows, clock, faults, journal and random numbers as they were when the database was seeded; those of one
   * account as they were then, or when it was created. Snapshots stay, but for those of accounts that are gone.
   *
   * @throws ControlError 400 for another target, 404 if there is no such account.
   */
  return (to: ResetTarget = "seeded", account?: string): void => {
    if (!RESET_TARGETS.includes(to)) {
      throw new ControlError(400, `to is ${JSON.stringify(to)}; expected: one of ${RESET_TARGETS.join(", ")}`);
    }
    const sid = scope.of(account);
    replacement.replace(sid, "a reset", () => {
      changes.undo(sid);
      if (to === "seeded") return;
      for (const one of sid === undefined ? accounts.list() : [{ sid }]) changes.empty(one.sid);
    });
    for (const part of [clock, random, faults, journal]) part.reset(sid);
  };
}
