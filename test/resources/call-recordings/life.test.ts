import t from "tap";
import {
  callEmulator,
  callPath,
  mediaPath,
  recordingPath,
  recordingsPath,
  secondsAfterNoon,
  secondsOf,
} from "../../support/calls.js";
import { ACCOUNT, pathOf } from "../../support/emulator.js";

const CURRENT = "Twilio.CURRENT";

t.test("timed event of a recording that is not in its status any more, or of none: no effect", async (t) => {
  const { state, answered, post, advance, send, recordingsOf } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  const schedule = (kind: string, subject: string) =>
    state.timeline.schedule(ACCOUNT, state.clock.now() + 1000, kind, subject);
  const unchanged = async (kind: string, subject = sid) => {
    const before = await recordingsOf(call);
    schedule(kind, subject);
    await advance(1);
    t.same(await recordingsOf(call), before, kind);
  };
  await unchanged("recording.done");
  await advance(13);
  await unchanged("recording.end");
  await unchanged("recording.done");
  await unchanged("recording.end", `RE${"c".repeat(32)}`);
  await unchanged("call.complete", `CA${"c".repeat(32)}`);
  t.equal((await send(recordingPath(call, sid), { method: "DELETE" })).statusCode, 204);
  await unchanged("recording.end");
  t.equal((await send(`${pathOf(sid)}?IncludeSoftDeleted=true`)).json().status, "deleted");
});

t.test("end of the call: ends its recordings, processed 3 s later", async (t) => {
  const { configure, answered, post, advance, recordingsOf } = await callEmulator(t);
  await configure({ lasts: null });
  const call = await answered({ Record: "true" });
  await post(recordingsPath(call));
  await advance(5);
  t.equal((await post(callPath(call), { Status: "completed" })).statusCode, 200);
  const statuses = async () => (await recordingsOf(call)).map(({ status }: { status: string }) => status);
  t.same(await statuses(), ["processing", "processing"]);
  await advance(2);
  t.same(await statuses(), ["processing", "processing"]);
  await advance(1);
  for (const recording of await recordingsOf(call)) {
    t.match(recording, { status: "completed", duration: "5", date_updated: secondsAfterNoon(10) });
  }
});

t.test(
  "call deleted while its recording is processed: the recording is completed, in the view of the account",
  async (t) => {
    const { answered, post, advance, send } = await callEmulator(t);
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    await advance(10);
    t.equal((await send(callPath(call), { method: "DELETE" })).statusCode, 204);
    t.equal((await send(pathOf(sid))).json().status, "processing");
    await advance(3);
    t.match((await send(pathOf(sid))).json(), { call_sid: call, status: "completed", duration: "10" });
    t.equal((await send(recordingPath(call, sid))).statusCode, 404);
  },
);

t.test("processed_for: the time to the completion", async (t) => {
  const { configure, answered, advance, recordingsOf } = await callEmulator(t);
  await configure({ processed_for: 20 });
  const call = await answered({ Record: "true" });
  await advance(29);
  t.match(await recordingsOf(call), [{ status: "processing" }]);
  await advance(1);
  t.match(await recordingsOf(call), [{ status: "completed", date_updated: secondsAfterNoon(32) }]);
});

t.test("recording of a minute and a second: price for two minutes", async (t) => {
  const { configure, answered, advance, recordingsOf } = await callEmulator(t);
  await configure({ lasts: 61 });
  const call = await answered({ Record: "true" });
  await advance(64);
  t.match(await recordingsOf(call), [{ duration: "61", price: "-0.00500", price_unit: "USD" }]);
});

t.test("absent", async (t) => {
  t.test("too short: 16101, no price, no media", async (t) => {
    const { answered, post, advance, send } = await callEmulator(t);
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    await post(recordingPath(call, sid), { Status: "stopped" });
    await advance(3);
    const absent = { status: "absent", error_code: 16101, price: null, encryption_details: null };
    t.match((await send(recordingPath(call, sid))).json(), absent);
    t.match((await send(pathOf(sid))).json(), absent);
    t.equal((await send(mediaPath(sid))).statusCode, 404);
  });

  t.test("skipped from the start: 16101", async (t) => {
    const { answered, post, advance, recordingsOf } = await callEmulator(t);
    const call = await answered();
    await post(recordingsPath(call));
    await post(recordingPath(call, CURRENT), { Status: "paused", PauseBehavior: "skip" });
    await advance(13);
    t.match(await recordingsOf(call), [{ status: "absent", error_code: 16101 }]);
  });

  t.test("silent: 16102 with the account's setting, else completed", async (t) => {
    const { configure, answered, post, advance, recordingsOf, send } = await callEmulator(t);
    await configure({ sound: "silence" });
    const first = await answered();
    await post(recordingsPath(first));
    await advance(13);
    t.match(await recordingsOf(first), [{ status: "completed", error_code: null, duration: "10" }]);
    await configure({ absent_if_silent: true });
    const second = await answered();
    const { sid } = (await post(recordingsPath(second))).json();
    await advance(13);
    t.match(await recordingsOf(second), [{ status: "absent", error_code: 16102, price: null }]);
    t.equal((await send(mediaPath(sid))).statusCode, 404);
    await configure({ sound: "speech" });
    const third = await answered();
    await post(recordingsPath(third));
    await advance(13);
    t.match(await recordingsOf(third), [{ status: "completed", error_code: null }]);
  });
});

t.test("media: 404 until completed, then as long as the recording, with its channels", async (t) => {
  for (const [form, channels] of [
    [{}, 1],
    [{ RecordingChannels: "dual" }, 2],
    [{ RecordingTrack: "inbound", RecordingChannels: "dual" }, 1],
  ] as const) {
    t.test(`${JSON.stringify(form)}: ${channels} channels`, async (t) => {
      const { answered, post, advance, send } = await callEmulator(t);
      const call = await answered();
      const { sid } = (await post(recordingsPath(call), form)).json();
      const missing = async (status: string) => {
        for (const extension of ["", ".wav", ".mp3"]) {
          t.equal((await send(mediaPath(sid, extension))).statusCode, 404, `${status} ${extension}`);
        }
      };
      await missing("in-progress");
      await advance(4);
      await post(recordingPath(call, sid), { Status: "paused" });
      await missing("paused");
      await advance(1);
      await post(recordingPath(call, sid), { Status: "stopped" });
      await missing("processing");
      await advance(3);
      const { media_url, duration } = (await send(pathOf(sid), { headers: { host: "a" } })).json();
      t.equal(duration, "5");
      const media = await send(media_url.replace("http://a", ""));
      t.equal(media.statusCode, 200);
      t.equal(media.headers["content-type"], "audio/x-wav");
      t.equal(media.rawPayload.readUInt16LE(22), channels);
      t.equal(secondsOf(media.rawPayload), 5);
      t.equal((await send(mediaPath(sid, ".mp3"))).statusCode, 200);
    });
  }
});

t.test("recording_key: encryption_details from the completion on, in both views", async (t) => {
  for (const [encryptionDetails, keys] of [
    ["documented", ["encryption_public_key_sid", "encryption_cek", "encryption_iv"]],
    ["2018", ["public_key_sid", "encrypted_cek", "type", "iv"]],
  ] as const) {
    t.test(encryptionDetails, async (t) => {
      const { configure, answered, post, advance, send } = await callEmulator(t, { encryptionDetails });
      const key = `CR${"1".padStart(32, "0")}`;
      await configure({ recording_key: key });
      const call = await answered();
      const { sid } = (await post(recordingsPath(call))).json();
      await advance(12);
      t.equal((await send(recordingPath(call, sid))).json().encryption_details, null, "processing");
      await advance(1);
      const { encryption_details } = (await send(recordingPath(call, sid))).json();
      t.same(Object.keys(encryption_details), keys);
      t.equal(encryption_details[keys[0]], key);
      t.same((await send(pathOf(sid))).json().encryption_details, encryption_details);
    });
  }
});

t.test("liveStatus detailed: fetch and list of both views show the detailed status", async (t) => {
  const { answered, post, advance, send } = await callEmulator(t, { liveStatus: "detailed" });
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  const shown = async () => {
    const list = (await send(recordingsPath(call))).json().recordings;
    const account = (await send(`/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?CallSid=${call}`)).json();
    return [
      (await send(recordingPath(call, sid))).json().status,
      list[0].status,
      (await send(pathOf(sid))).json().status,
      account.recordings[0].status,
    ];
  };
  const all = (status: string) => [status, status, status, status];
  t.same(await shown(), all("in-progress"));
  await advance(1);
  await post(recordingPath(call, sid), { Status: "paused" });
  t.same(await shown(), all("paused"));
  await post(recordingPath(call, sid), { Status: "in-progress" });
  t.same(await shown(), all("in-progress"));
  t.equal((await post(recordingPath(call, sid), { Status: "stopped" })).json().status, "stopped");
  t.same(await shown(), all("processing"));
  await advance(3);
  t.same(await shown(), all("completed"));
});

t.test("instantCalls: a stopped recording is completed at the next request", async (t) => {
  const { configure, place, fetchCall, post, send } = await callEmulator(t, { instantCalls: true });
  await configure({ lasts: null });
  const call = await place();
  t.equal((await fetchCall(call)).status, "in-progress", "until it is hung up");
  const { sid, status } = (await post(recordingsPath(call))).json();
  t.equal(status, "in-progress");
  t.equal((await post(recordingPath(call, sid), { Status: "stopped" })).json().status, "stopped");
  t.match((await send(recordingPath(call, sid))).json(), {
    status: "completed",
    duration: "10",
    date_updated: secondsAfterNoon(0),
  });
  t.equal((await send(mediaPath(sid))).statusCode, 200);
});

t.test("sources and channels of recordings that were not started by the API", async (t) => {
  const { configure, answered, steer, advance, recordingsOf } = await callEmulator(t);
  await configure({ lasts: 5 });
  for (const [order, expected] of [
    [{}, { source: "RecordVerb", channels: 1 }],
    [{ source: "DialVerb" }, { source: "DialVerb", channels: 1 }],
    [
      { source: "DialVerb", channels: 2 },
      { source: "DialVerb", channels: 2 },
    ],
    [
      { source: "Trunking", channels: 2 },
      { source: "Trunking", channels: 2 },
    ],
    [{ source: "StartCallRecordingTwiML" }, { source: "StartCallRecordingTwiML", channels: 2, track: "both" }],
    [
      { source: "OutboundAPI", track: "outbound" },
      { source: "OutboundAPI", channels: 1, track: "outbound" },
    ],
  ] as const) {
    const call = await answered();
    t.equal((await steer("POST", `/calls/${call}/recordings`, order)).status, 201);
    await advance(8);
    t.match(await recordingsOf(call), [{ ...expected, call_sid: call, conference_sid: null, status: "completed" }]);
  }
});
