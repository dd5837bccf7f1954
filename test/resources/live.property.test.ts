import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { CALL_LIFECYCLE, isEnded } from "../../src/resources/calls/lifecycle.js";
import type { CallSettings } from "../../src/resources/calls/settings.js";
import type { CallRow } from "../../src/resources/calls/table.js";
import type { ConferenceRow } from "../../src/resources/conferences/table.js";
import type { Lifecycle } from "../../src/resources/lifecycle.js";
import { isActive, RECORDING_LIFECYCLE } from "../../src/resources/recordings/lifecycle.js";
import type { RecordingRow } from "../../src/resources/recordings/table.js";
import type { TimedEvent } from "../../src/state/timed-events.js";
import { NOON } from "../support/calls.js";
import { ACCOUNT, emulator, pathOf } from "../support/emulator.js";

const API = `/2010-04-01/Accounts/${ACCOUNT}`;
const HOUR = 3_600_000;

interface Pause {
  from: number;
  until?: number;
  skips: boolean;
}

/** What the commands did, as far as rows do not show it. */
interface Model {
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** By recording. */
  pauses: Record<string, Pause[]>;
  /** When the API stopped a recording. */
  stops: Record<string, number>;
  snapshot?: Pick<Model, "now" | "pauses" | "stops">;
}

type Emulator = Awaited<ReturnType<typeof emulator>>;

interface Real {
  current: Emulator;
  restart(clock: number): Promise<void>;
}

/** How often each result came, so that the test does not pass without them. */
const seen = new Map<string, number>();
const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);

const edgesOf = (lifecycle: Lifecycle<string>) =>
  Object.values(lifecycle).flatMap(({ from, to }) => from.map((status) => `${status} > ${to}`));
const CALL_EDGES = new Set(edgesOf(CALL_LIFECYCLE));
const RECORDING_EDGES = new Set([...edgesOf(RECORDING_LIFECYCLE), "completed > deleted"]);

/** Writes down every change of a status. */
function watchMoves({ state: { database } }: Emulator): void {
  database.exec("CREATE TEMP TABLE moves (relation TEXT, move TEXT)");
  for (const table of ["calls", "recordings"]) {
    database.exec(
      `CREATE TEMP TRIGGER move_${table} AFTER UPDATE OF status ON ${table} WHEN old.status <> new.status
       BEGIN INSERT INTO moves VALUES ('${table}', old.status || ' > ' || new.status); END`,
    );
  }
}

/** Returns the rows that the commands made, oldest first; what is due has happened. */
function rowsOf({ state: { database, timeline } }: Emulator) {
  timeline.settle();
  const all = <Row>(sql: string) => database.prepare<[], Row>(sql).all();
  return {
    calls: all<CallRow>("SELECT * FROM calls WHERE script IS NOT NULL ORDER BY date_created, sid"),
    recordings: all<RecordingRow>(
      `SELECT * FROM recordings WHERE call_sid IN (SELECT sid FROM calls WHERE script IS NOT NULL)
       ORDER BY date_created, sid`,
    ),
    conferences: all<ConferenceRow>("SELECT * FROM conferences WHERE script IS NOT NULL ORDER BY date_created, sid"),
    events: all<TimedEvent>("SELECT * FROM timed_events"),
  };
}
type Rows = ReturnType<typeof rowsOf>;

const priceOf = (seconds: number, rate: number) => `-${(rate * Math.max(1, Math.ceil(seconds / 60))).toFixed(5)}`;
const settingsOf = ({ script }: CallRow) => JSON.parse(script as string).settings as CallSettings;
const nominal = ({ instant, lasts }: CallSettings, most = lasts ?? 10) =>
  instant ? Math.round(Math.min(lasts ?? 10, most)) : 0;

function checkMoves({ state: { database } }: Emulator): void {
  const moves = database.prepare<[], { relation: string; move: string }>("SELECT * FROM moves").all();
  for (const { relation, move } of moves) {
    assert.ok((relation === "calls" ? CALL_EDGES : RECORDING_EDGES).has(move), `${relation}: ${move}`);
    see(move);
  }
  database.exec("DELETE FROM moves");
}

function checkCall(call: CallRow, { recordings, events }: Rows): void {
  const { status, date_created, date_updated, start_time, end_time, duration, price } = call;
  const own = recordings.filter(({ call_sid, conference_sid }) => call_sid === call.sid && conference_sid === null);
  const active = own.filter((row) => isActive(row.status));
  const byApi = active.filter(({ source }) => source === "StartCallRecordingAPI");
  assert.ok(byApi.length <= 1, "one active API recording");
  if (status !== "in-progress") assert.equal(active.length, 0, `active recordings of a call that is ${status}`);
  assert.ok((start_time ?? date_created) >= date_created);
  assert.ok(date_updated >= (start_time ?? date_created));
  if (!isEnded(status)) {
    assert.deepEqual([end_time, duration, price], [null, null, null]);
    return;
  }
  assert.deepEqual(
    events.filter(({ subject_sid }) => subject_sid === call.sid),
    [],
    "events of an ended call",
  );
  assert.equal(end_time, date_updated);
  assert.ok((end_time as number) >= (start_time as number));
  const seconds = duration as number;
  if (status === "completed" && seconds > 0) {
    const elapsed = Math.round(((end_time as number) - (start_time as number)) / 1000);
    assert.equal(seconds, Math.max(elapsed, nominal(settingsOf(call))));
  }
  if (status !== "completed" && status !== "failed") assert.equal(seconds, 0);
  assert.equal(price, seconds === 0 ? null : priceOf(seconds, 0.015));
}

function checkRecording(row: RecordingRow, { calls, conferences, events }: Rows, model: Model): void {
  const { sid, status, date_created, date_updated, start_time, duration, price, error_code } = row;
  const call = calls.find((one) => one.sid === row.call_sid) as CallRow;
  const conference = conferences.find((one) => one.sid === row.conference_sid);
  const settings = settingsOf(call);
  const own = events.filter(({ subject_sid }) => subject_sid === sid);
  assert.ok(date_created <= (start_time as number) && (start_time as number) <= date_updated);
  if (isActive(status)) {
    assert.deepEqual([duration, price, error_code], [null, null, null]);
    assert.equal((conference ?? call).status, "in-progress");
    const paused = model.pauses[sid]?.at(-1);
    assert.equal(status === "paused", paused !== undefined && paused.until === undefined);
    return;
  }

  const processed = settings.instant ? 0 : settings.processed_for * 1000;
  if (status === "processing") {
    assert.deepEqual([duration, price, error_code], [null, null, null]);
    assert.deepEqual(
      own.map(({ kind, due }) => [kind, due]),
      [["recording.done", date_updated + processed]],
    );
    return;
  }
  // Finished: when it ended follows from what happened to it, and its length from its pauses.
  assert.deepEqual(own, []);
  const order = orderOf(call, row);
  const ends = [
    model.stops[sid],
    order.length === undefined ? undefined : (start_time as number) + (settings.instant ? 0 : order.length * 1000),
    conference === undefined ? call.end_time : conference.status === "completed" ? conference.date_updated : undefined,
  ].filter((time) => typeof time === "number");
  const end = Math.min(...ends);
  assert.equal(date_updated, end + processed, "end of the processing");
  let sound = end - (start_time as number);
  for (const { from, until = end, skips } of model.pauses[sid] ?? []) if (skips) sound -= until - from;
  const isSilent = settings.sound === "silence";
  const length = Math.max(Math.round(sound / 1000), nominal(settings, order.length));
  const seconds = isSilent && order.trim ? 0 : length;
  if (isSilent && settings.absent_if_silent) assert.deepEqual([status, error_code], ["absent", 16102]);
  else if (seconds === 0) assert.deepEqual([status, error_code], ["absent", 16101]);
  else {
    assert.ok(status === "completed" || status === "deleted");
    assert.deepEqual([duration, error_code, price], [seconds, null, priceOf(seconds, 0.0025)]);
    const whole = Math.round((end - (start_time as number)) / 1000);
    if (conference === undefined && isEnded(call.status)) {
      assert.ok(seconds <= (call.duration as number), `${seconds} s of ${call.duration} s`);
    }
    if (!settings.instant) assert.ok(seconds <= whole);
    if (seconds < whole) see("shortened");
    return;
  }
  assert.deepEqual([duration, price], [0, null]);
}

/** Returns what a recording was started with: by the call's script, or by the API. */
function orderOf(call: CallRow, { source, conference_sid }: RecordingRow): { length?: number; trim: boolean } {
  if (conference_sid !== null) return { trim: true };
  return source === "StartCallRecordingAPI" ? { trim: false } : JSON.parse(call.script as string).recording;
}

function check(model: Model, { current }: Real): void {
  const rows = rowsOf(current);
  assert.equal(current.state.clock.now(ACCOUNT), model.now);
  for (const { due, kind } of rows.events) assert.ok(due > model.now, `${kind} is overdue`);
  checkMoves(current);
  for (const row of rows.calls) checkCall(row, rows);
  for (const row of rows.recordings) checkRecording(row, rows, model);
}

/** Compares the account's, the call's and the conference's view of each recording, fetched and listed. */
async function checkViews({ current }: Real, isDetailed: boolean): Promise<void> {
  const { calls, recordings, conferences } = rowsOf(current);
  const get = async (path: string) => (await current.send(API + path)).json();
  const shared = ({ uri: _, track: __, subresource_uris: ___, media_url: ____, ...rest }: Record<string, unknown>) =>
    rest;
  const bySid = (one: { sid: unknown }, other: { sid: unknown }) => (String(one.sid) < String(other.sid) ? -1 : 1);
  const places = [
    ...calls.filter(({ date_deleted }) => date_deleted === null).map(({ sid }) => ["Calls", "CallSid", sid] as const),
    ...conferences.map(({ sid }) => ["Conferences", "ConferenceSid", sid] as const),
  ];
  for (const [place, filter, sid] of places) {
    const listed = async (path: string) => (await get(path)).recordings.sort(bySid).map(shared);
    const column = filter === "CallSid" ? "call_sid" : "conference_sid";
    const mine = recordings.filter((row) => row[column] === sid).sort(bySid);
    const present = mine.filter(({ status }) => status !== "deleted");
    const [here, ofAccount] = [`/${place}/${sid}/Recordings`, `/Recordings.json?${filter}=${sid}`];
    const views = await listed(`${here}.json`);
    assert.deepEqual(await listed(ofAccount), views);
    assert.deepEqual(
      views.map(({ sid, status }: Record<string, unknown>) => [sid, status]),
      present.map((row) => [row.sid, row.live === null || isDetailed ? row.status : "processing"]),
    );
    assert.equal((await listed(`${ofAccount}&IncludeSoftDeleted=true`)).length, mine.length);
    for (const [index, row] of present.entries()) {
      assert.deepEqual(shared(await get(`${here}/${row.sid}.json`)), views[index]);
      assert.deepEqual(shared((await current.send(pathOf(row.sid))).json()), views[index]);
      see(`view of ${place}`);
    }
    for (const { sid } of mine.filter(({ status }) => status === "deleted")) {
      assert.equal((await get(`${here}/${sid}.json`)).code, 20404);
      assert.equal((await current.send(pathOf(sid))).statusCode, 404);
    }
  }
}

function command(name: string, work: (model: Model, real: Real) => Promise<void>): fc.AsyncCommand<Model, Real> {
  return {
    check: () => true,
    async run(model, real) {
      await work(model, real);
      check(model, real);
    },
    toString: () => name,
  };
}

async function expectStatus(answer: Promise<{ status: number; body: unknown }>, status: number): Promise<void> {
  const { status: found, body } = await answer;
  assert.equal(found, status, JSON.stringify(body));
}

/** Picks one of the values, mostly one of those that something can be done with. */
function pick<Value>(values: readonly Value[], index: number, isUseful: (value: Value) => boolean): Value | undefined {
  const useful = values.filter(isUseful);
  const from = index % 5 > 0 && useful.length > 0 ? useful : values;
  return from[index % from.length];
}

/** Generates the first value, and each of the others once in a while. */
const rarely = <Value>(usual: Value, ...others: Value[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(...others));
const seconds = (max: number) => fc.integer({ min: 0, max: max * 2 }).map((halves) => halves / 2);

const script = fc.record(
  {
    rings_after: seconds(2),
    answered_after: seconds(3),
    lasts: fc.oneof(seconds(15), fc.constant(60), fc.constant(null)),
    processed_for: seconds(4),
    outcome: rarely("completed", "busy", "failed", "no-answer", "canceled"),
    sound: rarely("speech", "silence"),
    absent_if_silent: fc.boolean(),
    instant: rarely(false, true),
  },
  { requiredKeys: [] },
);
const order = fc.record({
  source: fc.constantFrom("RecordVerb", "OutboundAPI", "DialVerb", "StartCallRecordingTwiML"),
  trim: fc.boolean(),
  length: fc.constantFrom(undefined, undefined, 1, 3, 7.5),
});
const index = fc.nat({ max: 20 });

const place = fc
  .record({
    script,
    recording: fc.option(order, { nil: undefined }),
    status: fc.constantFrom("queued", "in-progress", "in-progress", "ringing"),
  })
  .map((call) =>
    command(`place ${JSON.stringify(call)}`, (_model, { current }) =>
      expectStatus(current.steer("POST", "/calls", call), 201),
    ),
  );

const confer = fc
  .record({ participants: fc.integer({ min: 1, max: 2 }), recording: fc.boolean() })
  .map((conference) =>
    command(`conference ${JSON.stringify(conference)}`, (_model, { current }) =>
      expectStatus(current.steer("POST", "/conferences", conference), 201),
    ),
  );

const start = fc
  .record({ index, channels: fc.constantFrom("mono", "dual"), track: fc.constantFrom("both", "inbound", "outbound") })
  .map(({ index, channels, track }) =>
    command(`start a recording of call ${index}`, async (_model, { current }) => {
      const { calls, recordings } = rowsOf(current);
      const call = pick(calls, index, ({ status }) => status === "in-progress");
      if (call === undefined) return;
      const form = { RecordingChannels: channels, RecordingTrack: track };
      const answer = await current.post(`${API}/Calls/${call.sid}/Recordings.json`, form);
      const running = recordings.find(
        (row) => row.call_sid === call.sid && row.source === "StartCallRecordingAPI" && isActive(row.status),
      );
      const isThere = call.date_deleted === null;
      const expected = !isThere ? 404 : call.status !== "in-progress" ? 400 : running === undefined ? 201 : 200;
      see(`start ${expected}`);
      assert.equal(answer.statusCode, expected, answer.body);
      if (expected < 300) assert.equal(answer.json().status, running?.status ?? "in-progress");
      if (running !== undefined && expected === 200) assert.equal(answer.json().sid, running.sid);
    }),
  );

const update = fc
  .record({
    index,
    status: fc.constantFrom("in-progress", "in-progress", "paused", "paused", "paused", "stopped"),
    skips: rarely(true, false),
    byWord: fc.boolean(),
  })
  .map(({ index, status, skips, byWord }) =>
    command(
      `${status}${skips ? ", skip" : ""}: recording ${index}${byWord ? " as CURRENT" : ""}`,
      async (model, real) => {
        const { calls, recordings } = rowsOf(real.current);
        const active = recordings.filter((row) => isActive(row.status));
        const named = pick(recordings, index, (row) => active.includes(row));
        if (named === undefined) return;
        const isOfConference = named.conference_sid !== null;
        const place = isOfConference ? `Conferences/${named.conference_sid}` : `Calls/${named.call_sid}`;
        const current = active.filter(
          (row) => row.conference_sid === named.conference_sid && (isOfConference || row.call_sid === named.call_sid),
        );
        const row = byWord ? current[0] : named;
        const form = { Status: status, ...(status === "paused" && { PauseBehavior: skips ? "skip" : "silence" }) };
        const path = `${API}/${place}/Recordings/${byWord ? "Twilio.CURRENT" : named.sid}.json`;
        const answer = await real.current.post(path, form);
        const isGone =
          (!byWord && named.status === "deleted") ||
          (!isOfConference && calls.find(({ sid }) => sid === named.call_sid)?.date_deleted !== null);
        const code = isGone
          ? 20404
          : isOfConference && status === "stopped"
            ? 20001
            : byWord && current.length > 1
              ? 16108
              : row === undefined || !isActive(row.status)
                ? 21220
                : undefined;
        see(`${status} ${code ?? 200}`);
        if (code !== undefined) return assert.deepEqual(answer.json().code, code, answer.body);
        assert.equal(answer.statusCode, 200, answer.body);
        assert.deepEqual([answer.json().sid, answer.json().status], [row?.sid, status]);
        note(model, row as RecordingRow, status, skips);
      },
    ),
  );

/** Notes a successful update. */
function note({ now, pauses, stops }: Model, { sid, status: before }: RecordingRow, status: string, skips: boolean) {
  const own = pauses[sid] ?? [];
  pauses[sid] = own;
  const last = own.at(-1);
  if (status === "paused" && before !== "paused") own.push({ from: now, skips });
  if (status !== "paused" && before === "paused" && last !== undefined) last.until = now;
  if (status === "stopped") stops[sid] = now;
}

const hangUp = fc
  .record({ index, status: fc.constantFrom("completed", "completed", "canceled") })
  .map(({ index, status }) =>
    command(`${status}: call ${index}`, async (_model, { current }) => {
      const call = pick(rowsOf(current).calls, index, (row) => !isEnded(row.status));
      if (call === undefined) return;
      const answer = await current.post(`${API}/Calls/${call.sid}.json`, { Status: status });
      const expected = call.date_deleted !== null ? 404 : isEnded(call.status) ? 400 : 200;
      assert.equal(answer.statusCode, expected, answer.body);
      const ends = call.status !== "in-progress" || status === "completed";
      if (expected === 200) assert.equal(isEnded(answer.json().status), ends);
    }),
  );

const remove = fc.record({ index, what: fc.constantFrom("Recordings", "Calls") }).map(({ index, what }) =>
  command(`delete ${what} ${index}`, async (_model, { current }) => {
    const rows = rowsOf(current);
    const row = pick<CallRow | RecordingRow>(
      what === "Calls" ? rows.calls : rows.recordings,
      index,
      ({ status }) => status === "completed",
    );
    if (row === undefined) return;
    const answer = await current.send(`${API}/${what}/${row.sid}.json`, { method: "DELETE" });
    const isRemovable = what === "Calls" ? isEnded(row.status as CallRow["status"]) : row.status === "completed";
    const expected = row.date_deleted !== null ? 404 : isRemovable ? 204 : 409;
    see(`delete ${what} ${expected}`);
    assert.equal(answer.statusCode, expected, answer.body);
  }),
);

const advance = fc.constantFrom(500, 1000, 1000, 2000, 2000, 3500, 8000).map((time) =>
  command(`advance ${time} ms`, async (model, { current }) => {
    model.now += time;
    await expectStatus(current.steer("POST", "/clock", { advance: `PT${time / 1000}S` }), 200);
  }),
);

const reset = fc.constant(
  command("reset", async (model, { current }) => {
    checkMoves(current);
    await expectStatus(current.steer("POST", "/reset"), 204);
    Object.assign(model, { pauses: {}, stops: {} });
    await expectStatus(current.steer("POST", "/clock", { now: new Date(model.now).toISOString(), frozen: true }), 200);
    const { calls, recordings, events } = rowsOf(current);
    assert.deepEqual([calls, recordings, events], [[], [], []]);
    current.state.database.exec("DELETE FROM moves");
  }),
);

const save = fc.constant(
  command("save", async (model, { current }) => {
    rowsOf(current);
    await expectStatus(current.steer("PUT", "/snapshots/one"), 200);
    const { now, pauses, stops } = model;
    model.snapshot = structuredClone({ now, pauses, stops });
  }),
);

const restore = fc.constant(
  command("restore", async (model, { current }) => {
    if (model.snapshot === undefined) return;
    checkMoves(current);
    await expectStatus(current.steer("POST", "/snapshots/one/restore"), 204);
    see("restore");
    Object.assign(model, structuredClone(model.snapshot));
    current.state.database.exec("DELETE FROM moves");
  }),
);

const restart = fc.constant(
  command("restart", async (model, real) => {
    checkMoves(real.current);
    const before = rowsOf(real.current);
    // Before all events, so that the clock does not run past any until it is frozen again.
    await real.restart(model.now - HOUR);
    const now = new Date(model.now).toISOString();
    await expectStatus(real.current.steer("POST", "/clock", { now, frozen: true }), 200);
    assert.deepEqual(rowsOf(real.current), before);
    see("restart");
  }),
);

/** Starts an emulator on a database file of its own. */
async function begin(t: Test, data: string, liveStatus: "documented" | "detailed"): Promise<Real> {
  const open = async (clock: number) => {
    const opened = await emulator(t, { data, liveStatus, clock });
    watchMoves(opened);
    return opened;
  };
  const real: Real = {
    current: await open(Date.parse(NOON)),
    async restart(clock) {
      await real.current.app.close();
      real.current = await open(clock);
    },
  };
  await expectStatus(real.current.steer("POST", "/clock", { now: NOON, frozen: true }), 200);
  return real;
}

/** Ends all calls: after an hour nothing is unfinished. */
async function endAll(model: Model, real: Real): Promise<void> {
  const { steer } = real.current;
  model.now += HOUR;
  await expectStatus(steer("POST", "/clock", { advance: "PT1H" }), 200);
  check(model, real);
  for (const { sid, status } of rowsOf(real.current).calls) {
    // The end of one may be the end of its conference, and of others.
    if (!isEnded(status)) await steer("PATCH", `/calls/${sid}`, { status: "completed" });
  }
  model.now += HOUR;
  await expectStatus(steer("POST", "/clock", { advance: "PT1H" }), 200);
  check(model, real);
  const { calls, recordings, conferences, events } = rowsOf(real.current);
  assert.deepEqual(events, []);
  for (const { status } of calls) assert.ok(isEnded(status), status);
  for (const { status } of conferences) assert.equal(status, "completed");
  for (const { status } of recordings) assert.match(status, /^(completed|absent|deleted)$/);
}

t.test(
  "any sequence of requests, clock turns, resets, restores and restarts: calls and recordings stay consistent",
  async (t) => {
    const folder = t.testdir({});
    let runs = 0;
    const weighted = [
      [3, place],
      [1, confer],
      [4, start],
      [8, update],
      [2, hangUp],
      [1, remove],
      [6, advance],
      [0.5, reset],
      [1, save],
      [1, restore],
      [0.5, restart],
    ] as const;
    const commands = fc.commands(
      weighted.flatMap(([weight, one]) => Array.from({ length: weight * 2 }, () => one)),
      { maxCommands: 80, size: "max" },
    );
    await fc.assert(
      fc.asyncProperty(commands, fc.constantFrom("documented", "detailed"), async (sequence, liveStatus) => {
        const model: Model = { now: Date.parse(NOON), pauses: {}, stops: {} };
        const real = await begin(t, join(folder, String(runs++)), liveStatus);
        try {
          await fc.asyncModelRun(() => ({ model, real }), sequence);
          await checkViews(real, liveStatus === "detailed");
          await endAll(model, real);
          await checkViews(real, liveStatus === "detailed");
        } finally {
          await real.current.app.close();
        }
      }),
      { numRuns: 25 },
    );
    for (const what of [
      "queued > ringing",
      "ringing > in-progress",
      "in-progress > completed",
      "in-progress > paused",
      "paused > in-progress",
      "paused > processing",
      "processing > completed",
      "processing > absent",
      "shortened",
      "start 200",
      "start 201",
      "start 400",
      "restart",
      "restore",
      "view of Calls",
      "view of Conferences",
    ]) {
      t.ok(seen.get(what), `${seen.get(what)} times ${what}`);
    }
  },
);
