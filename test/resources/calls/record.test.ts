import t from "tap";
import { CALLS, callEmulator, FROM, secondsAfterNoon, TO } from "../../support/calls.js";
import { pathOf } from "../../support/emulator.js";

const REQUIRED = { To: TO, From: FROM, Url: "https://example.com/voice" };

t.test("Record", async (t) => {
  t.test("true: recorded from the answer to the end, source OutboundAPI, mono", async (t) => {
    const { place, advance, recordingsOf, send } = await callEmulator(t);
    const sid = await place({ Record: "true" });
    await advance(1);
    t.same(await recordingsOf(sid), [], "not before the answer");
    await advance(1);
    const [recording, ...others] = await recordingsOf(sid);
    t.same(others, []);
    t.match(recording, {
      call_sid: sid,
      conference_sid: null,
      source: "OutboundAPI",
      channels: 1,
      track: "both",
      status: "processing",
      date_created: secondsAfterNoon(2),
      start_time: secondsAfterNoon(2),
      duration: null,
      price: null,
      price_unit: null,
    });
    await advance(10);
    t.match(await recordingsOf(sid), [{ status: "processing", duration: null, date_updated: secondsAfterNoon(12) }]);
    await advance(3);
    const completed = {
      sid: recording.sid,
      status: "completed",
      duration: "10",
      price: "-0.00250",
      price_unit: "USD",
      date_created: secondsAfterNoon(2),
      date_updated: secondsAfterNoon(15),
    };
    t.match(await recordingsOf(sid), [completed]);
    t.match((await send(pathOf(recording.sid))).json(), { ...completed, call_sid: sid, source: "OutboundAPI" });
  });

  t.test("true, in any letter case; false or nothing: not recorded", async (t) => {
    const { answered, recordingsOf } = await callEmulator(t);
    t.equal((await recordingsOf(await answered({ Record: "True" }))).length, 1);
    for (const form of [
      {},
      { Record: "false" },
      { Record: "" },
      { RecordingChannels: "dual", RecordingTrack: "both" },
    ]) {
      t.same(await recordingsOf(await answered(form as Record<string, string>)), [], JSON.stringify(form));
    }
  });

  for (const [form, expected] of [
    [{ RecordingChannels: "mono" }, { channels: 1, track: "both" }],
    [{ RecordingChannels: "dual" }, { channels: 2, track: "both" }],
    [{ RecordingTrack: "inbound" }, { channels: 1, track: "inbound" }],
    [{ RecordingTrack: "outbound" }, { channels: 1, track: "outbound" }],
    [
      { RecordingChannels: "dual", RecordingTrack: "both" },
      { channels: 2, track: "both" },
    ],
    [
      { RecordingChannels: "dual", RecordingTrack: "inbound" },
      { channels: 1, track: "inbound" },
    ],
  ] as const) {
    t.test(`${new URLSearchParams(form)}: ${JSON.stringify(expected)}, kept to the end`, async (t) => {
      const { answered, advance, recordingsOf } = await callEmulator(t);
      const sid = await answered({ Record: "true", ...form });
      t.match(await recordingsOf(sid), [{ ...expected, status: "processing" }]);
      await advance(13);
      t.match(await recordingsOf(sid), [{ ...expected, status: "completed", duration: "10" }]);
    });
  }

  t.test("silent call: absent with trim-silence, the default; completed with do-not-trim", async (t) => {
    const { configure, answered, advance, recordingsOf } = await callEmulator(t);
    await configure({ sound: "silence" });
    for (const [form, expected] of [
      [{}, { status: "absent", error_code: 16101 }],
      [{ Trim: "trim-silence" }, { status: "absent", error_code: 16101 }],
      [{ Trim: "do-not-trim" }, { status: "completed", error_code: null, duration: "10", price: "-0.00250" }],
    ] as const) {
      const sid = await answered({ Record: "true", ...form });
      await advance(13);
      t.match(await recordingsOf(sid), [expected], JSON.stringify(form));
    }
  });

  t.test("callback parameters: 201; an invalid URL or an unknown event does not fail the call", async (t) => {
    const { answered, recordingsOf, post, advance, fetchCall } = await callEmulator(t);
    const sid = await answered({
      Record: "true",
      RecordingStatusCallback: "not a URL",
      RecordingStatusCallbackMethod: "get",
      RecordingStatusCallbackEvent: "in-progress completed nonsense",
    });
    t.equal((await recordingsOf(sid)).length, 1);
    const repeated = await post(CALLS, {
      ...REQUIRED,
      Record: "true",
      RecordingStatusCallbackEvent: ["in-progress", "completed", "absent"],
      StatusCallbackEvent: ["initiated", "ringing", "answered", "completed"],
    });
    t.equal(repeated.statusCode, 201);
    await advance(12);
    t.equal((await fetchCall(repeated.json().sid)).status, "completed");
  });

  t.test("instantCalls: completed, as long as the call would have been", async (t) => {
    const { place, recordingsOf, send } = await callEmulator(t, { instantCalls: true });
    const sid = await place({ Record: "true", RecordingChannels: "dual" });
    const [recording] = await recordingsOf(sid);
    t.match(recording, { status: "completed", duration: "10", channels: 2, date_updated: secondsAfterNoon(0) });
    t.equal((await send(pathOf(recording.sid).replace(".json", ".wav"))).statusCode, 200);
  });
});
