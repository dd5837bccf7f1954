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
   * Removes rows whose retention is over by every clock. A clock that is set forward only hides rows, so that they appear again
   * when it is set back.
   */
  purgeExpired(): void;
  /**
   * Returns the time at which the next recording or add-on result expires: at the end of a recording's retention, or 30 days
   * after a result's creation.
   *
   * @param time - by an account's clock, like the returned time: milliseconds since the Unix epoch.
   */
  nextExpiry(time: number): number;
}

/**
 * @param options.retentionDays - days for which a deleted recording's metadata remains; 40 at Twilio.
 * @param options.account - the account of the options.
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
      Math.min(recordings.nextDeleted(time - retentionDays * DAY) + retentionDays * DAY, addOnResults.nextExpiry(time)),
  };
}
