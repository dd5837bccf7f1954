import t from "tap";
import { startEmulator } from "../../../src/index.js";
import { callbackEmulator, isSigned } from "../../support/callbacks.js";
import { CALLS, callPath, FROM, mediaPath, recordingPath, recordingsPath, secondsOf, TO } from "../../support/calls.js";
import { ACCOUNT, basic, KEY, KEY_SECRET, pathOf, SUBACCOUNT, SUBACCOUNT_TOKEN } from "../../support/emulator.js";
import { type Received, receiver } from "../../support/receiver.js";

const BOTH = { RecordingStatusCallbackEvent: "in-progress completed" };

/** A promise that the test resolves. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

type Running = Awaited<ReturnType<typeof callbackEmulator>>;
type View = { sid: string; event: string; state: string };

const callbacksOf = async ({ done }: Running): Promise<View[]> => (await done("GET", "/callbacks")).callbacks;

t.test("receiver that does not answer yet: the API answers nevertheless", async (t) => {
  const arrived = gate();
  const held = gate();
  const running = await callbackEmulator(t, {}, () => {
    arrived.open();
    return held.opened;
  });
  const call = await running.answered();
  const started = await running.post(recordingsPath(call), { RecordingStatusCallback: running.url, ...BOTH });
  t.equal(started.statusCode, 201);
  await arrived.opened;
  const { sid } = started.json();
  for (const Status of ["paused", "in-progress", "stopped"]) {
    t.equal((await running.post(recordingPath(call, sid), { Status })).statusCode, 200);
  }
  t.match(await callbacksOf(running), [{ event: "recording.in-progress", state: "pending" }]);
  held.open();
  await running.delivered();
  t.match(await callbacksOf(running), [{ event: "recording.in-progress", state: "delivered" }]);
});

t.test("callbacks of one recording: one after the other; those of another are not held up", async (t) => {
  const held = gate();
  const running = await callbackEmulator(t, {}, async ({ form, url }) => {
    if (url === "/callback?slow" && form.RecordingStatus === "in-progress") await held.opened;
  });
  await running.done("POST", "/clock", { frozen: false });
  await running.configure({ rings_after: 0, answered_after: 0, lasts: 1, processed_for: 0 });
  const place = (url: string) => running.place({ Record: "true", RecordingStatusCallback: url, ...BOTH });
  const waitFor = async (query: string) => (await running.done("GET", `/callbacks/wait?timeout=60&${query}`)).callbacks;
  await place(`${running.url}?slow`);
  const [{ sid: slow }] = await waitFor("event=recording.in-progress&state=pending");
  await place(`${running.url}?fast`);
  await waitFor("event=recording.completed&state=delivered");
  t.match(await waitFor(`sid=${slow}&state=pending&count=2`), [
    { event: "recording.in-progress" },
    { event: "recording.completed" },
  ]);
  const statusesAt = (url: string) =>
    running.received.filter((request) => request.url === url).map(({ form }) => form.RecordingStatus);
  t.same(statusesAt("/callback?slow"), ["in-progress"]);
  t.same(statusesAt("/callback?fast"), ["in-progress", "completed"]);
  held.open();
  await waitFor(`sid=${slow}&count=2`);
  t.same(statusesAt("/callback?slow"), ["in-progress", "completed"]);
});

t.test("clock turned through many events: callbacks in the order of the events", async (t) => {
  const running = await callbackEmulator(t);
  const form = {
    Record: "true",
    RecordingStatusCallback: running.url,
    ...BOTH,
    StatusCallback: running.url,
    StatusCallbackEvent: "initiated ringing answered completed",
  };
  const first = await running.place(form);
  await running.advance(0.5);
  const second = await running.place(form);
  await running.advance(60);
  const steps = running.received.map(({ form }) => [
    form.CallSid === first ? 1 : form.CallSid === second ? 2 : 0,
    form.RecordingStatus ?? form.CallStatus,
  ]);
  const one = (call: number, status: string) => steps.findIndex(([of, what]) => of === call && what === status);
  t.equal(steps.length, 12);
  for (const call of [1, 2]) {
    t.ok(one(call, "initiated") < one(call, "ringing"));
    t.ok(one(call, "ringing") < one(call, "in-progress"));
    t.ok(steps.findLastIndex(([of, what]) => of === call && what === "in-progress") < one(call, "completed"));
  }
  t.ok(one(1, "ringing") < one(2, "ringing"));
  t.same(
    steps.slice(-2),
    [
      [1, "completed"],
      [2, "completed"],
    ],
    "of the recordings",
  );
});

t.test("completed is called back: the recording has its values and its media", async (t) => {
  const seen: unknown[] = [];
  const running: Running = await callbackEmulator(t, {}, async ({ form }) => {
    const sid = form.RecordingSid as string;
    const { status, duration } = (await running.send(pathOf(sid))).json();
    const media = await running.send(mediaPath(sid));
    seen.push([form.RecordingStatus, status, duration, media.statusCode]);
    if (media.statusCode === 200) seen.push(secondsOf(media.rawPayload));
  });
  await running.place({ Record: "true", Trim: "do-not-trim", RecordingStatusCallback: running.url, ...BOTH });
  await running.advance(20);
  t.same(seen, [["in-progress", "processing", null, 404], ["completed", "completed", "10", 200], 10]);
});

t.test("receiver takes part while the clock is turned", async (t) => {
  t.test("pauses at in-progress: the recording pauses at once", async (t) => {
    const running: Running = await callbackEmulator(t, {}, async ({ form }) => {
      if (form.RecordingStatus !== "in-progress") return;
      const path = recordingPath(form.CallSid as string, form.RecordingSid as string);
      const answer = await running.post(path, { Status: "paused", PauseBehavior: "skip" });
      t.equal(answer.statusCode, 200);
    });
    await running.configure({ lasts: 30 });
    const sid = await running.place({ Record: "true", RecordingStatusCallback: running.url, ...BOTH });
    await running.advance(12);
    const [{ sid: recording }] = await running.recordingsOf(sid);
    t.equal((await running.post(recordingPath(sid, recording), { Status: "in-progress" })).statusCode, 200);
    await running.advance(60);
    t.match(running.received.at(-1), { form: { RecordingStatus: "completed", RecordingDuration: "20" } });
  });
  t.test("hangs up at answered: the call ends then", async (t) => {
    const running: Running = await callbackEmulator(t, {}, async ({ form }) => {
      if (form.CallStatus !== "in-progress") return;
      t.equal((await running.post(callPath(form.CallSid as string), { Status: "completed" })).statusCode, 200);
    });
    const sid = await running.place({ StatusCallback: running.url, StatusCallbackEvent: "answered completed" });
    await running.advance(60);
    t.match(await running.fetchCall(sid), { status: "completed", duration: "0" });
    t.same(await running.take("CallDuration"), [undefined, "0"]);
  });
  t.test("deletes at completed: 404 from then on", async (t) => {
    const running: Running = await callbackEmulator(t, {}, async ({ form }) => {
      const answer = await running.send(pathOf(form.RecordingSid as string), { method: "DELETE" });
      t.equal(answer.statusCode, 204);
    });
    await running.place({ Record: "true", RecordingStatusCallback: running.url });
    await running.advance(60);
    const [request, ...others] = running.takeAll() as [Received];
    t.same(others, []);
    t.equal((await running.send(pathOf(request.form.RecordingSid as string))).statusCode, 404);
  });
  t.test("places another call at the end of the first: it is part of the same turn", async (t) => {
    const running: Running = await callbackEmulator(t, {}, async () => {
      if (running.received.length < 3) await running.place({ StatusCallback: running.url });
    });
    await running.place({ StatusCallback: running.url });
    await running.advance(60);
    t.same(
      running.received.map(({ form }) => form.Timestamp),
      [12, 24, 36].map((seconds) =>
        new Date(Date.UTC(2026, 0, 31, 12, 0, seconds)).toUTCString().replace("GMT", "+0000"),
      ),
    );
  });
});

t.test("answer of the clock: the numbers of callbacks by outcome", async (t) => {
  const running = await callbackEmulator(t, {}, ({ url }, response) => {
    if (url.includes("fails")) response.statusCode = 500;
  });
  await running.done("POST", "/callback-faults", { fault: "drop", event: "call.ringing" });
  const targets = [running.url, running.url, `${running.url}?fails`, "http://203.0.113.1/"];
  for (const StatusCallback of targets) await running.place({ StatusCallback });
  await running.place({ StatusCallback: running.url, StatusCallbackEvent: "ringing" });
  const { events, callbacks } = await running.done("POST", "/clock", { advance: "PT60S" });
  t.same(callbacks, { delivered: 2, failed: 1, refused: 1, dropped: 1 });
  t.equal(events, 15);
  const none = { delivered: 0, failed: 0, refused: 0, dropped: 0 };
  t.same((await running.done("POST", "/clock", { advance: "PT60S" })).callbacks, none);
});

t.test("answer 4xx or 5xx: failed, 15003 for the status of a call, not sent again", async (t) => {
  for (const status of [400, 404, 500, 503]) {
    const running = await callbackEmulator(t, {}, (_, response) => void response.writeHead(status));
    await running.place({ StatusCallback: running.url });
    await running.advance(60);
    t.equal(running.received.length, 1);
    t.match(await callbacksOf(running), [{ state: "failed", attempts: [{ status, debugger_code: 15003 }] }]);
  }
});

t.test("callbacks of two accounts: the turn of one account's clock does not wait for the other's", async (t) => {
  const held = gate();
  const running = await callbackEmulator(t, {}, async ({ form }) => {
    if (form.AccountSid === SUBACCOUNT) await held.opened;
  });
  await running.done("POST", `/calls?account=${SUBACCOUNT}`, { status: "completed", callback: { url: running.url } });
  await running.done("POST", "/calls", { callback: { url: running.url } });
  const turn = await running.done("POST", `/clock?account=${ACCOUNT}`, { advance: "PT60S" });
  t.match(turn, { events: 3 });
  t.match(await running.done("GET", `/callbacks?account=${ACCOUNT}`), { callbacks: [{ state: "delivered" }] });
  t.match(await running.done("GET", `/callbacks?account=${SUBACCOUNT}`), { callbacks: [{ state: "pending" }] });
  held.open();
  await running.delivered();
  t.match(await running.done("GET", `/callbacks?account=${SUBACCOUNT}`), { callbacks: [{ state: "delivered" }] });
  const none = { delivered: 0, failed: 0, refused: 0, dropped: 0 };
  const { callbacks } = await running.done("POST", `/clock?account=${ACCOUNT}`, { advance: "PT1S" });
  t.same(callbacks, none);
});

t.test("receiver in the same process, with an emulator that listens", async (t) => {
  const emulator = await startEmulator({ port: 0, data: ":memory:", clock: "2026-01-31T12:00:00Z" });
  t.teardown(() => emulator.close());
  const headers = { authorization: basic(emulator.accountSid, emulator.authToken) };
  const fetched: unknown[] = [];
  const { url, received } = await receiver(t, async ({ form }) => {
    const answer = await fetch(`${form.RecordingUrl}.json`, { headers });
    fetched.push([answer.status, ((await answer.json()) as { status: string }).status]);
    // Also in process.
    fetched.push((await emulator.recordings.get(form.RecordingSid as string)).status);
  });
  await emulator.clock.freeze();
  await emulator.calls.place({ recording: { callback: { url, events: ["completed"] } } });
  const { callbacks } = await emulator.clock.advance("PT60S");
  t.same(callbacks, { delivered: 1, failed: 0, refused: 0, dropped: 0 });
  t.equal(received.length, 1);
  t.ok(received[0]?.form.RecordingUrl?.startsWith(emulator.url));
  t.same(fetched, [[200, "completed"], "completed"]);
});

t.test("clock that is not frozen: callbacks arrive as the events happen", async (t) => {
  const running = await callbackEmulator(t);
  await running.done("POST", "/clock", { frozen: false });
  await running.configure({ rings_after: 0, answered_after: 0, lasts: 1, processed_for: 0 });
  await running.place({
    Record: "true",
    Trim: "do-not-trim",
    RecordingStatusCallback: running.url,
    ...BOTH,
    StatusCallback: running.url,
  });
  await running.done("GET", "/callbacks/wait?count=3&timeout=60");
  t.same(running.received.map(({ form }) => form.RecordingStatus ?? form.CallStatus).sort(), [
    "completed",
    "completed",
    "in-progress",
  ]);
});

t.test("instant calls: every callback, at once", async (t) => {
  const running = await callbackEmulator(t, { instantCalls: true });
  await running.done("POST", "/clock", { frozen: false });
  await running.place({
    Record: "true",
    RecordingStatusCallback: running.url,
    ...BOTH,
    StatusCallback: running.url,
    StatusCallbackEvent: "initiated ringing answered completed",
  });
  await running.done("GET", "/callbacks/wait?count=6&timeout=60");
  const statuses = (name: string) => running.received.flatMap(({ form }) => form[name] ?? []);
  t.same(statuses("CallStatus"), ["initiated", "ringing", "in-progress", "completed"]);
  t.same(statuses("RecordingStatus"), ["in-progress", "completed"]);
});

t.test("RecordingUrl", async (t) => {
  const urlOf = async (running: Running, headers: Record<string, string>) => {
    const call = await running.answered();
    const answer = await running.post(recordingsPath(call), { RecordingStatusCallback: running.url }, { headers });
    await running.advance(20);
    const [{ form }] = running.takeAll() as [Received];
    return form.RecordingUrl?.replace(pathOf(answer.json().sid).replace(".json", ""), "");
  };
  t.test("scheme and host of the request that started the recording", async (t) => {
    const running = await callbackEmulator(t);
    t.equal(await urlOf(running, { host: "127.0.0.1:2010" }), "http://127.0.0.1:2010");
    t.equal(await urlOf(running, { host: "twilio.test" }), "http://twilio.test");
  });
  t.test("--public-url: that one", async (t) => {
    const running = await callbackEmulator(t, { publicUrl: "https://twilio.example.com" });
    t.equal(await urlOf(running, { host: "127.0.0.1:2010" }), "https://twilio.example.com");
  });
});

t.test("signature", async (t) => {
  t.test("call of a subaccount: with its own token", async (t) => {
    const running = await callbackEmulator(t);
    const form = { To: TO, From: FROM, Url: "https://example.com/voice.xml", StatusCallback: running.url };
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    const placed = await running.post(CALLS.replace(ACCOUNT, SUBACCOUNT), form, { headers });
    t.equal(placed.statusCode, 201);
    // Requests of the main account for the subaccount.
    t.equal((await running.post(CALLS.replace(ACCOUNT, SUBACCOUNT), form)).statusCode, 201);
    await running.advance(60);
    const requests = running.takeAll();
    t.equal(requests.length, 2);
    for (const request of requests) {
      t.equal(request.form.AccountSid, SUBACCOUNT);
      t.ok(isSigned(request, running.url, SUBACCOUNT_TOKEN));
      t.notOk(isSigned(request, running.url));
    }
  });
  t.test("request with an API key: with the account's token", async (t) => {
    const running = await callbackEmulator(t);
    const form = { To: TO, From: FROM, Url: "https://example.com/voice.xml", StatusCallback: running.url };
    const placed = await running.post(CALLS, form, { headers: { authorization: basic(KEY, KEY_SECRET) } });
    t.equal(placed.statusCode, 201);
    await running.advance(60);
    const [request] = running.takeAll() as [Received];
    t.ok(isSigned(request, running.url));
    t.notOk(isSigned(request, running.url, KEY_SECRET));
  });
});
