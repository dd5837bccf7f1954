import t from "tap";
import { ControlError } from "../../src/control/control-error.js";
import { callPath, secondsAfterNoon } from "../support/calls.js";
import { conferenceEmulator, conferencePath } from "../support/conferences.js";
import { ACCOUNT, basic, SUBACCOUNT, SUBACCOUNT_TOKEN } from "../support/emulator.js";
import { controlsOf, onEachHandle } from "../support/handles.js";

const NOBODY = `AC${"9".repeat(32)}`;
const UNKNOWN = `CF${"c".repeat(32)}`;

t.test("open", async (t) => {
  t.test("nothing given: 201, two calls in a conference in progress, as Twilio's API shows it", async (t) => {
    const { steer, fetchConference, participantsOf, fetchCall } = await conferenceEmulator(t);
    const { status, body } = await steer("POST", "/conferences", {});
    t.equal(status, 201);
    const { call_sids, ...conference } = body;
    t.match(conference, {
      status: "in-progress",
      friendly_name: /^conference-[0-9a-f]{8}$/,
      reason_conference_ended: null,
    });
    t.equal(JSON.stringify(await fetchConference(body.sid)), JSON.stringify(conference));
    const participants = await participantsOf(body.sid);
    t.same(participants.map(({ call_sid }: { call_sid: string }) => call_sid).sort(), call_sids.sort());
    t.equal(call_sids.length, 2);
    for (const sid of call_sids) {
      t.match(await fetchCall(sid), { status: "in-progress", direction: "inbound", to: "+12025550100" });
    }
    t.equal((await steer("POST", "/conferences")).status, 201, "a body may be omitted");
  });
  t.test("its calls last until they are hung up", async (t) => {
    const { steer, advance, fetchConference } = await conferenceEmulator(t);
    const { sid } = (await steer("POST", "/conferences", {})).body;
    t.same((await steer("GET", "/clock/events")).body.events, []);
    await advance(1000);
    t.match(await fetchConference(sid), { status: "in-progress" });
  });
  t.test("friendly_name, participants, recording, script: as given", async (t) => {
    const { steer, advance, recordingsIn, participantsOf, fetchConference } = await conferenceEmulator(t);
    const { body } = await steer("POST", "/conferences", {
      friendly_name: "Room",
      participants: 100,
      recording: true,
      script: { lasts: 20, processed_for: 5 },
    });
    t.match(body, { friendly_name: "Room" });
    t.equal(body.call_sids.length, 100);
    t.equal((await participantsOf("Room", "?PageSize=1000")).length, 100);
    const [recording] = await recordingsIn(body.sid);
    t.match(recording, { source: "Conference", channels: 1, start_time: secondsAfterNoon(0) });
    t.ok(body.call_sids.includes(recording.call_sid));
    await advance(25);
    t.match(await fetchConference(body.sid), { status: "completed", reason_conference_ended: "last-participant-left" });
    t.match(await recordingsIn(body.sid), [
      { status: "completed", duration: "20", date_updated: secondsAfterNoon(25) },
    ]);
  });
  t.test("recording false: none", async (t) => {
    const { steer, recordingsIn } = await conferenceEmulator(t);
    const { sid } = (await steer("POST", "/conferences", { recording: false })).body;
    t.same(await recordingsIn(sid), []);
  });
  t.test("the name of a running conference: more calls in it; of an ended one: a new conference", async (t) => {
    const { steer, recordingsIn } = await conferenceEmulator(t);
    const open = async (spec: object) => (await steer("POST", "/conferences", { friendly_name: "Room", ...spec })).body;
    const { sid } = await open({ participants: 1 });
    const more = await open({ recording: true });
    t.equal(more.sid, sid);
    t.equal(more.call_sids.length, 3);
    t.same(await recordingsIn(sid), [], "a recording is from the start, or not at all");
    await steer("POST", `/conferences/${sid}/end`);
    const next = await open({});
    t.not(next.sid, sid);
    t.equal(next.call_sids.length, 2);
  });
  t.test("script with instant: ended at the next request, its recording as long as its calls", async (t) => {
    const { steer, fetchConference, recordingsIn } = await conferenceEmulator(t);
    const script = { instant: true, lasts: 30 };
    const { sid, status } = (await steer("POST", "/conferences", { recording: true, script })).body;
    t.equal(status, "in-progress");
    t.match(await fetchConference(sid), { status: "completed", date_updated: secondsAfterNoon(0) });
    t.match(await recordingsIn(sid), [{ status: "completed", duration: "30" }]);
  });
  t.test("for another account: a conference of that account", async (t) => {
    const { steer, send } = await conferenceEmulator(t);
    const { body } = await steer("POST", `/conferences?account=${SUBACCOUNT}`, {});
    t.equal(body.account_sid, SUBACCOUNT);
    t.equal((await send(conferencePath(body.sid))).statusCode, 404);
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    t.equal((await send(conferencePath(body.sid).replace(ACCOUNT, SUBACCOUNT), { headers })).statusCode, 200);
  });
  t.test("invalid values: 400, with the value and the allowed values; no conference", async (t) => {
    const { steer } = await conferenceEmulator(t);
    const before = (await steer("GET", "/health")).body.counts;
    for (const [spec, message] of [
      [{ nope: 1 }, "nope is unknown; expected one of friendly_name, participants, recording, callback, script"],
      [{ friendly_name: "" }, 'friendly_name is ""; expected: A name of one character or more. Omitted: random.'],
      [{ participants: 0 }, "participants is 0; expected: A whole number from 1 to 100: the calls in it. Omitted: 2."],
      [{ participants: 101 }, /^participants is 101; expected/],
      [{ participants: 1.5 }, /^participants is 1\.5; expected/],
      [{ recording: "yes" }, /^recording is "yes"; expected: true records it from its start/],
      [{ script: { lasts: "1" } }, /^script\.lasts is "1"; expected: Seconds, 0 to 86400/],
      [{ script: { nope: 1 } }, /^script\.nope is unknown; expected one of rings_after/],
      [[], /^the call is given \[\]; expected: An object/],
    ] as const) {
      const { status, body } = await steer("POST", "/conferences", spec);
      t.equal(status, 400, JSON.stringify(spec));
      t.match(body.error, message);
    }
    t.equal((await steer("POST", "/conferences?account=nope", {})).status, 400);
    t.equal((await steer("POST", `/conferences?account=${NOBODY}`, {})).status, 404);
    t.same((await steer("GET", "/health")).body.counts, before);
  });
});

t.test("end", async (t) => {
  t.test("running: 200, by the API; its calls and its recording end", async (t) => {
    const { steer, advance, fetchConference, fetchCall, recordingsIn } = await conferenceEmulator(t);
    const { sid, call_sids } = (await steer("POST", "/conferences", { recording: true })).body;
    await advance(4);
    const { status, body } = await steer("POST", `/conferences/CF${sid.slice(2).toUpperCase()}/end`);
    t.equal(status, 200);
    t.match(body, {
      sid,
      status: "completed",
      date_updated: secondsAfterNoon(4),
      reason_conference_ended: "conference-ended-via-api",
      call_sid_ending_conference: null,
    });
    t.same(body.call_sids, []);
    const { call_sids: _, ...conference } = body;
    t.same(await fetchConference(sid), conference);
    for (const call of call_sids) t.match(await fetchCall(call), { status: "completed", duration: "4" });
    await advance(3);
    t.match(await recordingsIn(sid), [{ status: "completed", duration: "4" }]);
  });
  t.test("ended already: 200, unchanged", async (t) => {
    const { steer, post, advance } = await conferenceEmulator(t);
    const { sid, call_sids } = (await steer("POST", "/conferences", { participants: 1 })).body;
    await post(callPath(call_sids[0]), { Status: "completed" });
    await advance(5);
    t.match(await steer("POST", `/conferences/${sid}/end`), {
      status: 200,
      body: { reason_conference_ended: "last-participant-left", date_updated: secondsAfterNoon(0) },
    });
  });
  t.test("unknown, malformed, a name, of another account: 404", async (t) => {
    const { steer } = await conferenceEmulator(t);
    await steer("POST", "/conferences", { friendly_name: "Room" });
    const { sid: other } = (await steer("POST", `/conferences?account=${SUBACCOUNT}`, {})).body;
    for (const sid of [UNKNOWN, "CF1", "Room", other]) {
      t.same(await steer("POST", `/conferences/${sid}/end`), {
        status: 404,
        body: { error: `account ${ACCOUNT} has no conference "${sid}"` },
      });
    }
    t.equal((await steer("POST", `/conferences/${other}/end?account=${SUBACCOUNT}`)).status, 200);
    t.equal((await steer("POST", `/conferences/${other}/end?account=${NOBODY}`)).status, 404);
    t.equal((await steer("POST", `/conferences/${other}/end?account=nope`)).status, 400);
  });
});

onEachHandle("conferences", async (t, name) => {
  t.test("open and end: our own keys in camelCase, Twilio's as they are", async (t) => {
    const running = await conferenceEmulator(t);
    const controlsFor = await controlsOf(running, name);
    const { recordingsIn } = running;
    const { conferences, calls } = controlsFor();
    const first = await conferences.open();
    t.match(first, { account_sid: ACCOUNT, status: "in-progress", friendly_name: /^conference-/ });
    t.equal(first.call_sids.length, 2);
    const { sid, friendly_name, call_sids } = await conferences.open({
      friendlyName: "Room",
      participants: 3,
      recording: true,
      script: { lasts: null, processedFor: 0 },
    });
    t.equal(friendly_name, "Room");
    t.equal(call_sids.length, 3);
    t.match(await recordingsIn(sid), [{ source: "Conference" }]);
    await calls.hangUp(String(call_sids[0]));
    t.match(await conferences.end(sid), { status: "completed", call_sids: [] });
    t.match(await recordingsIn(sid), [{ status: "absent", error_code: 16101 }], "of 0 seconds, processed at once");
  });
  t.test("of one account: its conferences", async (t) => {
    const running = await conferenceEmulator(t);
    const controlsFor = await controlsOf(running, name);
    const { conferences } = controlsFor(SUBACCOUNT);
    const { sid, account_sid } = await conferences.open();
    t.equal(account_sid, SUBACCOUNT);
    await t.rejects(controlsFor().conferences.end(sid), { message: `account ${ACCOUNT} has no conference "${sid}"` });
    t.match(await conferences.end(sid), { status: "completed" });
  });
  t.test("invalid input: rejected with a ControlError that has the status", async (t) => {
    const running = await conferenceEmulator(t);
    const controlsFor = await controlsOf(running, name);
    const { conferences } = controlsFor();
    for (const [attempt, statusCode] of [
      [() => conferences.open({ participants: 0 }), 400],
      [() => conferences.open({ friendlyName: "" }), 400],
      [() => conferences.end(UNKNOWN), 404],
      [() => controlsFor(NOBODY).conferences.open(), 404],
    ] as const) {
      const error = await attempt().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      t.type(error, ControlError, String(attempt));
      t.equal((error as ControlError).statusCode, statusCode, String(attempt));
    }
  });
});

t.test("OpenAPI document: the answers of calls and conferences have its keys", async (t) => {
  const { steer } = await conferenceEmulator(t);
  const { paths } = (await steer("GET", "/openapi.json")).body;
  const keysOf = (path: string, method: string, status: number) =>
    Object.keys(
      paths[`/_emulator${path}`][method].responses[status].content["application/json"].schema.properties,
    ).sort();
  const { body: conference } = await steer("POST", "/conferences", {});
  t.same(Object.keys(conference).sort(), keysOf("/conferences", "post", 201));
  const { body: call } = await steer("POST", "/calls", { status: "in-progress" });
  t.same(Object.keys(call).sort(), keysOf("/calls", "post", 201));
  const { body: recording } = await steer("POST", `/calls/${call.sid}/recordings`, {});
  t.same(Object.keys(recording).sort(), keysOf("/calls/{Sid}/recordings", "post", 201));
  const { body: settings } = await steer("GET", "/call-settings");
  t.same(Object.keys(settings).sort(), keysOf("/call-settings", "get", 200));
});
