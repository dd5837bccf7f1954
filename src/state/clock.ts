/** The emulator's time. Nothing outside this folder reads the wall clock. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Turns the clock to `time` (milliseconds since the Unix epoch); it runs on from there. */
  turnTo(time: number): void;
  /**
   * Calls `listener` whenever time has passed: after each turn of the clock and once a minute in between.
   * @returns a function that ends the calls.
   */
  onPassing(listener: () => void): () => void;
}

/** Milliseconds. */
export const DAY = 86_400_000;

const MINUTE = 60_000;

/** A clock that starts at the wall clock's time. */
export function createClock(): Clock {
  let offset = 0;
  const listeners = new Set<() => void>();
  return {
    now: () => Date.now() + offset,
    turnTo(time) {
      offset = time - Date.now();
      for (const listener of listeners) listener();
    },
    onPassing(listener) {
      listeners.add(listener);
      const timer = setInterval(listener, MINUTE).unref();
      return () => {
        listeners.delete(listener);
        clearInterval(timer);
      };
    },
  };
}
