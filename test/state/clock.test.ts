import { mock } from "node:test";
import t from "tap";
import { createClock, LATEST } from "../../src/state/clock.js";

t.test("new clock: real time", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  t.equal(clock.now(), 1000);
  mock.timers.tick(5);
  t.equal(clock.now(), 1005);
});

t.test("offset clock: runs on from the time that was set", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  clock.set(50_000);
  t.equal(clock.now(), 50_000);
  mock.timers.tick(5);
  t.equal(clock.now(), 50_005);
});

t.test("frozen clock: constant until it is set or made real again", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  clock.freeze(7);
  mock.timers.tick(5);
  t.equal(clock.now(), 7);
  t.ok(clock.isFrozen() && !clock.isReal());
  clock.set(clock.now());
  mock.timers.tick(5);
  t.equal(clock.now(), 12);
  clock.useRealTime();
  t.equal(clock.now(), 1010);
  t.ok(!clock.isFrozen() && clock.isReal());
});

t.test("clock of one account: others unchanged; made real again: follows the global clock", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  clock.freeze(5, "one");
  t.same([clock.now("one"), clock.now("other"), clock.now()], [5, 1000, 1000]);
  t.equal(clock.earliest(), 5);
  clock.set(3);
  t.same([clock.now("one"), clock.now("other"), clock.now()], [5, 3, 3]);
  t.equal(clock.earliest(), 3);
  clock.useRealTime("one");
  t.equal(clock.now("one"), 3);
  t.equal(clock.earliest(), 3);
});

t.test("reset of an account's clock: follows the global clock; global reset: back to the start time", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock(400);
  clock.set(9);
  clock.freeze(5, "one");
  clock.freeze(6, "other");
  clock.reset("one");
  t.same([clock.now("one"), clock.now("other")], [9, 6]);
  mock.timers.tick(5);
  clock.reset();
  t.same([clock.now("one"), clock.now("other"), clock.now()], [405, 405, 405]);
});

t.test("save and restore: all clocks, or the clock of one account", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  clock.freeze(5, "one");
  const [all, one, other] = [clock.save(), clock.save("one"), clock.save("other")];
  clock.set(9);
  clock.freeze(6, "other");
  clock.useRealTime("one");
  clock.restore(one, "one");
  clock.restore(other, "other");
  t.same([clock.now("one"), clock.now("other"), clock.now()], [5, 9, 9]);
  clock.restore(JSON.parse(JSON.stringify(all)));
  t.same([clock.now("one"), clock.now("other"), clock.now()], [5, 1000, 1000]);
  t.ok(clock.isReal());
});

t.test("end of the year 9999, reached by time or set: the clock stops there", async (t) => {
  mock.timers.enable({ apis: ["Date"], now: 1000 });
  t.teardown(() => mock.timers.reset());
  const clock = createClock(LATEST - 5);
  clock.set(LATEST, "one");
  mock.timers.tick(3);
  t.same([clock.now(), clock.now("one")], [LATEST - 2, LATEST]);
  mock.timers.tick(60_000);
  t.same([clock.now(), clock.now("one")], [LATEST, LATEST]);
  t.equal(new Date(clock.now()).toISOString(), "9999-12-31T23:59:59.999Z");
  clock.set(5);
  t.equal(clock.now(), 5);
});

t.test("onPassing: called every minute until it is stopped", async (t) => {
  mock.timers.enable({ apis: ["Date", "setInterval"] });
  t.teardown(() => mock.timers.reset());
  const clock = createClock();
  let calls = 0;
  const stop = clock.onPassing(() => calls++);
  t.equal(calls, 0);
  mock.timers.tick(120_000);
  t.equal(calls, 2);
  stop();
  mock.timers.tick(120_000);
  t.equal(calls, 2);
});
