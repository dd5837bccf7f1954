import { DAY } from "../state/clock.js";
import type { State } from "../state/state.js";
import { type AccountRules, accountRules, type GivenAccount } from "./accounts/rules.js";
import { type AddOnResultRules, addOnResultRules, type PayloadRules, payloadRules } from "./add-on-results/rules.js";
import { type RecordingRules, recordingRules } from "./recordings/rules.js";
import { LIST_NAMES, storeOf } from "./register.js";

/** The rules of all resources. */
export interface Rules {
  accounts: AccountRules;
  recordings: RecordingRules;
  addOnResults: AddOnResultRules;
  payloads: PayloadRules;
  /**
   * Removes from the database what was deleted longer ago than the retention, whatever clock looks at it: one that is
   * turned forward only hides it, so that it is there again when the clock is turned back.
   */
  purgeExpired(): void;
  /**
   * When the passing of time makes the next recording or add-on result disappear, if nothing else changes: at the end of
   * the recording's retention, or 30 days after the result's creation.
   *
   * @param time - by an account's clock, like the result: milliseconds since the Unix epoch.
   */
  nextExpiry(time: number): number;
}

/**
 * @param options.retentionDays - how long a deleted recording's metadata stays; Twilio keeps it for 40 days.
 * @param options.account - an account whose credentials were given at start.
 */
export function allRules(
  { database, clock }: State,
  { retentionDays, account: given }: { retentionDays: number; account: GivenAccount | undefined },
): Rules {
  const retentionCutoff = (account: string) => clock.now(account) - retentionDays * DAY;
  const recordings = recordingRules(database, clock, retentionCutoff);
  const addOnResults = addOnResultRules(database, clock);
  const payloads = payloadRules(database, clock);
  return {
    accounts: accountRules(database, given),
    recordings,
    addOnResults,
    payloads,
    purgeExpired() {
      const until = clock.earliest() - retentionDays * DAY;
      for (const name of LIST_NAMES) storeOf(database, name).purge(until);
    },
    nextExpiry: (time) =>
      Math.min(recordings.nextDeleted(time - retentionDays * DAY) + retentionDays * DAY, addOnResults.nextLapse(time)),
  };
}
