/** Either offset from the wall clock or frozen. Both in milliseconds, the latter since the Unix epoch. */
export type ClockSetting = { offset: number } | { frozenAt: number };

/** Saved settings: of the emulator's clock, unless only an account's was saved, and of the accounts' own clocks. */
export interface SavedClock {
  common?: ClockSetting;
  own: [account: string, ClockSetting][];
}

/**
 * The emulator's clock, and the clocks of accounts that have their own. Nothing outside this folder reads the wall clock.
 * Times are milliseconds since the Unix epoch.
 */
export interface Clock {
  /** Returns the time of an account, or of the emulator. */
  now(account?: string): number;
  /** Sets a clock to `time`; it runs on from there. */
  set(time: number, account?: string): void;
  /** Freezes a clock at `time`. */
  freeze(time: number, account?: string): void;
  /** Returns the emulator's clock to real time; an account's clock follows the emulator's again. */
  useRealTime(account?: string): void;
  isFrozen(account?: string): boolean;
  /** Returns whether a clock shows the time of the wall clock. */
  isReal(account?: string): boolean;
  /** Resets an account's clock, or all clocks, to the setting at start. */
  reset(account?: string): void;
  /** Returns the settings of all clocks, or of an account's. */
  save(account?: string): SavedClock;
  restore(saved: SavedClock, account?: string): void;
  /** Returns the earliest time of all clocks, the wall clock included. */
  earliest(): number;
  /**
   * Calls `listener` once a minute.
   * @returns a function that ends the calls.
   */
  onPassing(listener: () => void): () => void;
}

/** Milliseconds. */
export const DAY = 86_400_000;

/**
 * The first and the last time that a clock can show, in milliseconds since the Unix epoch: RFC 2822 writes years from 1900 with
 * four digits (3.3). A running clock stops at the last.
 */
export const [EARLIEST, LATEST] = [Date.UTC(1900, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)] as const;

const MINUTE = 60_000;
const REAL: ClockSetting = { offset: 0 };

/**
 * @param start - the first time of the emulator's clock; omitted: real time.
 * @param changed - called with the account whose clock changed; without one, all did.
 */
export function createClock(start?: number, changed: (account?: string) => void = () => {}): Clock {
  const initial = start === undefined ? REAL : { offset: start - Date.now() };
  let common = initial;
  const own = new Map<string, ClockSetting>();

  const setting = (account: string | undefined) => (account !== undefined && own.get(account)) || common;
  const read = (of: ClockSetting) => Math.min("frozenAt" in of ? of.frozenAt : Date.now() + of.offset, LATEST);
  const apply = (to: ClockSetting, account: string | undefined) => {
    if (account === undefined) common = to;
    else own.set(account, to);
    changed(account);
  };
  return {
    now: (account) => read(setting(account)),
    set: (time, account) => apply({ offset: time - Date.now() }, account),
    freeze: (time, account) => apply({ frozenAt: time }, account),
    useRealTime(account) {
      if (account === undefined) common = REAL;
      else own.delete(account);
      changed(account);
    },
    isFrozen: (account) => "frozenAt" in setting(account),
    isReal(account) {
      const of = setting(account);
      return "offset" in of && of.offset === 0;
    },
    reset(account) {
      if (account === undefined) {
        own.clear();
        common = initial;
      } else own.delete(account);
      changed(account);
    },
    save(account) {
      if (account === undefined) return { common, own: [...own] };
      return { own: [...own].filter(([sid]) => sid === account) };
    },
    restore(saved, account) {
      if (account === undefined) own.clear();
      else own.delete(account);
      for (const [sid, to] of saved.own) own.set(sid, to);
      common = saved.common ?? common;
      changed(account);
    },
    earliest: () => Math.min(Date.now(), read(common), ...[...own.values()].map(read)),
    onPassing(listener) {
      const timer = setInterval(listener, MINUTE).unref();
      return () => clearInterval(timer);
    },
  };
}
