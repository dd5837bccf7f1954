import { mock } from "node:test";
import type { Test } from "tap";

/**
 * Stops the wall clock for this test.
 *
 * @returns a function that sets the wall clock to real time plus these milliseconds and runs one minute of timers.
 */
export function mockTime(t: Test): (milliseconds: number) => void {
  mock.timers.enable({ apis: ["Date", "setInterval"], now: Date.now() });
  t.teardown(() => mock.timers.reset());
  return (milliseconds) => {
    mock.timers.setTime(Date.now() + milliseconds);
    mock.timers.tick(60_000);
  };
}
