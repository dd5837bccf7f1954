import { DAY } from "../state/clock.js";
import type { State } from "../state/state.js";
import { type AccountRules, accountRules, type GivenAccount } from "./accounts/rules.js";
import { type AddOnResultRules, addOnResultRules, type PayloadRules, payloadRules } from "./add-on-results/rules.js";
import { type RecordingRules, recordingRules } from "./recordings/rules.js";
import { type TranscriptionRules, transcriptionRules } from "./transcriptions/rules.js";

/** The rules of all resources. */
export interface Rules {
  accounts: AccountRules;
  recordings: RecordingRules;
  transcriptions: TranscriptionRules;
  addOnResults: AddOnResultRules;
  payloads: PayloadRules;
}

/**
 * @param options.retentionDays - how long a deleted recording's metadata stays; Twilio keeps it for 40 days.
 * @param options.account - an account whose credentials were given at start.
 */
export function allRules(
  { database, clock }: State,
  { retentionDays, account }: { retentionDays: number; account: GivenAccount | undefined },
): Rules {
  const horizon = () => clock.now() - retentionDays * DAY;
  return {
    accounts: accountRules(database, account),
    recordings: recordingRules(database, clock, horizon),
    transcriptions: transcriptionRules(database, clock, horizon),
    addOnResults: addOnResultRules(database, clock, horizon),
    payloads: payloadRules(database, clock, horizon),
  };
}

/** Removes from the database what was deleted longer ago than the retention. */
export function purgeExpired({ recordings, transcriptions, addOnResults, payloads }: Rules): void {
  for (const rules of [recordings, transcriptions, addOnResults, payloads]) rules.purgeExpired();
}
