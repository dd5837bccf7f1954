import { once } from "node:events";
import { renameSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { mock } from "node:test";
import { setImmediate } from "node:timers/promises";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { LostDatabaseError } from "../../src/state/database-file.js";
import { MAX_EVENTS } from "../../src/state/timeline.js";
import { CALLS, callEmulator, callPath, FROM, NOON, secondsAfterNoon, TO } from "../support/calls.js";
import { ACCOUNT, AUTHORIZED, basic, DAY, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";

const START = Date.parse(NOON);
const TO_ME = `${CALLS}?To=${encodeURIComponent(TO)}`;
const RECORDINGS = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;
const iso = (time: number) => new Date(time).toISOString();

/**
 * Starts an emulator whose events of the kind `probe` are noted: the subject, the time that the handler got, and that of the
 * clock.
 */
async function probing(t: Test, overrides: Partial<Config> = {}) {
  const whole = await emulator(t, overrides);
  const { clock, timeline } = whole.state;
  const noted: [subject: string, at: number, clock: number][] = [];
  timeline.handle({
    probe({ account_sid, subject_sid }, at) {
      noted.push([subject_sid, at, clock.now(account_sid)]);
    },
  });
  const probe = (subject: string, due: number, account = ACCOUNT) => timeline.schedule(account, due, "probe", subject);
  /** Resolves once a probe has happened. The timer alone does not keep the process running. */
  const happening = async (subject: string) => {
    while (!subjects().includes(subject)) await setImmediate();
  };
  const pending = (account = ACCOUNT) => timeline.events.list(account, 1000).map(({ subject_sid }) => subject_sid);
  const subjects = () => noted.map(([subject]) => subject);
  const freeze = () => whole.steer("POST", "/clock", { now: NOON, frozen: true });
  return { ...whole, clock, timeline, noted, subjects, probe, happening, pending, freeze };
}

type Probing = Awaited<ReturnType<typeof probing>>;

/** Adds a chain of events, one each millisecond, that no turn reaches the end of; resolves at the 1,000th. */
function endless({ timeline }: Probing, from: number, account = ACCOUNT): Promise<void> {
  let count = 0;
  return new Promise((resolve) => {
    timeline.handle({
      again({ account_sid }, at) {
        timeline.schedule(account_sid, at + 1, "again", "none");
        if (++count === 1000) resolve();
      },
    });
    timeline.schedule(account, from, "again", "none");
  });
}

t.test("clock turned forward: each event in the order of their times, at its own time", async (t) => {
  const { steer, freeze, probe, noted } = await probing(t);
  await freeze();
  for (const seconds of [30, 10, 0, 20, 61]) probe(String(seconds), START + seconds * 1000);
  const { body } = await steer("POST", "/clock", { advance: "PT1M" });
  const callbacks = { delivered: 0, failed: 0, refused: 0, dropped: 0 };
  t.same(
    body,
    { now: iso(START + 60_000), frozen: true, real: false, events: 3, callbacks },
    "the first was due before the turn",
  );
  t.same(
    noted,
    [0, 10, 20, 30].map((seconds) => [String(seconds), START + seconds * 1000, START + seconds * 1000]),
  );
  t.equal((await steer("POST", "/clock", { advance: "PT0S" })).body.events, 0);
  t.equal((await steer("POST", "/clock", { advance: "PT1S" })).body.events, 1);
});

t.test("call with a recording, clock turned forward by an hour at once: the dates of its steps", async (t) => {
  const { place, advance, fetchCall, recordingsOf, steer } = await callEmulator(t);
  const sid = await place({ Record: "true" });
  await advance(3600);
  t.match(await fetchCall(sid), {
    status: "completed",
    date_created: secondsAfterNoon(0),
    start_time: secondsAfterNoon(2),
    end_time: secondsAfterNoon(12),
    date_updated: secondsAfterNoon(12),
    duration: "10",
  });
  t.match(await recordingsOf(sid), [
    {
      status: "completed",
      date_created: secondsAfterNoon(2),
      start_time: secondsAfterNoon(2),
      date_updated: secondsAfterNoon(15),
      duration: "10",
    },
  ]);
  t.same((await steer("GET", "/clock/events")).body, { events: [] });
});

t.test("events due at the same time: in the order of their creation", async (t) => {
  const { steer, freeze, probe, subjects, timeline, pending } = await probing(t);
  await freeze();
  const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
  for (const name of names) {
    probe(name, START + 5000);
    probe(`after ${name}`, START + 6000);
  }
  probe("cancelled", START + 5000);
  timeline.events.cancel(ACCOUNT, "cancelled");
  probe("last", START + 5000);
  const expected = [...names, "last", ...names.map((name) => `after ${name}`)];
  t.same(pending(), expected);
  await steer("POST", "/clock", { advance: "PT6S" });
  t.same(subjects(), expected);
});

t.test("script with fractions of seconds: steps at whole milliseconds", async (t) => {
  const { place, steer, configure } = await callEmulator(t);
  await configure({ rings_after: 0.0004, answered_after: 1.0016, lasts: 9.9999 });
  await place();
  const due = async () => (await steer("GET", "/clock/events")).body.events.map(({ due }: { due: string }) => due);
  t.same(await due(), [iso(START + 1002)], "the call rings at once");
  await steer("POST", "/clock", { advance: "PT1.002S" });
  t.same(await due(), [iso(START + 11_002)]);
});

t.test("list of timed events: of the main account or of another, in their order", async (t) => {
  const { steer, freeze, probe, control } = await probing(t);
  await freeze();
  probe("CA2", START + 2000);
  probe("CA1", START + 1000);
  probe("CA3", START + 3000, SUBACCOUNT);
  const events = [
    { due: iso(START + 1000), kind: "probe", sid: "CA1" },
    { due: iso(START + 2000), kind: "probe", sid: "CA2" },
  ];
  t.same((await steer("GET", "/clock/events")).body, { events });
  t.same(await control.for().clock.events(), events);
  t.match((await steer("GET", `/clock/events?account=${SUBACCOUNT}`)).body.events, [{ sid: "CA3" }]);
});

t.test("frozen clock: by itself only events due at that very moment happen", async (t) => {
  const { freeze, probe, happening, noted, pending } = await probing(t);
  await freeze();
  probe("later", START + 1);
  for (const name of ["one", "two"]) {
    probe(name, START);
    await happening(name);
  }
  t.same(noted, [
    ["one", START, START],
    ["two", START, START],
  ]);
  t.same(pending(), ["later"]);
});

t.test("clock turned back: nothing is undone or repeated; what lies ahead happens once, at its time", async (t) => {
  const { place, advance, fetchCall, recordingsOf, steer } = await callEmulator(t);
  const sid = await place({ Record: "true" });
  await advance(60);
  const ended = [await fetchCall(sid), await recordingsOf(sid)];
  const other = await place();
  await advance(1);
  t.match((await steer("POST", "/clock", { advance: "-PT1H" })).body, { now: iso(START - 3539_000), events: 0 });
  t.same([await fetchCall(sid), await recordingsOf(sid)], ended);
  t.match(await fetchCall(other), { status: "ringing" });
  t.match((await steer("POST", "/clock", { now: iso(START + 3600_000) })).body, { events: 2 }, "answered, completed");
  t.same([await fetchCall(sid), await recordingsOf(sid)], ended);
  t.match(await fetchCall(other), { start_time: secondsAfterNoon(62), end_time: secondsAfterNoon(72) });
});

t.test("call that ends after the clock was turned back: no negative durations", async (t) => {
  const { answered, post, fetchCall, recordingsOf, advance, steer } = await callEmulator(t);
  const sid = await answered({ Record: "true" });
  const [{ sid: recording }] = await recordingsOf(sid);
  const path = callPath(sid).replace(".json", `/Recordings/${recording}.json`);
  await post(path, { Status: "paused", PauseBehavior: "skip" });
  await steer("POST", "/clock", { advance: "-PT1M" });
  t.equal((await post(path, { Status: "in-progress" })).statusCode, 200);
  t.equal((await post(callPath(sid), { Status: "completed" })).statusCode, 200);
  await advance(3);
  t.match(await fetchCall(sid), { status: "completed", duration: "0", price: null });
  t.match(await recordingsOf(sid), [{ status: "absent", duration: "0", error_code: 16101 }]);
});

t.test(
  "emulator's clock turned: accounts with a clock of their own stay; their clock turned: others stay",
  async (t) => {
    const { steer, freeze, probe, noted, clock, pending } = await probing(t);
    await freeze();
    await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: iso(START - 60_000), frozen: true });
    for (const account of [ACCOUNT, SUBACCOUNT]) {
      probe(`early ${account}`, START - 30_000, account);
      probe(`late ${account}`, START + 30_000, account);
    }
    const early = (await steer("POST", "/clock", { advance: "PT1M" })).body;
    t.equal(early.events, 1, "the other was due before");
    t.same(noted, [
      [`early ${ACCOUNT}`, START - 30_000, START],
      [`late ${ACCOUNT}`, START + 30_000, START + 30_000],
    ]);
    t.equal(clock.now(SUBACCOUNT), START - 60_000);
    noted.length = 0;
    probe("other", START + 90_000);
    t.equal((await steer("POST", `/clock?account=${SUBACCOUNT}`, { advance: "PT1H" })).body.events, 2);
    t.same(noted, [
      [`early ${SUBACCOUNT}`, START - 30_000, START - 30_000],
      [`late ${SUBACCOUNT}`, START + 30_000, START + 30_000],
    ]);
    t.same([clock.now(), pending()], [START + 60_000, ["other"]]);
  },
);

t.test("emulator's clock turned: accounts that follow it take turns by the times of their events", async (t) => {
  const { steer, freeze, probe, subjects } = await probing(t);
  await freeze();
  for (const seconds of [4, 2]) probe(`main ${seconds}`, START + seconds * 1000);
  for (const seconds of [1, 3, 5]) probe(`sub ${seconds}`, START + seconds * 1000, SUBACCOUNT);
  await steer("POST", "/clock", { advance: "PT5S" });
  t.same(subjects(), ["sub 1", "main 2", "sub 3", "main 4", "sub 5"]);
});

t.test(
  "return to real time: what is due by then happens on the way; an account's clock: to the emulator's",
  async (t) => {
    const { steer, freeze, probe, noted, clock } = await probing(t);
    await freeze();
    await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: iso(START - 60_000), frozen: true });
    probe("sub", START - 1000, SUBACCOUNT);
    probe("sub later", START + 1000, SUBACCOUNT);
    t.same((await steer("DELETE", `/clock?account=${SUBACCOUNT}`)).body, { now: NOON, frozen: true, real: false });
    t.same(clock.ownAccounts(), []);
    probe("main", START + 2000);
    probe("future", Date.now() + DAY);
    const { body } = await steer("DELETE", "/clock");
    t.match(body, { frozen: false, real: true });
    t.ok(Math.abs(Date.parse(body.now) - Date.now()) < 60_000);
    t.same(noted, [
      ["sub", START - 1000, START - 1000],
      ["sub later", START + 1000, START + 1000],
      ["main", START + 2000, START + 2000],
    ]);
  },
);

t.test("more events than one turn may apply: 409, the clock stops at the last; turned again: it goes on", async (t) => {
  const { steer, state, probe, subjects, freeze } = await probing(t);
  await freeze();
  state.database
    .prepare(
      `INSERT INTO timed_events (account_sid, sid, due, kind, subject_sid, data)
       WITH RECURSIVE number (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM number WHERE value < ?)
       SELECT ?, printf('EV%032x', value), ? + value / 50, 'none', 'none', NULL FROM number`,
    )
    .run(MAX_EVENTS, ACCOUNT, START + 1000);
  const stop = START + 1000 + MAX_EVENTS / 50;
  probe("one more", stop + 1);
  await steer("POST", "/clock", { frozen: false });
  const cut = await steer("POST", "/clock", { advance: "PT1H" });
  t.equal(cut.status, 409);
  t.match(cut.body.error, /^the clock stopped at 2026-01-31T12:00:0\S+Z after 100000 events; turn it again to go on$/);
  t.match((await steer("GET", "/clock")).body, { frozen: false });
  const { status, body } = await steer("POST", "/clock", { advance: "PT1H" });
  t.equal(status, 200);
  t.ok(Date.parse(body.now) >= stop + 3600_000 && Date.parse(body.now) < stop + 7200_000);
  t.same(subjects(), ["one more"]);
});

t.test("real clock: a call goes through its life by itself", async (t) => {
  const { steer, state } = await emulator(t);
  const times = { rings_after: 0.005, answered_after: 0.01, lasts: 0.6, processed_for: 0.02, transcribed_for: 0.03 };
  await steer("PATCH", "/call-settings", times);
  const { body } = await steer("POST", "/calls", { recording: {} });
  const read = state.database.prepare<[string], Record<string, number | string>>(
    `SELECT calls.start_time AS start, end_time AS end, calls.date_created AS placed, recordings.date_created AS recorded,
       recordings.date_updated AS completed, recordings.status, recordings.duration
     FROM calls JOIN recordings ON recordings.call_sid = calls.sid WHERE calls.sid = ?`,
  );
  // Not by requests, which apply what is due.
  let row = read.get(body.sid);
  while (row?.status !== "completed") {
    await setImmediate();
    row = read.get(body.sid);
  }
  const placed = Number(row.placed);
  t.same(row, {
    placed,
    start: placed + 10,
    end: placed + 610,
    recorded: placed + 10,
    completed: placed + 630,
    status: "completed",
    duration: 1,
  });
});

t.test("real clock: one timer for all accounts, set for the next event", async (t) => {
  const { probe, happening, subjects, steer, clock } = await probing(t);
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: NOON });
  const now = Date.now();
  probe("third", now + 60);
  probe("first", now + 20);
  probe("never", now + 3600_000);
  probe("second", clock.now(SUBACCOUNT) + 40, SUBACCOUNT);
  await happening("third");
  t.same(subjects(), ["first", "second", "third"]);
});

t.test("frozen clock, unfrozen or of an account made real again: its events happen by themselves", async (t) => {
  const { probe, happening, steer, freeze, subjects } = await probing(t);
  await freeze();
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: iso(START - 1000), frozen: true });
  probe("main", START + 5);
  probe("sub", START + 10, SUBACCOUNT);
  await steer("POST", "/clock", { frozen: false });
  await happening("main");
  t.same(subjects(), ["main"]);
  await steer("DELETE", `/clock?account=${SUBACCOUNT}`);
  await happening("sub");
  t.same(subjects(), ["main", "sub"]);
});

t.test("event further away than a timer can wait: happens at its time", async (t) => {
  const { probe, subjects, timeline } = await probing(t);
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  t.teardown(() => process.off("warning", note));
  probe("very far", Date.now() + 365 * DAY);
  // Node warns of a timer that is too long after this turn of the event loop.
  await setImmediate();
  t.same(
    warnings.filter(({ name }) => name === "TimeoutOverflowWarning"),
    [],
  );
  timeline.events.clear();

  mock.timers.enable({ apis: ["Date", "setTimeout"], now: START });
  t.teardown(() => mock.timers.reset());
  const month = 30 * DAY;
  probe("far", START + month);
  mock.timers.tick(2 ** 31 - 1);
  t.same(subjects(), []);
  mock.timers.tick(month - 2 ** 31);
  t.same(subjects(), []);
  mock.timers.tick(1);
  t.same(subjects(), ["far"]);
});

t.test("very many events overdue: all happen, requests are answered in between", async (t) => {
  const { freeze, probe, happening, subjects, steer } = await probing(t);
  await freeze();
  const names = Array.from({ length: 1100 }, (_, index) => `p${index}`);
  for (const name of names) probe(name, START);
  await happening("p0");
  const soFar = subjects().length;
  t.ok(soFar < names.length, "not all at once");
  await happening("p1099");
  t.same(subjects(), names);
  t.equal((await steer("GET", "/clock/events")).body.events.length, 0);
});

t.test("late timer: requests to the account and to the control API see what is due", async (t) => {
  const { send, state, steer, place } = await callEmulator(t);
  const [first, second] = [await place(), await place()];
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  state.clock.freeze(START + 2000);
  t.match((await send(callPath(first))).json(), { status: "in-progress", start_time: secondsAfterNoon(2) });
  state.clock.freeze(START + 12_000);
  t.match((await steer("PATCH", `/calls/${second}`, { status: "completed" })).body, {
    status: "completed",
    end_time: secondsAfterNoon(12),
  });
  t.match((await send(TO_ME)).json().calls, [{ status: "completed" }, { status: "completed" }]);
  const third = await place();
  state.clock.freeze(START + 13_000);
  t.equal((await steer("GET", "/health")).status, 200);
  t.equal(
    state.database.prepare("SELECT status FROM calls WHERE sid = ?").pluck().get(third),
    "ringing",
    "a call for all accounts",
  );
});

t.test("cached responses: none is stale once an event is due", async (t) => {
  const { app, state, steer, post } = await emulator(t);
  let made = 0;
  app.addHook("onSend", async () => void made++);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const ask = async (path: string) => {
    const before = made;
    const asked = request({ port, path, agent, headers: AUTHORIZED }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    return { body: JSON.parse(await text(answer)), isCached: made === before };
  };
  /** Asks until the response comes from the cache. */
  const warm = async (path: string) => {
    for (let time = 0; time < 3; time++) {
      const answer = await ask(path);
      if (answer.isCached) return answer.body;
    }
    return t.fail(`not cached: ${path}`);
  };

  const form = { To: TO, From: FROM, Url: "https://example.com/voice.xml", Record: "true" };
  await steer("POST", "/clock", { now: NOON });
  // The clock runs, without timers: nothing but the time makes a response stale.
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.now() });
  t.teardown(() => mock.timers.reset());
  const { sid } = (await post(CALLS, form)).json();
  const start = Date.now();
  const [call, recordings, list] = [callPath(sid), RECORDINGS, `${TO_ME}&Status=in-progress`];
  for (const [seconds, status, recorded] of [
    [0, "queued"],
    [1, "ringing"],
    [2, "in-progress", "processing"],
    [12, "completed", "processing"],
    [15, "completed", "completed"],
  ] as const) {
    if (seconds > 0) {
      mock.timers.setTime(start + seconds * 1000 - 1);
      await warm(call);
      mock.timers.setTime(start + seconds * 1000);
    }
    const mine = (body: { recordings: { call_sid: string }[] }) =>
      body.recordings.filter((row) => row.call_sid === sid);
    for (const read of [ask, async (path: string) => ({ body: await warm(path) })]) {
      t.equal((await read(call)).body.status, status);
      t.match(mine((await read(recordings)).body), recorded === undefined ? [] : [{ status: recorded }]);
      const running = (await read(list)).body.calls.length;
      t.equal(running, Number(status === "in-progress"), `${seconds} s: ${running} in progress`);
    }
  }
  t.equal(state.timeline.nextDue(ACCOUNT), Number.POSITIVE_INFINITY);
});

t.test("two turns at once: one after the other, their durations add up", async (t) => {
  const { control, freeze, steer, probe, noted } = await probing(t);
  const { clock } = control.for();
  await freeze();
  for (let index = 0; index < 1200; index++) probe(`p${index}`, START + 500 + index);
  const [first, second] = await Promise.all([clock.advance("PT1S"), clock.advance("PT1S")]);
  t.match(first, { now: iso(START + 1000), events: 501 });
  t.match(second, { now: iso(START + 2000), events: 699 });
  t.ok(noted.every(([, at, shown]) => at === shown));

  await steer("POST", "/clock", { frozen: false });
  const now = Date.parse((await clock.read()).now);
  for (let index = 0; index < 1200; index++) probe(`q${index}`, now + 3_600_000 + index);
  const turns = await Promise.all([clock.advance("PT2H"), clock.advance("-PT30M"), clock.advance("PT10M")]);
  t.match(turns, [
    { events: 1200, frozen: false },
    { events: 0, frozen: false },
    { events: 0, frozen: false },
  ]);
  const hours = (index: number) => (Date.parse(turns[index]?.now ?? "") - now) / 3_600_000;
  t.same(
    [hours(0), hours(1), hours(2)].map((value) => value.toFixed(2)),
    ["2.00", "1.50", "1.67"],
  );
});

t.test("requests during a turn: accounts of other clocks see what is due, its own do not yet", async (t) => {
  const whole = await probing(t);
  const { steer, control, freeze, probe, subjects, happening, clock, timeline } = whole;
  await freeze();
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: NOON, frozen: true });
  const reached = endless(whole, START + 1);
  const turn = control.for().clock.advance("PT1H");
  await reached;
  t.match(await control.for().clock.read(), { frozen: true });
  probe("sub", START, SUBACCOUNT);
  probe("main", clock.now());
  timeline.settle();
  t.same(subjects(), ["sub"]);
  clock.freeze(START + 5, SUBACCOUNT);
  probe("sub by itself", START + 5, SUBACCOUNT);
  await happening("sub by itself");
  await control.for().reset();
  await t.rejects(turn, { statusCode: 409, message: "the turn of the clock was ended by a reset" });
});

t.test("turn of an account's clock: requests to other accounts see what is due", async (t) => {
  const whole = await probing(t);
  const { control, freeze, probe, subjects, timeline } = whole;
  await freeze();
  const reached = endless(whole, START + 1, SUBACCOUNT);
  const turn = control.for(SUBACCOUNT).clock.advance("PT1H");
  await reached;
  probe("sub", START, SUBACCOUNT);
  probe("main", START);
  timeline.settle();
  t.same(subjects(), ["main"]);
  await control.for().reset();
  await t.rejects(turn, { message: "the turn of the clock was ended by a reset" });
});

t.test("reset during a turn, another one waiting: both 409; state and clock as after seeding", async (t) => {
  const whole = await probing(t);
  const { steer, control, state, pending, freeze } = whole;
  await control.for().reset();
  await freeze();
  const reached = endless(whole, START + 1);
  const turn = steer("POST", "/clock", { advance: "PT1H" });
  await reached;
  const waiting = state.timeline.turn(undefined, () => {
    t.fail("begins after the reset");
    return { time: START, arrive() {} };
  });
  const message = "the turn of the clock was ended by a reset";
  const rejected = t.rejects(waiting, { name: "TurnError", message });
  await control.for().reset();
  t.same([pending(), state.clock.isReal(), state.clock.isFrozen()], [[], true, false]);
  t.same(await turn, { status: 409, body: { error: message } });
  await rejected;
  t.same([pending(), state.clock.isReal(), state.clock.isFrozen()], [[], true, false]);
  t.equal((await steer("POST", "/clock", { advance: "PT1H" })).status, 200, "later turns go on");
});

t.test("import during a turn: 409; the clock runs on from where it came", async (t) => {
  const whole = await probing(t);
  const { steer, control, pending, state } = whole;
  const fixtures = await control.for().export();
  await steer("POST", "/clock", { now: NOON });
  const start = state.clock.now();
  const reached = endless(whole, start + 1);
  const turn = steer("POST", "/clock", { advance: "P1D" });
  await reached;
  await control.for().import(fixtures);
  t.same(await turn, { status: 409, body: { error: "the turn of the clock was ended by an import" } });
  t.same(pending(), []);
  const { body } = await steer("GET", "/clock");
  t.match(body, { frozen: false, real: false });
  t.ok(Date.parse(body.now) > start && Date.parse(body.now) < start + DAY);
});

t.test("snapshot restored during a turn: 409; clock and events are the snapshot's", async (t) => {
  const whole = await probing(t);
  const { steer, control, pending, probe, freeze } = whole;
  await freeze();
  probe("saved", START + 1000);
  await steer("PUT", "/snapshots/one");
  const reached = endless(whole, START + 1);
  const turn = steer("POST", "/clock", { advance: "PT1H" });
  await reached;
  await control.for().snapshots.restore("one");
  t.same(await turn, { status: 409, body: { error: "the turn of the clock was ended by a restored snapshot" } });
  t.same(pending(), ["saved"]);
  t.match((await steer("GET", "/clock")).body, { now: NOON, frozen: true });
  t.equal((await steer("POST", "/clock", { advance: "PT1S" })).body.events, 1);
});

t.test(
  "turn of an account's clock: ended by the account's reset or removal, not by another account's reset",
  async (t) => {
    const whole = await probing(t);
    const { steer, control, state } = whole;
    for (const [end, cause] of [
      [async () => void (await control.for(SUBACCOUNT).reset()), "a reset"],
      [async () => void (await steer("DELETE", `/accounts/${SUBACCOUNT}`)), "the removal of its account"],
    ] as const) {
      await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: NOON, frozen: true });
      const reached = endless(whole, START + 1, SUBACCOUNT);
      const turn = steer("POST", `/clock?account=${SUBACCOUNT}`, { advance: "PT1H" });
      await reached;
      await control.for(ACCOUNT).reset();
      t.equal(state.clock.isFrozen(SUBACCOUNT), true);
      t.ok(state.clock.now(SUBACCOUNT) > START, "goes on");
      await end();
      t.same(await turn, { status: 409, body: { error: `the turn of the clock was ended by ${cause}` } });
      t.same(state.clock.ownAccounts(), []);
    }
  },
);

t.test("emulator closed during a turn: the turn is rejected", async (t) => {
  const whole = await probing(t);
  const { app, control, freeze } = whole;
  await freeze();
  const reached = endless(whole, START + 1);
  const turn = control.for().clock.advance("PT1H");
  const rejected = t.rejects(turn, {
    statusCode: 409,
    message: "the turn of the clock was ended by the end of the emulator",
  });
  await reached;
  await app.close();
  await rejected;
});

t.test("event that throws: it stays, the turn is 500, and the clock runs on from there", async (t) => {
  const { steer, send, timeline, clock, probe, subjects, pending, happening } = await probing(t);
  await steer("POST", "/clock", { now: NOON });
  const start = clock.now();
  let isBroken = true;
  timeline.handle({
    broken: ({ account_sid }) => {
      timeline.schedule(account_sid, start, "probe", "undone");
      if (isBroken) throw new Error("broken");
    },
  });
  timeline.schedule(ACCOUNT, start + 3_600_000, "broken", "broken");
  probe("after", start + 3_600_010);
  t.same(await steer("POST", "/clock", { advance: "P1D" }), { status: 500, body: { error: "broken" } });
  t.same(pending(), ["broken", "after"], "in one transaction");
  t.match([clock.isFrozen(), clock.now() >= start + 3_600_000, clock.now() < start + 7_200_000], [false, true, true]);
  const refused = await send(RECORDINGS);
  t.match([refused.statusCode, refused.json().code], [500, 20500]);
  isBroken = false;
  timeline.arm();
  await happening("after");
  t.same([subjects(), pending()], [["undone", "after"], []]);
});

t.test("events: undone by a reset, part of snapshots", async (t) => {
  const { place, advance, fetchCall, recordingsOf, steer, state, send } = await callEmulator(t);
  const sid = await place({ Record: "true" });
  await advance(2);
  const events = () => steer("GET", "/clock/events");
  const saved = [await fetchCall(sid), await recordingsOf(sid), await events()];
  t.match(saved[2], { body: { events: [{ kind: "call.complete" }] } });
  await steer("PUT", "/snapshots/one");
  await advance(60);
  const ended = [await fetchCall(sid), await recordingsOf(sid), await events()];
  for (let time = 0; time < 2; time++) {
    t.equal((await steer("POST", "/snapshots/one/restore")).status, 204);
    t.same([await fetchCall(sid), await recordingsOf(sid), await events()], saved);
    await advance(60);
    t.same([await fetchCall(sid), await recordingsOf(sid), await events()], ended);
  }
  await steer("POST", "/snapshots/one/restore");
  await steer("POST", "/reset");
  t.equal((await send(callPath(sid))).statusCode, 404);
  t.same((await events()).body, { events: [] });
  await steer("POST", "/clock", { advance: "PT1H" });
  t.equal(state.database.prepare("SELECT count(*) FROM recordings WHERE call_sid = ?").pluck().get(sid), 0);
});

t.test("transcription under way in a snapshot: completed with its text after the restore", async (t) => {
  const { steer, send } = await emulator(t);
  const advance = (seconds: number) => steer("POST", "/clock", { advance: `PT${seconds}S` });
  await steer("POST", "/clock", { now: NOON, frozen: true });
  const text = 'the "text" of it';
  await steer("POST", "/calls", { status: "in-progress", recording: { transcription: { text } } });
  await advance(14);
  const [event] = (await steer("GET", "/clock/events")).body.events;
  t.match(event, { kind: "transcription.done", due: iso(START + 25_000) });
  const read = async () => (await send(RECORDINGS.replace("Recordings", `Transcriptions/${event.sid}`))).json();
  t.match(await read(), { status: "in-progress", transcription_text: null });
  await steer("PUT", "/snapshots/one");
  await steer("POST", "/reset");
  await steer("POST", "/snapshots/one/restore");
  await advance(12);
  t.match(await read(), { status: "completed", transcription_text: text, date_updated: secondsAfterNoon(25) });
});

t.test("snapshot of one account restored: its events only", async (t) => {
  const { steer, probe, freeze, pending } = await probing(t);
  await freeze();
  for (const account of [ACCOUNT, SUBACCOUNT]) probe("before", START + 1000, account);
  await steer("PUT", `/snapshots/mine?account=${SUBACCOUNT}`);
  for (const account of [ACCOUNT, SUBACCOUNT]) probe("after", START + 2000, account);
  await steer("POST", `/snapshots/mine/restore?account=${SUBACCOUNT}`);
  t.same([pending(), pending(SUBACCOUNT)], [["before", "after"], ["before"]]);
  await steer("POST", `/reset?account=${SUBACCOUNT}`);
  t.same([pending(), pending(SUBACCOUNT)], [["before", "after"], []]);
});

t.test(
  "events: neither in an export nor in a new account; an import or the removal of the account removes them",
  async (t) => {
    const { steer, probe, freeze, pending, send } = await probing(t);
    await freeze();
    probe("main", START + 1000);
    probe("sub", START + 1000, SUBACCOUNT);
    const { body: exported } = await steer("GET", "/export");
    t.notMatch(JSON.stringify(exported), /probe|timed/);
    const { body: account } = await steer("POST", "/accounts", {});
    const headers = { authorization: basic(account.sid, account.auth_token) };
    t.equal((await send(pathOf(numbered("05"), account.sid), { headers })).statusCode, 200, "a copy");
    t.same(pending(account.sid), []);
    probe("copy", START + 1000, account.sid);
    await steer("DELETE", `/accounts/${account.sid}`);
    t.same(pending(account.sid), []);
    const own = {
      recordings: exported.recordings.filter((row: { account_sid: string }) => row.account_sid === SUBACCOUNT),
    };
    t.equal((await steer("POST", `/import?account=${SUBACCOUNT}`, own)).status, 204);
    t.same([pending(), pending(SUBACCOUNT)], [["main"], []]);
    t.equal((await steer("POST", "/import", exported)).status, 204);
    t.same(pending(), []);
  },
);

t.test("large import: the events of all accounts are gone; a reset does not bring them back", async (t) => {
  const { steer, probe, freeze, pending } = await probing(t);
  await freeze();
  probe("main", START + 1000);
  probe("sub", START + 1000, SUBACCOUNT);
  const { body } = await steer("GET", "/export");
  // Above 20,000 rows an import replaces tables, not rows.
  for (let index = 0; index < 20_001; index++) {
    const sid = `RE1${index.toString(16).padStart(31, "0")}`;
    body.recordings.push({ sid, account_sid: ACCOUNT, call_sid: null });
  }
  body.accounts = body.accounts.filter(({ sid }: { sid: string }) => sid !== SUBACCOUNT);
  for (const list of Object.keys(body)) {
    body[list] = body[list].filter((row: { account_sid?: string }) => row.account_sid !== SUBACCOUNT);
  }
  t.same(await steer("POST", "/import", body), { status: 204, body: undefined });
  t.same([pending(), pending(SUBACCOUNT)], [[], []]);
  t.same(await steer("POST", "/reset"), { status: 204, body: undefined });
  t.same([pending(), pending(SUBACCOUNT)], [[], []]);
});

t.test("event of a resource that is gone, or of an unknown kind: nothing happens", async (t) => {
  const { place, steer, state, answered, post, advance } = await callEmulator(t);
  const sid = await place();
  state.database.prepare("DELETE FROM calls WHERE sid = ?").run(sid);
  state.timeline.schedule(ACCOUNT, START + 1000, "unknown", sid);
  t.equal((await steer("POST", "/clock", { advance: "PT1M" })).body.events, 3);

  const call = await answered();
  const recording = (await post(callPath(call).replace(".json", "/Recordings.json"))).json().sid;
  await advance(10);
  t.match((await steer("GET", "/clock/events")).body.events, [{ kind: "recording.done", sid: recording }]);
  await steer("DELETE", `/recordings/${recording}`);
  t.same((await steer("GET", "/clock/events")).body, { events: [] }, "those of a hard-deleted recording are removed");
  state.timeline.schedule(ACCOUNT, START, "recording.done", recording);
  t.equal((await steer("POST", "/clock", { advance: "PT1M" })).status, 200);
});

t.test(
  "lost database file: the timer reports it and goes on; reads succeed; file back: the event happens",
  async (t) => {
    const data = join(t.testdir({}), "data");
    const { state, send, steer, probe, subjects, pending } = await probing(t, { data });
    const errors: unknown[] = [];
    await steer("POST", "/clock", { now: NOON });
    mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.now() });
    t.teardown(() => mock.timers.reset());
    state.timeline.start((error) => errors.push(error));
    probe("one", state.clock.now() + 10);
    renameSync(data, `${data}.moved`);
    t.match(state.file.check(), { name: "LostDatabaseError" });
    mock.timers.tick(10);
    t.equal(errors.length, 1);
    t.ok(errors[0] instanceof LostDatabaseError);
    t.equal((await send(RECORDINGS)).statusCode, 200);
    t.equal((await steer("GET", "/health")).status, 503);
    t.match(await steer("POST", "/clock", { advance: "PT1H" }), {
      status: 500,
      body: { error: /removed or replaced/ },
    });
    t.same([subjects(), pending()], [[], ["one"]]);
    t.equal(state.clock.isFrozen(), false);
    errors.length = 0;
    mock.timers.tick(60_000);
    t.ok(errors.length > 0, "the timer tries again");

    renameSync(`${data}.moved`, data);
    t.equal(state.file.check(), undefined);
    mock.timers.tick(60_000);
    t.same([subjects(), pending()], [["one"], []]);
    rmSync(data, { recursive: true });
  },
);
