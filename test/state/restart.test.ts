import t, { type Test } from "tap";
import type { DueEvent } from "../../src/control/clock.js";
import { FROM, NOON, TO } from "../support/calls.js";
import { ACCOUNT, AUTHORIZED } from "../support/emulator.js";
import { run } from "../support/process.js";
import { type Received, receiver } from "../support/receiver.js";

// Each test starts processes.
t.jobs = 2;

const API = `/2010-04-01/Accounts/${ACCOUNT}`;
const FORM = { To: TO, From: FROM, Url: "https://example.com/voice.xml", Record: "true", Timeout: "600" };

type Resource = Record<"sid" | "status" | "date_created" | "date_updated" | "start_time" | "end_time", string>;

/** Returns the time of so many seconds after another, as in answers. */
const dateAfter = (time: string, seconds: number) =>
  new Date(Date.parse(time) + seconds * 1000).toUTCString().replace("GMT", "+0000");

/** Starts the program on a data folder. */
async function start(t: Test, data: string, ...flags: string[]) {
  const { child, ready, ended } = run(t, ["--port", "0", "--data", data, ...flags]);
  const url = await ready;
  const get = async <Body>(path: string) => (await (await fetch(url + path, { headers: AUTHORIZED })).json()) as Body;
  const place = async (more: Record<string, string> = {}) => {
    const answer = await fetch(`${url}${API}/Calls.json`, {
      method: "POST",
      headers: AUTHORIZED,
      body: new URLSearchParams({ ...FORM, ...more }),
    });
    t.equal(answer.status, 201);
    return ((await answer.json()) as { sid: string }).sid;
  };
  const configure = async (settings: object) => {
    const body = JSON.stringify(settings);
    t.equal((await fetch(`${url}/_emulator/call-settings`, { method: "PATCH", body })).status, 200);
  };
  const kill = async () => {
    child.kill("SIGKILL");
    t.equal(await ended, null);
  };
  /** Returns a call and its recordings. */
  const lifeOf = async (sid: string) => ({
    call: await get<Resource>(`${API}/Calls/${sid}.json`),
    recordings: (await get<{ recordings: Resource[] }>(`${API}/Calls/${sid}/Recordings.json`)).recordings,
  });
  const events = async () => (await get<{ events: DueEvent[] }>("/_emulator/clock/events")).events;
  /** Waits for callbacks that match a filter; returns them. */
  const callbacks = async (filter: string) =>
    (await get<{ callbacks: Record<string, unknown>[] }>(`/_emulator/callbacks/wait?timeout=60&${filter}`)).callbacks;
  const pauseCallbacks = async () => {
    t.equal((await fetch(`${url}/_emulator/callbacks/pause`, { method: "POST" })).status, 204);
  };
  return { child, ended, place, configure, kill, lifeOf, events, callbacks, pauseCallbacks };
}

t.test("kill -9 before and between the steps of a call: each happens once, at its own time", async (t) => {
  const data = t.testdir({});
  const first = await start(t, data, "--clock", NOON);
  await first.configure({ rings_after: 600, answered_after: 1200, lasts: 600, processed_for: 60 });
  const sid = await first.place();
  const events = await first.events();
  t.match(events, [{ kind: "call.ring" }, { kind: "call.answer", sid }]);
  const [ring, answer] = events as [DueEvent, DueEvent];
  const placed = new Date(Date.parse(ring.due) - 600_000).toISOString();
  await first.kill();

  const second = await start(t, data, "--clock", "2026-01-31T12:25:00Z");
  t.match(await second.lifeOf(sid), {
    call: { status: "in-progress", date_created: dateAfter(placed, 0), start_time: dateAfter(answer.due, 0) },
    recordings: [{ status: "processing", date_created: dateAfter(answer.due, 0), duration: null }],
  });
  t.match(await second.events(), [
    { kind: "call.complete", due: new Date(Date.parse(answer.due) + 600_000).toISOString() },
  ]);
  await second.kill();

  const third = await start(t, data, "--clock", "2026-01-31T18:00:00Z");
  const life = await third.lifeOf(sid);
  t.match(life, {
    call: {
      status: "completed",
      start_time: dateAfter(answer.due, 0),
      end_time: dateAfter(answer.due, 600),
      date_updated: dateAfter(answer.due, 600),
      duration: "600",
    },
    recordings: [
      {
        status: "completed",
        start_time: dateAfter(answer.due, 0),
        date_updated: dateAfter(answer.due, 660),
        duration: "600",
        price: "-0.02500",
      },
    ],
  });
  t.equal(life.recordings.length, 1);
  t.same(await third.events(), []);
  await third.kill();

  const fourth = await start(t, data, "--clock", "2026-01-31T19:00:00Z");
  t.same(await fourth.lifeOf(sid), life);
});

t.test("kill -9 while the calls of many are answered and end: each has its whole life once", async (t) => {
  const data = t.testdir({});
  const first = await start(t, data);
  await first.configure({ rings_after: 0.01, answered_after: 0.02, lasts: 1, processed_for: 0.5 });
  const sids: string[] = [];
  let last = await first.lifeOf(await first.place());
  // Killed in the middle: the first call has ended, and the last has not.
  while (last.call.status !== "completed") {
    sids.push(await first.place());
    last = await first.lifeOf(last.call.sid);
  }
  sids.push(last.call.sid, await first.place());
  await first.kill();

  const second = await start(t, data);
  while ((await second.events()).length > 0);
  for (const sid of sids) {
    const { call, recordings } = await second.lifeOf(sid);
    t.match(call, { status: "completed", duration: "1" });
    t.equal(recordings.length, 1);
    t.match(recordings, [{ status: "completed", duration: "1", start_time: call.start_time }]);
    const took = (from: string, to: string) => Date.parse(to) - Date.parse(from);
    // Dates have whole seconds.
    t.equal(took(call.start_time, call.end_time), 1000);
    t.ok([0, 1000].includes(took(call.date_created, call.start_time)));
    t.ok([0, 1000].includes(took(call.end_time, (recordings[0] as Resource).date_updated)));
  }
});

const tokenOf = ({ headers }: Received) => headers["i-twilio-idempotency-token"];

t.test("kill -9 between an event and its delivery: delivered after the restart, with the same token", async (t) => {
  const data = t.testdir({});
  const { url, received } = await receiver(t);
  const first = await start(t, data);
  await first.pauseCallbacks();
  const sids = [
    await first.place({ StatusCallback: url, StatusCallbackEvent: "initiated" }),
    await first.place({ StatusCallback: url, StatusCallbackEvent: "initiated", StatusCallbackMethod: "GET" }),
  ];
  const pending = await first.callbacks("state=pending&count=2");
  t.same(
    pending.map(({ sid }) => sid),
    sids,
  );
  await first.kill();
  t.same(received, []);

  const second = await start(t, data);
  await second.callbacks("state=delivered&count=2");
  const found = sids.map((sid) => received.find(({ form }) => form.CallSid === sid) as Received);
  t.equal(received.length, 2);
  t.match(found, [
    { method: "POST", form: { CallStatus: "initiated", SequenceNumber: "0" } },
    { method: "GET", form: { CallStatus: "initiated", SequenceNumber: "0" } },
  ]);
  t.same(
    found.map(tokenOf),
    pending.map(({ idempotency_token }) => idempotency_token),
  );
  await second.kill();

  const third = await start(t, data);
  const sid = await third.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
  await third.callbacks(`sid=${sid}`);
  t.same(
    received.slice(2).map(({ form }) => form.CallSid),
    [sid],
    "delivered ones are not sent again",
  );
});

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  t.test(
    `${signal} before the receiver has answered: it ends; sent again after the restart, with the same token`,
    async (t) => {
      const data = t.testdir({});
      let release!: () => void;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let arrived!: () => void;
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const { url, received } = await receiver(t, () => {
        arrived();
        return released;
      });
      const first = await start(t, data);
      const sid = await first.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
      await arrival;
      first.child.kill(signal);
      t.equal(await first.ended, signal === "SIGTERM" ? 0 : null);
      release();

      const second = await start(t, data);
      await second.callbacks("state=delivered");
      t.match(received, [{ form: { CallSid: sid } }, { form: { CallSid: sid } }]);
      const [one, two] = received as [Received, Received];
      t.equal(tokenOf(one), tokenOf(two));
      t.equal(one.body, two.body);
    },
  );
}
