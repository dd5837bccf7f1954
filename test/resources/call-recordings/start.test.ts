import t from "tap";
import {
  callEmulator,
  invalidValue,
  NOT_ELIGIBLE,
  recordingPath,
  recordingsPath,
  secondsAfterNoon,
} from "../../support/calls.js";
import { ACCOUNT, numbered, pathOf } from "../../support/emulator.js";

/** Returns the body of a recording in the view of its call, its keys in Twilio's order. */
function bodyOf(call_sid: string, sid: string, values: Record<string, unknown>) {
  return JSON.stringify({
    account_sid: ACCOUNT,
    api_version: "2010-04-01",
    call_sid,
    conference_sid: null,
    channels: values.channels ?? 1,
    date_created: secondsAfterNoon(2),
    date_updated: values.date_updated ?? secondsAfterNoon(2),
    start_time: secondsAfterNoon(2),
    price: values.price ?? null,
    price_unit: values.price_unit ?? null,
    duration: values.duration ?? null,
    sid,
    source: "StartCallRecordingAPI",
    status: values.status,
    error_code: null,
    encryption_details: null,
    track: "both",
    uri: recordingPath(call_sid, sid),
  });
}

t.test("start: 201, in-progress; fetch: processing, then completed; keys in Twilio's order", async (t) => {
  const { answered, post, send, advance } = await callEmulator(t);
  const call = await answered();
  const answer = await post(recordingsPath(call));
  t.equal(answer.statusCode, 201);
  const { sid } = answer.json();
  t.match(sid, /^RE[0-9a-f]{32}$/);
  t.equal(answer.body, bodyOf(call, sid, { status: "in-progress" }));
  const fetched = async () => (await send(recordingPath(call, sid))).body;
  t.equal(await fetched(), bodyOf(call, sid, { status: "processing" }));
  await advance(10);
  t.equal(await fetched(), bodyOf(call, sid, { status: "processing", date_updated: secondsAfterNoon(12) }));
  await advance(3);
  const completed = bodyOf(call, sid, {
    status: "completed",
    date_updated: secondsAfterNoon(15),
    price: "-0.00250",
    price_unit: "USD",
    duration: "10",
  });
  t.equal(await fetched(), completed);
  t.equal(JSON.stringify((await send(recordingsPath(call))).json().recordings), `[${completed}]`);

  t.test("view of the account: the same values with subresource_uris and media_url, without track", async (t) => {
    const { track: _, uri: __, ...shared } = JSON.parse(completed);
    const path = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${sid}`;
    const inAccount = (await send(pathOf(sid), { headers: { host: "localhost:2010" } })).json();
    t.same(inAccount, {
      ...shared,
      uri: `${path}.json`,
      subresource_uris: { add_on_results: `${path}/AddOnResults.json`, transcriptions: `${path}/Transcriptions.json` },
      media_url: `http://localhost:2010${path}`,
    });
  });
});

t.test("start again while the first goes on: 200 with the first, unchanged; after its end: 201", async (t) => {
  const { answered, post, advance, recordingsOf } = await callEmulator(t);
  const call = await answered();
  const first = await post(recordingsPath(call), { RecordingChannels: "dual" });
  t.equal(first.statusCode, 201);
  await advance(1);
  const again = await post(recordingsPath(call), { RecordingChannels: "mono", RecordingTrack: "inbound" });
  t.equal(again.statusCode, 200);
  t.equal(again.body, first.body);
  await post(recordingPath(call, first.json().sid), { Status: "paused" });
  const paused = await post(recordingsPath(call));
  t.equal(paused.statusCode, 200);
  t.match(paused.json(), { sid: first.json().sid, status: "paused" }, "the detailed status");
  t.equal((await recordingsOf(call)).length, 1);
  await post(recordingPath(call, first.json().sid), { Status: "stopped" });
  const second = await post(recordingsPath(call));
  t.equal(second.statusCode, 201);
  t.not(second.json().sid, first.json().sid);
  t.equal((await recordingsOf(call)).length, 2);
});

t.test("start beside a recording of another source: 201, each with its own sid", async (t) => {
  const { answered, post, steer, advance, recordingsOf } = await callEmulator(t);
  const call = await answered({ Record: "true" });
  t.equal((await post(recordingsPath(call))).statusCode, 201);
  t.equal((await steer("POST", `/calls/${call}/recordings`, { source: "StartCallRecordingTwiML" })).status, 201);
  const running = await recordingsOf(call);
  t.same(running.map(({ source }: { source: string }) => source).sort(), [
    "OutboundAPI",
    "StartCallRecordingAPI",
    "StartCallRecordingTwiML",
  ]);
  t.equal(new Set(running.map(({ sid }: { sid: string }) => sid)).size, 3);
  await advance(13);
  for (const { status, duration } of await recordingsOf(call)) {
    t.equal(status, "completed");
    t.equal(duration, "10");
  }
});

t.test("start, parameters", async (t) => {
  for (const [form, expected] of [
    [{}, { channels: 1, track: "both" }],
    [{ RecordingChannels: "mono" }, { channels: 1, track: "both" }],
    [{ RecordingChannels: "dual" }, { channels: 2, track: "both" }],
    [{ RecordingTrack: "both" }, { channels: 1, track: "both" }],
    [{ RecordingTrack: "inbound" }, { channels: 1, track: "inbound" }],
    [
      { RecordingTrack: "outbound", RecordingChannels: "dual" },
      { channels: 1, track: "outbound" },
    ],
    [{ Trim: "trim-silence" }, { channels: 1, track: "both" }],
    [{ RecordingStatusCallback: "not a URL" }, { channels: 1, track: "both" }],
    [{ RecordingStatusCallbackMethod: "GET" }, { channels: 1, track: "both" }],
    [{ RecordingStatusCallbackEvent: "in-progress completed absent failed" }, { channels: 1 }],
    [{ RecordingStatusCallbackEvent: ["in-progress", "completed"] }, { channels: 1 }],
    [{ RecordingStatusCallbackEvent: "nonsense" }, { channels: 1 }],
    [
      { RecordingConfigurationId: "x", PlayBeep: "true", Transcribe: "true", TranscriptionConfiguration: "x" },
      { channels: 1, track: "both" },
    ],
  ] as const) {
    t.test(`${new URLSearchParams(form as Record<string, string>)}: 201, ${JSON.stringify(expected)}`, async (t) => {
      const { answered, post, advance, send } = await callEmulator(t);
      const call = await answered();
      const answer = await post(recordingsPath(call), form);
      t.equal(answer.statusCode, 201);
      t.match(answer.json(), { ...expected, status: "in-progress" });
      await advance(13);
      t.match((await send(recordingPath(call, answer.json().sid))).json(), {
        ...expected,
        status: "completed",
        duration: "10",
      });
    });
  }

  t.test("silent call: completed with do-not-trim, the default; absent with trim-silence", async (t) => {
    const { configure, answered, post, advance, recordingsOf } = await callEmulator(t);
    await configure({ sound: "silence" });
    for (const [form, expected] of [
      [{}, { status: "completed", duration: "10" }],
      [{ Trim: "do-not-trim" }, { status: "completed", duration: "10" }],
      [{ Trim: "trim-silence" }, { status: "absent", error_code: 16101 }],
    ] as const) {
      const call = await answered();
      await post(recordingsPath(call), form);
      await advance(13);
      t.match(await recordingsOf(call), [expected], JSON.stringify(form));
    }
  });

  t.test("unknown values: 400, 20001, with the parameter and the value; nothing is recorded", async (t) => {
    const { answered, post, recordingsOf } = await callEmulator(t);
    const call = await answered();
    for (const [parameter, value, expected] of [
      ["RecordingChannels", "stereo", "mono, dual"],
      ["RecordingTrack", "left", "inbound, outbound, both"],
      ["Trim", "yes", "trim-silence, do-not-trim"],
      ["RecordingStatusCallbackMethod", "PUT", "GET, POST"],
    ] as const) {
      const answer = await post(recordingsPath(call), { [parameter]: value });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), invalidValue(parameter, value, expected));
    }
    t.same(await recordingsOf(call), []);
  });
});

t.test("start of a call that is not in progress: 400, 21220; nothing is recorded", async (t) => {
  const { place, advance, post, fetchCall, recordingsOf } = await callEmulator(t);
  const calls = [
    [await place(), "queued", 1],
    [await place(), "ringing", 1],
    [await place(), "completed", 12],
    [await place({ To: "+12025550181" }), "busy", 12],
    [await place({ To: "+12025550182" }), "no-answer", 12],
    [await place({ To: "+12025550183" }), "failed", 12],
    [await place({ To: "+12025550184" }), "canceled", 12],
  ] as const;
  const [queued, ringing, ...ended] = calls;
  const refused = async ([call, status]: (typeof calls)[number]) => {
    t.equal((await fetchCall(call)).status, status);
    const answer = await post(recordingsPath(call));
    t.equal(answer.statusCode, 400, status);
    t.equal(answer.headers["x-twilio-error-code"], "21220");
    t.same(answer.json(), NOT_ELIGIBLE);
    t.same(await recordingsOf(call), []);
  };
  await refused(queued);
  await advance(1);
  await refused(ringing);
  await advance(11);
  for (const call of ended) await refused(call);
});

t.test("recording of the fixtures in progress: start: 200 with it; update: 200", async (t) => {
  const { send, post } = await callEmulator(t);
  const sid = numbered("01");
  const { call_sid } = (await send(pathOf(sid))).json();
  t.match((await send(recordingPath(call_sid, sid))).json(), { status: "in-progress" }, "as it is written");
  const answer = await post(recordingsPath(call_sid));
  t.equal(answer.statusCode, 200);
  t.match(answer.json(), { sid, status: "in-progress" });
  const paused = await post(recordingPath(call_sid, sid), { Status: "paused" });
  t.equal(paused.statusCode, 200);
  t.match(paused.json(), { sid, status: "paused", date_updated: secondsAfterNoon(0) });
});
