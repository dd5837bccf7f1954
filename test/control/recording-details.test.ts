import t, { type Test } from "tap";
import { ControlError } from "../../src/control/control-error.js";
import { STATUSES } from "../../src/resources/recordings/table.js";
import { conferenceEmulator } from "../support/conferences.js";
import { ACCOUNT, EXAMPLE, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";

const ENCRYPTED = numbered("09");
const UNKNOWN = numbered("99");

t.test("details", async (t) => {
  t.test("transcriptions and add-on results: as Twilio shows them, newest first", async (t) => {
    const { steer, send } = await conferenceEmulator(t);
    const { recordings } = (await steer("GET", "/recordings")).body;
    let [transcriptions, results] = [0, 0];
    for (const { sid, status } of recordings) {
      const { body } = await steer("GET", `/recordings/${sid}`);
      transcriptions += body.transcriptions.length;
      results += body.add_on_results.length;
      if (status === "deleted") continue;
      const shown = (await send(pathOf(sid).replace(".json", "/Transcriptions.json"))).json();
      t.strictSame(body.transcriptions, shown.transcriptions);
    }
    t.same([transcriptions, results], [4, 2]);
    const example = (await steer("GET", `/recordings/${EXAMPLE}`)).body;
    for (const one of example.add_on_results) {
      t.match(one, { reference_sid: EXAMPLE, subresource_uris: { payloads: /Payloads\.json$/ } });
    }
  });
  t.test("more than 100 transcriptions: the last 100", async (t) => {
    const { steer } = await conferenceEmulator(t);
    const sid = numbered("05");
    const transcriptions = Array.from({ length: 101 }, (_, index) => ({
      recording_sid: sid,
      date_updated: new Date(Date.UTC(2030, 0, 1) + index * 1000).toISOString(),
      transcription_text: String(index),
    }));
    await steer("POST", "/recordings", { transcriptions });
    const texts = (await steer("GET", `/recordings/${sid}`)).body.transcriptions.map(
      (one: { transcription_text: string }) => Number(one.transcription_text),
    );
    t.same(
      texts,
      Array.from({ length: 100 }, (_, index) => 100 - index),
    );
  });
  t.test("track and has_key", async (t) => {
    const { steer, control } = await conferenceEmulator(t);
    const { recordings } = control.for();
    for (const track of ["inbound", "outbound", "both"] as const) {
      const { sid } = await recordings.create({ track });
      t.equal((await recordings.get(sid)).track, track);
    }
    t.match(await recordings.get(numbered("05")), { track: "both", has_key: null });
    t.equal((await recordings.get(EXAMPLE)).has_key, true, "the documented example is encrypted");
    t.equal((await recordings.get(ENCRYPTED)).has_key, true);
    const pasted = { public_key_sid: `CR${"1".repeat(32)}`, encrypted_cek: "AAAA", iv: "AAAAAAAAAAAAAAAA" };
    const { body } = await steer("POST", "/recordings", { encryption_details: pasted });
    t.equal((await recordings.get(body.sid)).has_key, true, "the emulator encrypts with its own key");
  });
  t.test("detailed_status: that of --live-status detailed", async (t) => {
    const { steer, answered, control } = await conferenceEmulator(t);
    const { sid } = await control.for().calls.record(await answered());
    t.match((await steer("GET", `/recordings/${sid}`)).body, { status: "processing", detailed_status: "in-progress" });
    const { recordings } = await control.for().recordings.list({ limit: 1 });
    t.match(recordings, [{ sid, status: "processing", detailed_status: "in-progress" }]);
    t.match(await control.for().recordings.get(EXAMPLE), { status: "completed", detailed_status: "completed" });
  });
});

/** Starts a recording of a call that lasts until it is hung up. */
async function recorded(t: Test, source = "DialVerb") {
  const running = await conferenceEmulator(t);
  const { steer, control } = running;
  const { body: call } = await steer("POST", "/calls", { status: "in-progress", script: { lasts: null } });
  const { body } = await steer("POST", `/calls/${call.sid}/recordings`, { source });
  const move = (status: string, sid: string = body.sid) => steer("PATCH", `/recordings/${sid}/live`, { status });
  return { ...running, sid: body.sid as string, call: call.sid as string, move, controls: control.for() };
}

t.test("move", async (t) => {
  t.test("pause, resume, stop: as an update of Twilio's API; then it is processed", async (t) => {
    const { move, advance, fetchCall, call, controls, sid } = await recorded(t);
    t.match(await move("paused"), { status: 200, body: { sid, status: "processing", detailed_status: "paused" } });
    t.equal((await move("paused")).body.detailed_status, "paused", "once more: no change");
    await advance(5);
    t.equal((await move("in-progress")).body.detailed_status, "in-progress");
    t.equal((await move("in-progress")).status, 200);
    await advance(5);
    t.match((await move("stopped")).body, { detailed_status: "processing", days_left: null, duration: null });
    await advance(3);
    t.match(await controls.recordings.get(sid), { status: "completed", duration: "10" });
    t.match(await fetchCall(call), { status: "in-progress" }, "the call goes on");
  });
  t.test("paused recording stops: processed", async (t) => {
    const { move } = await recorded(t);
    await move("paused");
    t.equal((await move("stopped")).body.detailed_status, "processing");
  });
  t.test("recording of a conference", async (t) => {
    const { controls } = await recorded(t);
    const { sid } = await controls.conferences.open({ recording: true });
    const [recording] = (await controls.conferences.get(sid)).recording_sids;
    t.equal((await controls.recordings.move(String(recording), "paused")).detailed_status, "paused");
    t.equal((await controls.recordings.move(String(recording), "stopped")).detailed_status, "processing");
  });
  t.test("recording of the fixtures: paused, resumed and completed", async (t) => {
    const { move, controls, advance } = await recorded(t);
    const { sid } = await controls.recordings.create({ status: "in-progress" });
    t.equal((await move("paused", sid.toUpperCase())).body.detailed_status, "paused");
    t.equal((await move("in-progress", sid)).body.detailed_status, "in-progress");
    t.equal((await move("stopped", sid)).body.detailed_status, "processing");
    await advance(3);
    t.match(await controls.recordings.get(sid), { status: "completed" });
  });
  t.test("with a callback: it is sent, as for an update", async (t) => {
    const { controls, call, advance } = await recorded(t);
    const { sid } = await controls.calls.record(call, { callback: { url: "http://127.0.0.1:1/" } });
    await advance(2);
    await controls.recordings.move(sid, "stopped");
    await advance(3);
    t.match(await controls.callbacks.list({ sid }), [{ event: "recording.completed" }]);
  });
  t.test("no longer under way: 409, unchanged", async (t) => {
    const { steer, move, controls } = await recorded(t);
    for (const own of STATUSES.filter((status) => status !== "in-progress" && status !== "paused")) {
      const { body } = await steer("POST", "/recordings", { status: own });
      const before = await controls.recordings.get(body.sid);
      for (const status of ["in-progress", "paused", "stopped"]) {
        t.same(await move(status, body.sid), {
          status: 409,
          body: { error: `recording ${body.sid} is ${own}; expected: one that is in-progress or paused` },
        });
      }
      t.same(await controls.recordings.get(body.sid), before);
    }
  });
  t.test("invalid input: 400; unknown recording or account: 404", async (t) => {
    const { steer, sid, controls } = await recorded(t);
    for (const [status, url, body, message] of [
      [400, sid, {}, "status is missing; expected: One of in-progress, paused, stopped."],
      [400, sid, { status: "completed" }, 'status is "completed"; expected: One of in-progress, paused, stopped.'],
      [400, sid, { status: null }, /^status is null; expected/],
      [400, sid, { status: "paused", nope: 1 }, "nope is unknown; expected one of status"],
      [400, sid, [], /expected: An object with status/],
      [404, UNKNOWN, { status: "paused" }, `account ${ACCOUNT} has no recording "${UNKNOWN}"`],
      [404, `${sid}x`, { status: "paused" }, /has no recording "RE/],
    ] as const) {
      const answer = await steer("PATCH", `/recordings/${url}/live`, body);
      t.equal(answer.status, status, JSON.stringify(body));
      t.match(answer.body.error, message);
    }
    t.equal((await steer("PATCH", `/recordings/${sid}/live?account=${SUBACCOUNT}`, { status: "paused" })).status, 404);
    await t.rejects(controls.recordings.move(EXAMPLE, "stopped"), ControlError);
  });
});

t.test("OpenAPI document: the answers have its keys", async (t) => {
  const { steer } = await conferenceEmulator(t);
  const { paths } = (await steer("GET", "/openapi.json")).body;
  const schema = paths["/_emulator/recordings/{Sid}"].get.responses[200].content["application/json"].schema.properties;
  const sorted = (value: object) => Object.keys(value).sort();
  const { recordings } = (await steer("GET", "/recordings")).body;
  for (const { sid } of recordings) {
    const { body } = await steer("GET", `/recordings/${sid}`);
    t.same(sorted(body), sorted(schema));
    for (const key of ["transcriptions", "add_on_results"]) {
      for (const one of body[key]) t.same(sorted(one), sorted(schema[key].items.properties));
    }
  }
});
