import type { Database } from "../../state/database.js";
import { type CallSettingsRow, callSettings } from "./settings-table.js";

/** The results that a placed call can have. */
export const OUTCOMES = ["completed", "busy", "no-answer", "failed", "canceled"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The public key that encrypts an account's recordings, as PEM. */
export interface RecordingKey {
  sid: string;
  pem: string;
}

/** How the calls of an account go. Times are seconds by the account's clock. */
export interface CallSettings {
  /** From the request to the first ring. */
  rings_after: number;
  /** From the request to the answer, or to another outcome. */
  answered_after: number;
  /** From the answer to the end; null until it is hung up. */
  lasts: number | null;
  /** From the end of a recording to its completion. */
  processed_for: number;
  /** From the completion of a recording to that of its transcription. */
  transcribed_for: number;
  outcome: Outcome;
  /** How long the caller speaks in a `<Record>` before pressing #; null until the end of the call. */
  speaks_for: number | null;
  /** Whether calls execute TwiML. */
  runs_twiml: boolean;
  /** What the recordings of a call contain. */
  sound: "speech" | "silence";
  /** Whether a silent recording is absent, with error 16102. */
  absent_if_silent: boolean;
  /** Every step takes no time by the clock. Recordings are as long as they would have been. */
  instant: boolean;
  /** The numbers that the account may call from; null for any. */
  from_numbers: readonly string[] | null;
  recording_key: RecordingKey | null;
}

/** Seconds. */
const DEFAULT_LENGTH = 10;

const DEFAULTS: CallSettings = {
  rings_after: 1,
  answered_after: 2,
  lasts: DEFAULT_LENGTH,
  processed_for: 3,
  transcribed_for: 12,
  outcome: "completed",
  speaks_for: null,
  runs_twiml: true,
  sound: "speech",
  absent_if_silent: false,
  instant: false,
  from_numbers: null,
  recording_key: null,
};

/**
 * Outcomes by the number that is called, of those that are reserved for fiction (555-0100 to 555-0199).
 *
 * @see https://nationalnanpa.com/number_resource_info/555_numbers.html
 */
export const OUTCOME_NUMBERS: ReadonlyMap<string, Outcome> = new Map([
  ["+12025550181", "busy"],
  ["+12025550182", "no-answer"],
  ["+12025550183", "failed"],
  ["+12025550184", "canceled"],
]);

/**
 * Returns the whole seconds that an instant call, or a recording of it, would have lasted. One that lasts until it is hung up
 * counts as long as a call lasts by default. 0 for a call that takes its time.
 *
 * @param most - the recording ends by itself after these seconds.
 */
export function nominalSeconds(
  { instant, lasts }: Pick<CallSettings, "instant" | "lasts">,
  most = Number.POSITIVE_INFINITY,
): number {
  return instant ? Math.round(Math.min(lasts ?? DEFAULT_LENGTH, most)) : 0;
}

export type CallSettingsStore = ReturnType<typeof callSettingsStore>;

/** @param instant - the default of `instant`. */
export function callSettingsStore(database: Database, instant: boolean) {
  const get = database
    .prepare<[string], string>(`SELECT settings FROM ${callSettings.name} WHERE account_sid = ?`)
    .pluck();
  const put = database.prepare<[CallSettingsRow]>(
    `INSERT INTO ${callSettings.name} (account_sid, sid, settings) VALUES (@account_sid, @sid, @settings)
     ON CONFLICT (account_sid, sid) DO UPDATE SET settings = excluded.settings`,
  );
  const defaults = { ...DEFAULTS, instant };

  function of(account: string): CallSettings {
    const own = get.get(account);
    return own === undefined ? defaults : { ...defaults, ...(JSON.parse(own) as Partial<CallSettings>) };
  }

  return {
    of,
    change(account: string, changes: Partial<CallSettings>): CallSettings {
      const settings = { ...of(account), ...changes };
      put.run({ account_sid: account, sid: account, settings: JSON.stringify(settings) });
      return settings;
    },
    /** Returns the settings of all accounts to the defaults. */
    clear: (): void => void database.exec(`DELETE FROM ${callSettings.name}`),
  };
}
