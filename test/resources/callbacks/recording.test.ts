import t, { type Test } from "tap";
import { callbackEmulator, isSigned, keysOf } from "../../support/callbacks.js";
import {
  CALLS,
  callPath,
  FROM,
  invalidValue,
  recordingPath,
  recordingsPath,
  secondsAfterNoon,
  TO,
} from "../../support/calls.js";
import { participantsPath } from "../../support/conferences.js";
import { ACCOUNT, pathOf } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";

const HOST = { headers: { host: "twilio.test:2010" } };
const ALL_EVENTS = "in-progress completed absent";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;

const BEGINNING = ["RecordingSource", "RecordingTrack", "RecordingSid"];
const STATUS = ["RecordingUrl", "RecordingStatus", "RecordingChannels", "ErrorCode"];
const OF_CALL = [...BEGINNING, ...STATUS, "CallSid", "RecordingStartTime", "AccountSid"];
const OF_CONFERENCE = [...BEGINNING, "ConferenceSid", ...STATUS, "RecordingStartTime", "AccountSid"];
const COMPLETED = "RecordingDuration";

/** Starts a recording of a call in progress with these parameters; returns the call and the recording. */
async function recorded(
  running: Awaited<ReturnType<typeof callbackEmulator>>,
  form: Record<string, string | string[]>,
) {
  const call = await running.answered();
  const answer = await running.post(recordingsPath(call), form, HOST);
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return { call, sid: answer.json().sid as string };
}

t.test("recording of a call, in-progress and completed: headers, keys in wire order, values", async (t) => {
  const running = await callbackEmulator(t);
  const { call, sid } = await recorded(running, {
    RecordingStatusCallback: running.url,
    RecordingStatusCallbackEvent: ALL_EVENTS,
    RecordingChannels: "dual",
  });
  await running.delivered();
  const [first] = running.takeAll() as [Received];
  const common = {
    RecordingSource: "StartCallRecordingAPI",
    RecordingTrack: "both",
    RecordingSid: sid,
    RecordingUrl: `http://twilio.test:2010${pathOf(sid).replace(".json", "")}`,
    RecordingChannels: "2",
    ErrorCode: "0",
    CallSid: call,
    RecordingStartTime: secondsAfterNoon(2),
    AccountSid: ACCOUNT,
  };
  t.same(keysOf(first), OF_CALL);
  t.same(first.form, { ...common, RecordingStatus: "in-progress" });
  await running.advance(12);
  t.same(running.received, []);
  await running.advance(1);
  const [second] = running.takeAll() as [Received];
  t.same(keysOf(second), [...OF_CALL, COMPLETED]);
  t.same(second.form, { ...common, RecordingStatus: "completed", RecordingDuration: "10" });
  for (const request of [first, second]) {
    t.equal(request.method, "POST");
    t.equal(request.url, "/callback");
    t.match(request.headers, {
      "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
      accept: "*/*",
      "user-agent": "TwilioProxy/1.1",
      "x-home-region": "us1",
      "i-twilio-idempotency-token": UUID,
      "content-length": String(request.body.length),
    });
    t.equal(request.headers.authorization, undefined);
    t.match(request.body, /RecordingStartTime=Sat%2C%2031%20Jan%202026%2012%3A00%3A02%20%2B0000&/);
    t.ok(isSigned(request, running.url));
    t.notOk(isSigned({ ...request, form: { ...request.form, ErrorCode: "1" } }, running.url));
  }
  t.not(first.headers["i-twilio-idempotency-token"], second.headers["i-twilio-idempotency-token"]);
});

t.test("recording of a conference: ConferenceSid and no CallSid", async (t) => {
  const running = await callbackEmulator(t);
  const form = {
    To: TO,
    From: FROM,
    ConferenceRecord: "true",
    ConferenceTrim: "do-not-trim",
    ConferenceRecordingStatusCallback: running.url,
    ConferenceRecordingStatusCallbackEvent: ALL_EVENTS,
  };
  const { conference_sid } = (await running.post(participantsPath("Room"), form, HOST)).json();
  await running.advance(15);
  const [{ sid }] = await running.recordingsIn(conference_sid);
  const [first, second, ...others] = running.takeAll() as [Received, Received];
  t.same(others, []);
  const common = {
    RecordingSource: "Conference",
    RecordingTrack: "both",
    RecordingSid: sid,
    ConferenceSid: conference_sid,
    RecordingUrl: `http://twilio.test:2010${pathOf(sid).replace(".json", "")}`,
    RecordingChannels: "1",
    ErrorCode: "0",
    RecordingStartTime: secondsAfterNoon(2),
    AccountSid: ACCOUNT,
  };
  t.same(keysOf(first), OF_CONFERENCE);
  t.same(first.form, { ...common, RecordingStatus: "in-progress" });
  t.same(keysOf(second), [...OF_CONFERENCE, COMPLETED]);
  t.same(second.form, { ...common, RecordingStatus: "completed", RecordingDuration: "10" });
});

t.test("encrypted recording: EncryptionDetails before RecordingSid", async (t) => {
  const running = await callbackEmulator(t);
  await running.configure({ recording_key: "CR00000000000000000000000000000001" });
  const { sid } = await recorded(running, { RecordingStatusCallback: running.url });
  await running.advance(13);
  const [request] = running.takeAll() as [Received];
  t.same(keysOf(request), ["RecordingSource", "RecordingTrack", "EncryptionDetails", ...OF_CALL.slice(2), COMPLETED]);
  const shown = (await running.send(pathOf(sid))).json().encryption_details;
  t.same(JSON.parse(request.form.EncryptionDetails as string), {
    type: "rsa-aes",
    public_key_sid: shown.encryption_public_key_sid,
    encrypted_cek: shown.encryption_cek,
    iv: shown.encryption_iv,
  });
  t.ok(isSigned(request, running.url));
});

t.test("absent", async (t) => {
  const absent = async (t: Test, event: string | undefined, settings: object, seconds: number) => {
    const running = await callbackEmulator(t);
    await running.configure(settings);
    const events = event === undefined ? {} : { RecordingStatusCallbackEvent: event };
    const { call, sid } = await recorded(running, { RecordingStatusCallback: running.url, ...events });
    await running.advance(seconds);
    await running.post(recordingPath(call, sid), { Status: "stopped" });
    await running.advance(3);
    return running.takeAll();
  };
  t.test("too short: ErrorCode 16101, without RecordingDuration", async (t) => {
    const [request, ...others] = (await absent(t, "absent", { lasts: 10 }, 0)) as [Received];
    t.same(keysOf(request), OF_CALL);
    t.match(request.form, { RecordingStatus: "absent", ErrorCode: "16101", RecordingChannels: "1" });
    t.same(others, []);
  });
  t.test("silent: ErrorCode 16102", async (t) => {
    const [request] = (await absent(t, "absent", { sound: "silence", absent_if_silent: true }, 5)) as [Received];
    t.match(request.form, { RecordingStatus: "absent", ErrorCode: "16102" });
  });
  t.test("only completed was asked for: no request", async (t) => {
    t.same(await absent(t, "completed", { lasts: 10 }, 0), []);
  });
  t.test("no event was asked for: no request", async (t) => {
    t.same(await absent(t, undefined, { lasts: 10 }, 0), []);
  });
});

t.test("RecordingStatusCallbackEvent", async (t) => {
  for (const [title, event, expected] of [
    ["omitted: completed", undefined, ["completed"]],
    ["one: that one", "in-progress", ["in-progress"]],
    ["several with spaces", "completed  in-progress", ["in-progress", "completed"]],
    ["repeated", ["in-progress", "completed"], ["in-progress", "completed"]],
    ["repeated and with spaces", ["absent in-progress", "completed"], ["in-progress", "completed"]],
    ["twice the same: one request", ["completed", "completed"], ["completed"]],
    ["unknown one among known: ignored", "paused in-progress", ["in-progress"]],
    ["unknown alone: the default", "stopped", ["completed"]],
    ["failed: no request for a recording that succeeds", "failed", []],
  ] as const) {
    t.test(title, async (t) => {
      const running = await callbackEmulator(t);
      const given = event === undefined ? {} : { RecordingStatusCallbackEvent: [event].flat() as string[] };
      await recorded(running, { RecordingStatusCallback: running.url, ...given });
      await running.advance(13);
      t.same(await running.take("RecordingStatus"), expected);
    });
  }
});

t.test("RecordingStatusCallbackMethod", async (t) => {
  for (const [method, expected] of [
    [undefined, "POST"],
    ["POST", "POST"],
    ["GET", "GET"],
    ["get", "GET"],
  ] as const) {
    t.test(`${method}: ${expected}`, async (t) => {
      const running = await callbackEmulator(t);
      const given = method === undefined ? {} : { RecordingStatusCallbackMethod: method };
      const url = `${running.url}?id=7%2f&name=a+b`;
      await recorded(running, { RecordingStatusCallback: url, ...given });
      await running.advance(13);
      const [request, ...others] = running.takeAll() as [Received];
      t.same(others, []);
      t.equal(request.method, expected);
      t.ok(isSigned(request, running.url));
      if (expected === "POST") {
        t.equal(request.url, "/callback?id=7%2f&name=a+b");
        t.same(keysOf(request), [...OF_CALL, COMPLETED]);
        return;
      }
      t.ok(request.url.startsWith("/callback?id=7%2f&name=a+b&RecordingSource="), request.url);
      t.same(keysOf(request), ["id", "name", ...OF_CALL, COMPLETED]);
      t.equal(request.body, "");
      for (const header of ["content-type", "content-length"]) t.equal(request.headers[header], undefined, header);
    });
  }
  t.test("unknown: 400, 20001, nothing is recorded", async (t) => {
    const running = await callbackEmulator(t);
    const call = await running.answered();
    const form = { RecordingStatusCallback: running.url, RecordingStatusCallbackMethod: "PUT" };
    const answer = await running.post(recordingsPath(call), form);
    t.equal(answer.statusCode, 400);
    t.match(answer.json(), { code: 20001, message: /'PUT' for parameter 'RecordingStatusCallbackMethod'/ });
    t.same(await running.recordingsOf(call), []);
    const { length } = (await running.send(CALLS)).json().calls;
    const placed = await running.post(CALLS, {
      To: TO,
      From: FROM,
      Url: "https://example.com/voice.xml",
      StatusCallback: running.url,
      StatusCallbackMethod: "PUT",
    });
    t.equal(placed.statusCode, 400);
    t.same(placed.json(), invalidValue("StatusCallbackMethod", "PUT", "GET, POST"));
    t.equal((await running.send(CALLS)).json().calls.length, length);
  });
});

t.test("RecordingStatusCallback is no absolute http or https URL: it is recorded, without callbacks", async (t) => {
  for (const url of ["/relative", "ftp://127.0.0.1/", "127.0.0.1", "http://", "http://[::1", ""]) {
    t.test(JSON.stringify(url), async (t) => {
      const running = await callbackEmulator(t);
      const { call } = await recorded(running, { RecordingStatusCallback: url });
      await running.advance(13);
      t.match(await running.recordingsOf(call), [{ status: "completed" }]);
      t.equal((await running.done("GET", "/callbacks")).count, 0);
    });
  }
});

t.test("paused, resumed and stopped: no request of their own", async (t) => {
  const running = await callbackEmulator(t);
  const { call, sid } = await recorded(running, {
    RecordingStatusCallback: running.url,
    RecordingStatusCallbackEvent: `${ALL_EVENTS} paused stopped`,
  });
  t.same(await running.take("RecordingStatus"), ["in-progress"]);
  await running.advance(4);
  for (const Status of ["paused", "in-progress", "stopped"]) {
    t.equal((await running.post(recordingPath(call, sid), { Status })).statusCode, 200);
    t.same(await running.take("RecordingStatus"), []);
  }
  await running.advance(3);
  t.same(await running.take("RecordingStatus"), ["completed"]);
});

t.test("Record=true of a call: from its answer on, source OutboundAPI", async (t) => {
  const running = await callbackEmulator(t);
  await running.place({
    Record: "true",
    RecordingTrack: "inbound",
    RecordingStatusCallback: running.url,
    RecordingStatusCallbackEvent: ALL_EVENTS,
  });
  t.same(await running.take("RecordingStatus"), []);
  await running.advance(2);
  t.match(running.takeAll(), [
    { form: { RecordingSource: "OutboundAPI", RecordingTrack: "inbound", RecordingStatus: "in-progress" } },
  ]);
  await running.advance(13);
  t.same(await running.take("RecordingStatus"), ["completed"]);
});

t.test("call with RecordingStatusCallback but not Record: no request", async (t) => {
  const running = await callbackEmulator(t);
  const call = await running.answered({ RecordingStatusCallback: running.url });
  await running.advance(13);
  t.match(await running.fetchCall(call), { status: "completed" });
  t.equal((await running.done("GET", "/callbacks")).count, 0);
});

t.test("second start while the first is active: the callbacks of the first alone", async (t) => {
  const running = await callbackEmulator(t);
  const { call, sid } = await recorded(running, { RecordingStatusCallback: `${running.url}?first` });
  const again = await running.post(recordingsPath(call), { RecordingStatusCallback: `${running.url}?second` });
  t.equal(again.statusCode, 200);
  t.equal(again.json().sid, sid);
  await running.advance(13);
  t.same(
    running.takeAll().map(({ url }) => url),
    ["/callback?first"],
  );
});

t.test("deletion while it is processed, which is refused: completed is called back", async (t) => {
  const running = await callbackEmulator(t);
  const { call, sid } = await recorded(running, { RecordingStatusCallback: running.url });
  await running.advance(11);
  t.equal((await running.send(recordingPath(call, sid), { method: "DELETE" })).statusCode, 409);
  await running.advance(5);
  t.same(await running.take("RecordingStatus"), ["completed"]);
});

t.test("call deleted while its recording is processed: completed is called back", async (t) => {
  const running = await callbackEmulator(t);
  const { call } = await recorded(running, { RecordingStatusCallback: running.url });
  await running.advance(11);
  t.equal((await running.send(callPath(call), { method: "DELETE" })).statusCode, 204);
  await running.advance(5);
  t.match(running.takeAll(), [{ form: { RecordingStatus: "completed", CallSid: call } }]);
});
