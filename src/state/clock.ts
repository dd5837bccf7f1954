/** Either offset from the wall clock or frozen. In milliseconds; `frozenAt` since the Unix epoch. */
export type ClockSetting = { offset: number } | { frozenAt: number };

/** The settings of the clocks. `common` is the emulator's; it is left out where one account's clock was saved. */
export interface SavedClock {
  common?: ClockSetting;
  own: [account: string, ClockSetting][];
}

/**
 * The emulator's clock, and the clocks of accounts that have their own. Nothing outside this folder reads the wall clock.
 * Times are milliseconds since the Unix epoch.
 */
export interface Clock {
  /** Returns the time of an account's clock, or of the emulator's. */
  now(account?: string): number;
  /** Offsets a clock, so that it shows `time` now and runs on. */
  turnTo(time: number, account?: string): void;
  /** Freezes a clock at `time`. */
  freeze(time: number, account?: string): void;
  /** Sets the emulator's clock to real time, or makes an account follow the emulator's clock again. */
  release(account?: string): void;
  isFrozen(account?: string): boolean;
  /** Returns whether a clock is offset or frozen. */
  isTurned(account?: string): boolean;
  /** Sets an account's clock, or all clocks, to the setting of the start. */
  reset(account?: string): void;
  /** Returns the settings of all clocks, or of an account's, for `restore`. */
  save(account?: string): SavedClock;
  restore(saved: SavedClock, account?: string): void;
  /** Returns the earliest time of all clocks and the wall clock. */
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
 * four digits (3.3). A clock that runs stays at the last.
 */
export const [EARLIEST, LATEST] = [Date.UTC(1900, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)] as const;

const MINUTE = 60_000;
const REAL: ClockSetting = { offset: 0 };

/**
 * @param start - when the emulator's clock starts, if not at the wall clock's time.
 * @param turned - called with the account whose clock was set; without one, all were.
 */
export function createClock(start?: number, turned: (account?: string) => void = () => {}): Clock {
  const initial = start === undefined ? REAL : { offset: start - Date.now() };
  let common = initial;
  const own = new Map<string, ClockSetting>();

  const setting = (account: string | undefined) => (account !== undefined && own.get(account)) || common;
  const read = (of: ClockSetting) => Math.min("frozenAt" in of ? of.frozenAt : Date.now() + of.offset, LATEST);
  const set = (to: ClockSetting, account: string | undefined) => {
    if (account === undefined) common = to;
    else own.set(account, to);
    turned(account);
  };
  return {
    now: (account) => read(setting(account)),
    turnTo: (time, account) => set({ offset: time - Date.now() }, account),
    freeze: (time, account) => set({ frozenAt: time }, account),
    release(account) {
      if (account === undefined) common = REAL;
      else own.delete(account);
      turned(account);
    },
    isFrozen: (account) => "frozenAt" in setting(account),
    isTurned(account) {
      const of = setting(account);
      return "frozenAt" in of || of.offset !== 0;
    },
    reset(account) {
      if (account === undefined) {
        own.clear();
        common = initial;
      } else own.delete(account);
      turned(account);
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
      turned(account);
    },
    earliest: () => Math.min(Date.now(), read(common), ...[...own.values()].map(read)),
    onPassing(listener) {
      const timer = setInterval(listener, MINUTE).unref();
      return () => clearInterval(timer);
    },
  };
}
