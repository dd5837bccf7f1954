import t, { type Test } from "tap";
import { callbackEmulator, isSigned, keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { callPath, recordingPath } from "../../support/calls.js";
import { ACCOUNT, pathOf } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";

const TRANSCRIPTION_KEYS = [
  ...["ApiVersion", "TranscriptionType", "TranscriptionUrl", "TranscriptionSid", "Called", "RecordingSid"],
  ...["CallStatus", "RecordingUrl", "From", "Direction", "url", "AccountSid", "TranscriptionText", "Caller"],
  ...["TranscriptionStatus", "CallSid", "To"],
];

/** As `callbackEmulator`, with a call in progress that lasts until it is hung up, and a function that records it as TwiML would. */
async function recording(t: Test, script: object = { lasts: null }) {
  const running = await callbackEmulator(t, { publicUrl: "https://twilio.test" });
  const { sid: call } = await running.done("POST", "/calls", { status: "in-progress", script });
  const record = (spec: object) => running.done("POST", `/calls/${call}/recordings`, spec);
  return { ...running, call, record };
}

const urlOf = (sid: string) => `https://twilio.test${pathOf(sid).replace(".json", "")}`;

t.test("transcribe callback", async (t) => {
  t.test("completed: keys in wire order, the URL itself among them", async (t) => {
    const { record, advance, takeAll, call, url } = await recording(t);
    const { sid } = await record({ length: 8, transcription: { text: "Call me back.", callback: { url } } });
    await advance(8 + 3 + 11);
    t.same(takeAll(), []);
    await advance(1);
    const [request, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.equal(request.method, "POST");
    t.same(keysOf(request), TRANSCRIPTION_KEYS);
    t.match(request.form, {
      ApiVersion: "2010-04-01",
      TranscriptionType: "fast",
      TranscriptionSid: /^TR[0-9a-f]{32}$/,
      TranscriptionUrl: `${urlOf(sid)}/Transcriptions/${request.form.TranscriptionSid}`,
      RecordingSid: sid,
      RecordingUrl: urlOf(sid),
      CallSid: call,
      CallStatus: "in-progress",
      Direction: "inbound",
      url,
      AccountSid: ACCOUNT,
      TranscriptionText: "Call me back.",
      TranscriptionStatus: "completed",
    });
    t.equal(request.form.Called, request.form.To);
    t.equal(request.form.Caller, request.form.From);
    t.ok(isSigned(request, url));
  });
  t.test("failed: no text", async (t) => {
    const { record, advance, takeAll, url } = await recording(t);
    await record({ length: 8, transcription: { fails: true, callback: { url, method: "GET" } } });
    await advance(30);
    t.match(takeAll(), [{ method: "GET", form: { TranscriptionStatus: "failed", TranscriptionText: "" } }]);
  });
  t.test("transcription without a callback: no request", async (t) => {
    const { record, advance, done, call, send } = await recording(t);
    const { sid } = await record({ length: 8, transcription: true });
    await advance(30);
    t.equal((await send(recordingPath(call, sid))).statusCode, 200);
    t.equal((await done("GET", "/callbacks")).count, 0);
  });
  for (const [title, length, settings] of [
    ["2 s or less", 2, {}],
    ["120 s or more", 120, {}],
    ["absent", 8, { sound: "silence" }],
    ["encrypted", 8, { recording_key: "CR00000000000000000000000000000001" }],
  ] as const) {
    t.test(`recording that is not transcribed, ${title}: no request`, async (t) => {
      const running = await callbackEmulator(t);
      await running.configure({ lasts: null, ...settings });
      const { sid } = await running.done("POST", "/calls", { status: "in-progress" });
      await running.done("POST", `/calls/${sid}/recordings`, {
        length,
        callback: { url: `${running.url}?status`, events: ["completed", "absent"] },
        transcription: { callback: { url: running.url } },
      });
      await running.advance(200);
      t.same(
        running.takeAll().map(({ url }) => url),
        ["/callback?status"],
      );
    });
  }
  t.test("another source than RecordVerb: no request", async (t) => {
    const { record, advance, takeAll, url } = await recording(t);
    await record({ source: "DialVerb", length: 8, transcription: { callback: { url } } });
    await advance(200);
    t.same(takeAll(), []);
  });
});

t.test("action of <Record>", async (t) => {
  t.test("recording that ends by itself: at its end, before it is processed", async (t) => {
    const { record, advance, takeAll, call, url, send } = await recording(t);
    const { sid } = await record({ length: 8, action: { url }, callback: { url: `${url}?status` } });
    await advance(8);
    const [request, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.match(request, { method: "POST", url: "/callback" });
    t.same(
      keysOf(request).filter((name) => VOICE_KEYS.includes(name)),
      VOICE_KEYS,
    );
    t.equal(keysOf(request).length, VOICE_KEYS.length + 4);
    t.match(request.form, {
      CallSid: call,
      CallStatus: "in-progress",
      RecordingSid: sid,
      RecordingUrl: urlOf(sid),
      RecordingDuration: "8",
      Digits: "",
    });
    t.ok(isSigned(request, url));
    t.match((await send(pathOf(sid))).json(), { status: "processing" });
    await advance(3);
    t.match(takeAll(), [{ url: "/callback?status", form: { RecordingStatus: "completed", RecordingDuration: "8" } }]);
  });
  t.test("caller hangs up: Digits=hangup, CallStatus=completed", async (t) => {
    const { record, advance, delivered, takeAll, post, call, url } = await recording(t);
    await record({ action: { url } });
    await advance(5);
    await post(callPath(call), { Status: "completed" });
    await delivered();
    t.match(takeAll(), [{ form: { Digits: "hangup", CallStatus: "completed", RecordingDuration: "5" } }]);
  });
  t.test("nothing recorded: no request", async (t) => {
    const { record, advance, post, call, done, url, send } = await recording(t);
    const { sid } = await record({ action: { url } });
    await post(recordingPath(call, sid), { Status: "stopped" });
    await advance(10);
    t.match((await send(pathOf(sid))).json(), { status: "absent" });
    t.equal((await done("GET", "/callbacks")).count, 0);
  });
  t.test("method GET: the parameters in the query", async (t) => {
    const { record, advance, takeAll, url } = await recording(t);
    await record({ length: 8, action: { url, method: "GET" } });
    await advance(8);
    const [request, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.match(request, { method: "GET", body: "", form: { RecordingDuration: "8" } });
    t.ok(isSigned(request, url));
  });
});

t.test("action of <Dial>: DialCallStatus, DialCallDuration, DialBridged, RecordingUrl", async (t) => {
  const { record, advance, post, takeAll, call, url, delivered } = await recording(t);
  const { sid } = await record({ source: "DialVerb", action: { url } });
  await advance(7);
  await post(callPath(call), { Status: "completed" });
  await delivered();
  const [request, ...others] = takeAll() as [Received];
  t.same(others, []);
  t.match(request.form, {
    CallSid: call,
    CallStatus: "completed",
    DialCallStatus: "completed",
    DialCallDuration: "7",
    DialBridged: "true",
    RecordingUrl: urlOf(sid),
  });
  t.same(
    ["RecordingSid", "RecordingDuration", "Digits"].filter((name) => name in request.form),
    [],
  );
});

t.test("answer with TwiML: no effect", async (t) => {
  const running = await callbackEmulator(t, {}, (_, response) => {
    response.setHeader("content-type", "text/xml").end("<Response><Hangup/></Response>");
  });
  const { sid } = await running.done("POST", "/calls", { status: "in-progress", script: { lasts: null } });
  await running.done("POST", `/calls/${sid}/recordings`, { length: 8, action: { url: running.url } });
  await running.advance(20);
  t.equal(running.received.length, 1);
  t.match(await running.fetchCall(sid), { status: "in-progress" });
});
