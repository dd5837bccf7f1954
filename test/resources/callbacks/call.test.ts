import t from "tap";
import { callbackEmulator, isSigned, keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { CALLS, callPath, FROM, recordingsPath, secondsAfterNoon, TO } from "../../support/calls.js";
import { ACCOUNT, pathOf } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";

const ALL_EVENTS = "initiated ringing answered completed";
const PROGRESS = ["Timestamp", "CallbackSource", "SequenceNumber"];
const END = ["Duration", "CallDuration", "SipResponseCode"];
const RECORDING = ["RecordingUrl", "RecordingSid", "RecordingDuration"];

const isVoice = (name: string) => VOICE_KEYS.includes(name);

t.test("all events: status, sequence number and time of each", async (t) => {
  const running = await callbackEmulator(t);
  const sid = await running.place({ StatusCallback: running.url, StatusCallbackEvent: ALL_EVENTS });
  const steps = [
    [0, "initiated", "0", 0],
    [1, "ringing", "1", 1],
    [1, "in-progress", "2", 2],
    [10, "completed", "3", 12],
  ] as const;
  const places = Object.fromEntries(
    VOICE_KEYS.filter((name) => /(City|State|Zip|Country)$/.test(name)).map((name) => [name, ""]),
  );
  for (const [seconds, CallStatus, SequenceNumber, at] of steps) {
    await running.advance(seconds);
    const [request, ...others] = running.takeAll() as [Received];
    t.same(others, []);
    t.same(request.form, {
      ...places,
      Called: TO,
      Caller: FROM,
      To: TO,
      From: FROM,
      CallSid: sid,
      CallStatus,
      AccountSid: ACCOUNT,
      ApiVersion: "2010-04-01",
      Direction: "outbound-api",
      Timestamp: secondsAfterNoon(at),
      CallbackSource: "call-progress-events",
      SequenceNumber,
      ...(CallStatus === "completed" && { Duration: "1", CallDuration: "10", SipResponseCode: "200" }),
    });
    t.same(keysOf(request).filter(isVoice), VOICE_KEYS);
    t.equal(request.method, "POST");
    t.ok(isSigned(request, running.url));
  }
  await running.advance(100);
  t.same(running.received, []);
});

t.test("keys in wire order", async (t) => {
  const running = await callbackEmulator(t);
  await running.place({ StatusCallback: running.url, StatusCallbackEvent: ALL_EVENTS, Record: "true" });
  await running.advance(20);
  const [initiated, , , completed] = running.takeAll() as [Received, Received, Received, Received];
  const order = (keys: string[]) =>
    [...VOICE_KEYS, ...keys]
      .map((name, index) => ({ name, index, bucket: bucketOf(name) }))
      .sort((one, other) => one.bucket - other.bucket || one.index - other.index)
      .map(({ name }) => name);
  t.same(keysOf(initiated), order(PROGRESS));
  t.same(keysOf(completed), order([...PROGRESS, ...END, ...RECORDING]));

  /** The bucket of Java's HashMap with 64 buckets, by String.hashCode. */
  function bucketOf(name: string): number {
    const modulus = 2n ** 32n;
    const hash = [...name].reduce((sum, one) => (sum * 31n + BigInt(one.charCodeAt(0))) % modulus, 0n);
    return Number((hash ^ (hash >> 16n)) % 64n);
  }
});

t.test("every end: completed with its CallStatus and SipResponseCode", async (t) => {
  for (const [outcome, CallStatus, SipResponseCode] of [
    ["completed", "completed", "200"],
    ["busy", "busy", "486"],
    ["no-answer", "no-answer", "487"],
    ["failed", "failed", "404"],
  ] as const) {
    t.test(outcome, async (t) => {
      const running = await callbackEmulator(t);
      await running.configure({ outcome });
      await running.place({ StatusCallback: running.url });
      await running.advance(100);
      const CallDuration = outcome === "completed" ? "10" : "0";
      const Duration = outcome === "completed" ? "1" : "0";
      const [request, ...others] = running.takeAll() as [Received];
      t.match(request.form, { CallStatus, SipResponseCode, CallDuration, Duration, SequenceNumber: "0" });
      t.same(others, []);
    });
  }
  t.test("canceled", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.place({ StatusCallback: running.url });
    await running.post(callPath(sid), { Status: "canceled" });
    await running.delivered();
    t.match(running.takeAll(), [{ form: { CallStatus: "canceled", SipResponseCode: "487", CallDuration: "0" } }]);
    await running.advance(100);
    t.same(running.received, []);
  });
  t.test("hung up through the API", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered({ StatusCallback: running.url });
    await running.advance(3);
    await running.post(callPath(sid), { Status: "completed" });
    await running.delivered();
    t.match(running.takeAll(), [{ form: { CallStatus: "completed", SipResponseCode: "200", CallDuration: "3" } }]);
  });
  t.test("not answered in time", async (t) => {
    const running = await callbackEmulator(t);
    await running.configure({ answered_after: 100 });
    await running.place({ StatusCallback: running.url, Timeout: "5", StatusCallbackEvent: ALL_EVENTS });
    await running.advance(100);
    const statuses = running.takeAll().map(({ form }) => [form.CallStatus, form.SequenceNumber]);
    t.same(statuses, [
      ["initiated", "0"],
      ["ringing", "1"],
      ["no-answer", "2"],
    ]);
  });
});

t.test("Duration: minutes, rounded up", async (t) => {
  const running = await callbackEmulator(t);
  await running.configure({ lasts: 61 });
  await running.place({ StatusCallback: running.url });
  await running.advance(100);
  t.match(running.takeAll(), [{ form: { Duration: "2", CallDuration: "61" } }]);
});

t.test("StatusCallbackEvent", async (t) => {
  for (const [title, event, expected] of [
    ["omitted: completed, with sequence number 0", undefined, ["completed 0"]],
    ["with spaces: numbered as they are sent", "ringing completed", ["ringing 0", "completed 1"]],
    ["repeated", ["initiated", "answered"], ["initiated 0", "in-progress 1"]],
    ["unknown alone: the default", "queued", ["completed 0"]],
  ] as const) {
    t.test(title, async (t) => {
      const running = await callbackEmulator(t);
      const form = { To: TO, From: FROM, Url: "https://example.com/voice.xml", StatusCallback: running.url };
      const given = event === undefined ? {} : { StatusCallbackEvent: [event].flat() as string[] };
      t.equal((await running.post(CALLS, { ...form, ...given })).statusCode, 201);
      await running.advance(20);
      t.same(
        running.takeAll().map(({ form }) => `${form.CallStatus} ${form.SequenceNumber}`),
        expected,
      );
    });
  }
});

t.test("StatusCallbackMethod=GET: the parameters in the query", async (t) => {
  const running = await callbackEmulator(t);
  await running.place({ StatusCallback: running.url, StatusCallbackMethod: "GET" });
  await running.advance(20);
  const [request, ...others] = running.takeAll() as [Received];
  t.same(others, []);
  t.equal(request.method, "GET");
  t.equal(request.body, "");
  t.ok(request.url.startsWith("/callback?"), request.url);
  t.match(request.form, { CallStatus: "completed", To: TO });
  t.ok(isSigned(request, running.url));
});

t.test("StatusCallback is no URL: the call goes on, without callbacks", async (t) => {
  const running = await callbackEmulator(t);
  const sid = await running.place({ StatusCallback: "status" });
  await running.advance(20);
  t.match(await running.fetchCall(sid), { status: "completed" });
  t.equal((await running.done("GET", "/callbacks")).count, 0);
});

t.test("Record=true: completed with the recording, in seconds", async (t) => {
  const running = await callbackEmulator(t);
  const headers = { host: "twilio.test" };
  const form = { To: TO, From: FROM, Url: "https://example.com/voice.xml", Record: "true" };
  const { sid } = (
    await running.post(CALLS, { ...form, StatusCallback: running.url, StatusCallbackEvent: ALL_EVENTS }, { headers })
  ).json();
  await running.advance(12);
  const requests = running.takeAll();
  const [recording] = await running.recordingsOf(sid);
  t.same(
    requests.map((request) => RECORDING.filter((name) => name in request.form).length),
    [0, 0, 0, 3],
  );
  t.match(requests.at(-1), {
    form: {
      RecordingSid: recording.sid,
      RecordingUrl: `http://twilio.test${pathOf(recording.sid).replace(".json", "")}`,
      RecordingDuration: "10",
    },
  });
});

t.test("recording started through the API: completed without it", async (t) => {
  const running = await callbackEmulator(t);
  const sid = await running.answered({ StatusCallback: running.url });
  t.equal((await running.post(recordingsPath(sid))).statusCode, 201);
  await running.advance(20);
  const [request] = running.takeAll() as [Received];
  t.equal(request.form.CallStatus, "completed");
  t.same(
    keysOf(request).filter((name) => RECORDING.includes(name)),
    [],
  );
});

t.test("POST /Calls/{Sid} with a StatusCallback", async (t) => {
  t.test("call in progress without one: called back from then on, numbered from 0", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered();
    t.equal((await running.post(callPath(sid), { StatusCallback: running.url })).statusCode, 200);
    await running.advance(10);
    t.match(running.takeAll(), [{ form: { CallStatus: "completed", SequenceNumber: "0", CallDuration: "10" } }]);
  });
  t.test("call with one: replaced, the numbers go on", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.place({ StatusCallback: `${running.url}?first`, StatusCallbackEvent: ALL_EVENTS });
    await running.advance(2);
    const form = { StatusCallback: `${running.url}?second`, StatusCallbackMethod: "POST" };
    t.equal((await running.post(callPath(sid), form)).statusCode, 200);
    await running.advance(10);
    t.same(
      running.takeAll().map(({ url, form }) => `${url} ${form.SequenceNumber}`),
      ["/callback?first 0", "/callback?first 1", "/callback?first 2", "/callback?second 3"],
    );
  });
  t.test("with Status=completed: its end is called back", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered();
    await running.post(callPath(sid), { Status: "completed", StatusCallback: running.url });
    t.same(await running.take("CallStatus"), ["completed"]);
  });
  t.test("with TimeLimit: both count", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered();
    await running.post(callPath(sid), { TimeLimit: "4", StatusCallback: running.url });
    await running.advance(4);
    t.match(running.takeAll(), [{ form: { CallStatus: "completed", CallDuration: "4" } }]);
  });
  t.test("no URL: the one before is kept", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered({ StatusCallback: running.url });
    t.equal((await running.post(callPath(sid), { StatusCallback: "status" })).statusCode, 200);
    await running.advance(10);
    t.same(await running.take("CallStatus"), ["completed"]);
  });
  t.test("unknown method: 400, 20001", async (t) => {
    const running = await callbackEmulator(t);
    const sid = await running.answered();
    const answer = await running.post(callPath(sid), { StatusCallback: running.url, StatusCallbackMethod: "HEAD" });
    t.equal(answer.statusCode, 400);
    t.equal(answer.json().code, 20001);
  });
  t.test("call of the fixtures: its end is called back", async (t) => {
    const running = await callbackEmulator(t);
    const sid = `CA${"d".repeat(32)}`;
    const call = { sid, account_sid: ACCOUNT, to: TO, from: FROM, status: "in-progress" };
    await running.done("POST", "/import", { ...(await running.done("GET", "/export")), calls: [call] });
    t.equal((await running.post(callPath(sid), { StatusCallback: running.url })).statusCode, 200);
    await running.post(callPath(sid), { Status: "completed" });
    t.same(await running.take("CallStatus"), ["completed"]);
  });
});

t.test("calls of the control API", async (t) => {
  t.test("inbound: called back as asked for", async (t) => {
    const running = await callbackEmulator(t);
    await running.done("POST", "/calls", {
      status: "in-progress",
      callback: { url: running.url, method: "GET", events: ["answered", "completed"] },
    });
    await running.advance(10);
    t.same(
      running.takeAll().map(({ method, form }) => [method, form.CallStatus, form.Direction]),
      [
        ["GET", "in-progress", "inbound"],
        ["GET", "completed", "inbound"],
      ],
    );
  });
  t.test("child call: with ParentCallSid", async (t) => {
    const running = await callbackEmulator(t);
    const parent = await running.done("POST", "/calls", { status: "in-progress" });
    await running.done("POST", "/calls", {
      status: "completed",
      direction: "outbound-dial",
      parent_call_sid: parent.sid,
      callback: { url: running.url },
    });
    await running.delivered();
    t.match(running.takeAll(), [{ form: { ParentCallSid: parent.sid, CallStatus: "completed" } }]);
  });
  t.test("callback with an invalid URL: 400", async (t) => {
    const running = await callbackEmulator(t);
    for (const url of ["/status", "http://[::1", "ftp://127.0.0.1"]) {
      const { status, body } = await running.steer("POST", "/calls", { callback: { url } });
      t.equal(status, 400);
      t.match(body.error, /url.*expected: An absolute http or https URL/);
    }
  });
});
