import { mock } from "node:test";
import t from "tap";
import { createClock, LATEST } from "../../src/state/clock.js";

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
  clock.set(50_000);
  t.equal(clock.now(), 50_000);
  mock.timers.tick(5);
  t.equal(clock.now(), 50_005);
});

t.test("frozen, it stands, until it runs on from there", async (t) => {
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

t.test("an account's own clock leaves the others alone, until it is released", async (t) => {
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

t.test("reset: all as it began, at the given start too", async (t) => {
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

t.test("saved and restored: all of it, or one account's", async (t) => {
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

t.test("at the end of the year 9999 it stays, however it came there", async (t) => {
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

t.test("tells of time passing every minute, until it is told to stop", async (t) => {
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
