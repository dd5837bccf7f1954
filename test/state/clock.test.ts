import { mock } from "node:test";
import t from "tap";
import { createClock } from "../../src/state/clock.js";

t.test("starts at the wall clock's time, and runs with it", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  t.equal(clock.now(), 1000);
  mock.timers.tick(5);
  t.equal(clock.now(), 1005);
});

t.test("turned, it runs on from there", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  clock.turnTo(50_000);
  t.equal(clock.now(), 50_000);
  mock.timers.tick(5);
  t.equal(clock.now(), 50_005);
});

t.test("tells of time passing: after each turn and every minute, until it is told to stop", async (t) => {
  mock.timers.enable({ apis: ["Date", "setInterval"] });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  let calls = 0;
  const stop = clock.onPassing(() => calls++);
  t.equal(calls, 0);
  clock.turnTo(5);
  t.equal(calls, 1);
  mock.timers.tick(120_000);
  t.equal(calls, 3);
  stop();
  clock.turnTo(6);
  mock.timers.tick(120_000);
  t.equal(calls, 3);
});
