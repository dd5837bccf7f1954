/** Either offset from the wall clock or frozen. Both in milliseconds, the latter since the Unix epoch. */
export type ClockSetting = { offset: number } | { frozenAt: number };

export interface SavedClock {
  /** The emulator's clock; absent if a single account was saved. */
  common?: ClockSetting;
  own: [account: string, ClockSetting][];
}

/**
 * The emulator's clock, and clocks of single accounts. No code outside this folder reads the wall clock.
 *
 * Times are milliseconds since the Unix epoch. Without an account, `reset`, `save` and `restore` apply to all clocks, other
 * methods to the emulator's.
 */
export interface Clock {
  now(account?: string): number;
  set(time: number, account?: string): void;
  freeze(time: number, account?: string): void;
  /** An account's clock then follows the emulator's. */
  useRealTime(account?: string): void;
  /** Returns what the clock would show after `useRealTime`. */
  realTime(account?: string): number;
  isFrozen(account?: string): boolean;
  /** Returns the accounts that have a clock of their own. */
  ownAccounts(): string[];
  isReal(account?: string): boolean;
  reset(account?: string): void;
  save(account?: string): SavedClock;
  restore(saved: SavedClock, account?: string): void;
  /** Returns the earliest time of all clocks, the wall clock included. */
  earliest(): number;
  /** Calls `listener` once a minute. Returns a function that stops the calls. */
  onPassing(listener: () => void): () => void;
}

/** Milliseconds. */
export const DAY = 86_400_000;

/** The range of a clock, in milliseconds since the Unix epoch: RFC 2822 (3.3) writes years from 1900 with four digits. */
export const [EARLIEST, LATEST] = [Date.UTC(1900, 0, 1), Date.UTC(9999, 11, 31, 23, 59, 59, 999)] as const;

const MINUTE = 60_000;
const REAL: ClockSetting = { offset: 0 };

/**
 * @param start - the initial time of the emulator's clock; real time by default.
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
    realTime: (account) => read(account === undefined ? REAL : common),
    isFrozen: (account) => "frozenAt" in setting(account),
    ownAccounts: () => [...own.keys()],
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
