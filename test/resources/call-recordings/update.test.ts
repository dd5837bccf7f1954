import t from "tap";
import {
  callEmulator,
  errorOf,
  invalidValue,
  mediaPath,
  NOT_ELIGIBLE,
  recordingPath,
  recordingsPath,
  secondsAfterNoon,
  secondsOf,
} from "../../support/calls.js";
import { numbered, pathOf } from "../../support/emulator.js";

const CURRENT = "Twilio.CURRENT";
const STATUSES = "in-progress, paused, stopped";

t.test("pause, resume, stop: 200 with the new status and a later date_updated; the call goes on", async (t) => {
  const { answered, post, advance, send, fetchCall } = await callEmulator(t);
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  let second = 2;
  for (const Status of ["paused", "in-progress", "paused", "stopped"]) {
    await advance(1);
    second++;
    const answer = await post(recordingPath(call, sid), { Status });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), {
      sid,
      status: Status,
      date_created: secondsAfterNoon(2),
      date_updated: secondsAfterNoon(second),
      duration: null,
      price: null,
      price_unit: null,
      uri: recordingPath(call, sid),
    });
    const shown = (await send(recordingPath(call, sid))).json();
    t.same(shown, { ...answer.json(), status: "processing" }, "fetch shows processing");
    t.equal((await send(pathOf(sid))).json().status, "processing");
  }
  t.equal((await fetchCall(call)).status, "in-progress");
  await advance(2);
  t.equal((await send(recordingPath(call, sid))).json().status, "processing");
  await advance(1);
  t.match((await send(recordingPath(call, sid))).json(), {
    status: "completed",
    duration: "4",
    date_updated: secondsAfterNoon(9),
  });
  t.equal((await fetchCall(call)).status, "in-progress");
});

t.test("status that it has already: 200, nothing changes", async (t) => {
  const { answered, post, advance, send } = await callEmulator(t);
  const call = await answered();
  const started = (await post(recordingsPath(call))).json();
  await advance(1);
  const running = await post(recordingPath(call, started.sid), { Status: "in-progress" });
  t.equal(running.statusCode, 200);
  t.same(running.json(), started);
  const paused = await post(recordingPath(call, started.sid), { Status: "paused" });
  await advance(2);
  const again = await post(recordingPath(call, started.sid), { Status: "paused", PauseBehavior: "skip" });
  t.equal(again.statusCode, 200);
  t.same(again.json(), paused.json());
  await advance(10);
  t.match(
    (await send(recordingPath(call, started.sid))).json(),
    { status: "completed", duration: "10" },
    "not skipped",
  );
});

t.test("PauseBehavior: skip shortens the recording, silence does not", async (t) => {
  for (const [form, seconds] of [
    [{}, 8],
    [{ PauseBehavior: "silence" }, 8],
    [{ PauseBehavior: "skip" }, 5],
    [{ PauseBehavior: "SKIP" }, 5],
  ] as const) {
    t.test(`${JSON.stringify(form)}: ${seconds} of 8 seconds`, async (t) => {
      const { answered, post, advance, send } = await callEmulator(t);
      const call = await answered();
      const { sid } = (await post(recordingsPath(call))).json();
      await advance(2);
      await post(recordingPath(call, sid), { Status: "paused", ...form });
      await advance(3);
      await post(recordingPath(call, sid), { Status: "in-progress" });
      await advance(3);
      await post(recordingPath(call, sid), { Status: "stopped" });
      await advance(3);
      const recording = (await send(recordingPath(call, sid))).json();
      t.match(recording, { status: "completed", duration: String(seconds) });
      const media = await send(mediaPath(sid));
      t.equal(media.statusCode, 200);
      t.equal(secondsOf(media.rawPayload), seconds);
    });
  }

  t.test("several pauses: only those with skip shorten it", async (t) => {
    const { configure, answered, post, advance, send } = await callEmulator(t);
    await configure({ lasts: 20 });
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    for (const PauseBehavior of ["skip", "silence", "skip"]) {
      await advance(1);
      await post(recordingPath(call, sid), { Status: "paused", PauseBehavior });
      await advance(2);
      await post(recordingPath(call, sid), { Status: "in-progress", PauseBehavior });
    }
    await advance(14);
    t.match((await send(recordingPath(call, sid))).json(), { status: "completed", duration: "16" });
  });

  t.test("paused until it is stopped, or until the call ends: the pause is skipped to the end", async (t) => {
    const { answered, post, advance, send } = await callEmulator(t);
    const [one, other] = [await answered(), await answered()];
    const stopped = (await post(recordingsPath(one))).json().sid;
    const ended = (await post(recordingsPath(other))).json().sid;
    await advance(2);
    await post(recordingPath(one, stopped), { Status: "paused", PauseBehavior: "skip" });
    await post(recordingPath(other, ended), { Status: "paused", PauseBehavior: "skip" });
    await advance(3);
    await post(recordingPath(one, stopped), { Status: "stopped" });
    await advance(8);
    t.match((await send(recordingPath(one, stopped))).json(), { status: "completed", duration: "2" });
    t.match((await send(recordingPath(other, ended))).json(), { status: "completed", duration: "2" });
  });

  t.test("unknown value: 400, 20001; not paused", async (t) => {
    const { answered, post } = await callEmulator(t, { liveStatus: "detailed" });
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    const answer = await post(recordingPath(call, sid), { Status: "paused", PauseBehavior: "cut" });
    t.equal(answer.statusCode, 400);
    t.same(answer.json(), invalidValue("PauseBehavior", "cut", "silence, skip"));
    t.equal((await post(recordingsPath(call))).json().status, "in-progress");
  });
});

t.test("Status missing or unknown: 400, 20001; nothing changes", async (t) => {
  const { answered, post, send } = await callEmulator(t, { liveStatus: "detailed" });
  const call = await answered();
  const { sid } = (await post(recordingsPath(call))).json();
  const before = (await send(recordingPath(call, sid))).body;
  for (const name of [sid, CURRENT]) {
    for (const [form, value] of [
      [{}, ""],
      [{ Status: "" }, ""],
      [{ status: "paused" }, ""],
      [{ PauseBehavior: "skip" }, ""],
      [{ Status: "processing" }, "processing"],
      [{ Status: "completed" }, "completed"],
      [{ Status: "absent" }, "absent"],
      [{ Status: "nonsense" }, "nonsense"],
    ] as const) {
      const answer = await post(recordingPath(call, name), form);
      t.equal(answer.statusCode, 400, JSON.stringify(form));
      t.same(answer.json(), invalidValue("Status", value, STATUSES));
    }
  }
  t.equal((await send(recordingPath(call, sid))).body, before);
});

t.test("update after stopped, or after the end: 400, 21220", async (t) => {
  const { answered, post, advance, send } = await callEmulator(t);
  const [one, other] = [await answered(), await answered()];
  const stopped = (await post(recordingsPath(one))).json().sid;
  const ended = (await post(recordingsPath(other))).json().sid;
  await advance(1);
  await post(recordingPath(one, stopped), { Status: "stopped" });
  const refused = async (call: string, sid: string) => {
    const before = (await send(recordingPath(call, sid))).body;
    for (const Status of ["in-progress", "paused", "stopped"]) {
      const answer = await post(recordingPath(call, sid), { Status });
      t.equal(answer.statusCode, 400, Status);
      t.same(answer.json(), NOT_ELIGIBLE);
    }
    t.equal((await send(recordingPath(call, sid))).body, before);
  };
  await refused(one, stopped);
  await advance(9);
  await refused(other, ended);
  await advance(3);
  t.equal((await send(recordingPath(other, ended))).json().status, "completed");
  await refused(other, ended);
  for (const digits of ["03", "04", "05", "06"]) {
    const { call_sid } = (await send(pathOf(numbered(digits)))).json();
    await refused(call_sid, numbered(digits));
  }
});

t.test("paused recording of the fixtures, resumed and stopped: 200, then completed", async (t) => {
  const { send, post, advance } = await callEmulator(t);
  const { call_sid, start_time } = (await send(pathOf(numbered("02")))).json();
  const path = recordingPath(call_sid, numbered("02"));
  t.equal((await post(path, { Status: "in-progress" })).json().status, "in-progress");
  await advance(1);
  t.equal((await post(path, { Status: "stopped" })).json().status, "stopped");
  await advance(3);
  const seconds = (Date.parse(secondsAfterNoon(1)) - Date.parse(start_time)) / 1000;
  t.match((await send(path)).json(), { status: "completed", duration: String(seconds) });
});

t.test("recording of the fixtures in progress without start_time: counted from date_created", async (t) => {
  const { steer, send, post, advance } = await callEmulator(t);
  const { body } = await steer("POST", "/recordings", {
    call_sid: `CA${"d".repeat(32)}`,
    status: "in-progress",
    source: "StartCallRecordingAPI",
    channels: 2,
    date_created: "2026-01-31T11:59:00Z",
    start_time: null,
  });
  const path = recordingPath(body.call_sid, body.sid);
  t.match((await send(path)).json(), { status: "in-progress", start_time: null, channels: 2 });
  await post(path, { Status: "paused", PauseBehavior: "skip" });
  await advance(5);
  await post(path, { Status: "stopped" });
  await advance(3);
  t.match((await send(path)).json(), { status: "completed", start_time: null, duration: "60", channels: 2 });
});

t.test(CURRENT, async (t) => {
  t.test("one active: 200, with the real sid and uri", async (t) => {
    const { answered, post, advance } = await callEmulator(t);
    const call = await answered();
    const { sid } = (await post(recordingsPath(call))).json();
    for (const Status of ["paused", "in-progress", "stopped"]) {
      await advance(1);
      const answer = await post(recordingPath(call, CURRENT), { Status });
      t.equal(answer.statusCode, 200);
      t.match(answer.json(), { sid, status: Status, uri: recordingPath(call, sid) });
    }
  });

  t.test("none active: 400, 21220", async (t) => {
    const { place, post, advance, answered } = await callEmulator(t);
    const refused = async (call: string) => {
      const answer = await post(recordingPath(call, CURRENT), { Status: "paused" });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), NOT_ELIGIBLE);
    };
    await refused(await place());
    const call = await answered();
    await refused(call);
    await post(recordingsPath(call));
    await post(recordingPath(call, CURRENT), { Status: "stopped" });
    await refused(call);
    const recorded = await answered({ Record: "true" });
    await advance(10);
    await refused(recorded);
  });

  t.test("several active: 400, 16108; after one of them has ended: 200", async (t) => {
    const { answered, post, recordingsOf } = await callEmulator(t);
    const call = await answered({ Record: "true" });
    const { sid } = (await post(recordingsPath(call))).json();
    t.equal((await recordingsOf(call)).length, 2);
    for (const Status of ["paused", "stopped"]) {
      const answer = await post(recordingPath(call, CURRENT), { Status });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), errorOf(400, 16108, "Voice Recording: Request failed due to concurrent recordings"));
    }
    await post(recordingPath(call, sid), { Status: "paused" });
    t.equal((await post(recordingPath(call, CURRENT), { Status: "paused" })).json().code, 16108, "paused is active");
    await post(recordingPath(call, sid), { Status: "stopped" });
    const answer = await post(recordingPath(call, CURRENT), { Status: "paused" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { source: "OutboundAPI", status: "paused" });
  });

  t.test("active in another call only: 400, 21220", async (t) => {
    const { answered, post } = await callEmulator(t);
    const [one, other] = [await answered(), await answered()];
    await post(recordingsPath(one));
    t.same((await post(recordingPath(other, CURRENT), { Status: "paused" })).json(), NOT_ELIGIBLE);
  });

  t.test(
    "call in a conference: the conference's recording is not the call's; its own has no conference_sid",
    async (t) => {
      const { steer, post } = await callEmulator(t);
      const { body: call } = await steer("POST", "/calls", {
        status: "in-progress",
        conference: { friendly_name: "room" },
      });
      t.equal((await steer("POST", `/calls/${call.sid}/recordings`, { source: "Conference" })).status, 201);
      t.same((await post(recordingPath(call.sid, CURRENT), { Status: "paused" })).json(), NOT_ELIGIBLE);
      const started = await post(recordingsPath(call.sid));
      t.equal(started.statusCode, 201);
      t.match(started.json(), { call_sid: call.sid, conference_sid: null });
      const paused = await post(recordingPath(call.sid, CURRENT), { Status: "paused" });
      t.match(paused.json(), { sid: started.json().sid, status: "paused" });
    },
  );

  t.test("GET and DELETE: 404, 20404: the word is for updates only", async (t) => {
    const { answered, post, send } = await callEmulator(t);
    const path = recordingPath(await answered({ Record: "true" }), CURRENT);
    for (const method of ["GET", "HEAD", "DELETE"] as const) {
      const answer = await send(path, { method });
      t.equal(answer.statusCode, 404, method);
      t.equal(answer.headers["x-twilio-error-code"], "20404");
    }
    t.equal((await post(path, { Status: "paused" })).statusCode, 200);
  });
});
