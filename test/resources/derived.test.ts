import t from "tap";
import { callPath, secondsAfterNoon } from "../support/calls.js";
import { conferenceEmulator, conferencePath } from "../support/conferences.js";
import { ACCOUNT, basic, EXAMPLE, numbered } from "../support/emulator.js";

/** The conference and the call of the documented example. */
const CONFERENCE = `CF${"a".repeat(32)}`;
const CALL = `CA${"a".repeat(32)}`;
const sidOf = (number: number) => `CF${String(number).padStart(32, "0")}`;
const RECORDINGS = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;

t.test("call that a recording refers to", async (t) => {
  t.test("completed, as long as the recording, with its price", async (t) => {
    const { steer, fetchCall } = await conferenceEmulator(t);
    const { body } = await steer("POST", "/recordings", { start_time: "2026-01-01T00:00:00Z", duration: "61" });
    const { from, ...call } = await fetchCall(body.call_sid);
    t.match(call, {
      status: "completed",
      direction: "inbound",
      to: "+12025550100",
      date_created: "Thu, 01 Jan 2026 00:00:00 +0000",
      start_time: "Thu, 01 Jan 2026 00:00:00 +0000",
      end_time: "Thu, 01 Jan 2026 00:01:01 +0000",
      date_updated: "Thu, 01 Jan 2026 00:01:01 +0000",
      duration: "61",
      price: "-0.03000",
    });
    t.match(from, /^\+1\d{3}55501\d\d$/);
  });
  for (const [source, expected] of [
    ["RecordVerb", { direction: "inbound", to: "+12025550100" }],
    ["DialVerb", { direction: "inbound", to: "+12025550100" }],
    ["Conference", { direction: "inbound", to: "+12025550100" }],
    ["OutboundAPI", { direction: "outbound-api", from: "+12025550100" }],
    ["StartCallRecordingAPI", { direction: "outbound-api", from: "+12025550100" }],
    ["Trunking", { direction: "trunking-terminating", to: "+12025550100" }],
  ] as const) {
    t.test(`source ${source}: ${expected.direction}`, async (t) => {
      const { steer, fetchCall } = await conferenceEmulator(t);
      const { body } = await steer("POST", "/recordings", { source });
      t.match(await fetchCall(body.call_sid), expected);
    });
  }
  t.test("recording without a start_time or a duration: from its date_created, without a price", async (t) => {
    const { steer, fetchCall } = await conferenceEmulator(t);
    const fixture = { date_created: "-PT1H", start_time: null, duration: null, status: "processing" };
    const { body } = await steer("POST", "/recordings", fixture);
    t.match(await fetchCall(body.call_sid), {
      status: "completed",
      start_time: secondsAfterNoon(-3600),
      end_time: secondsAfterNoon(-3600),
      duration: "0",
      price: null,
    });
  });
  t.test("recording without a call: none", async (t) => {
    const { steer, send } = await conferenceEmulator(t);
    const count = async () => (await send(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`)).json().calls.length;
    const before = await count();
    await steer("POST", "/recordings", { call_sid: null });
    t.equal(await count(), before);
  });
  t.test("call in the same fixtures, or present already: unchanged", async (t) => {
    const { steer, fetchCall } = await conferenceEmulator(t);
    const calls = [{ sid: `CA${"c".repeat(32)}`, to: "client:bob" }];
    await steer("POST", "/recordings", { calls, recordings: [{ call_sid: calls[0]?.sid, duration: "5" }] });
    const before = await fetchCall(`CA${"c".repeat(32)}`);
    t.match(before, { to: "client:bob", duration: "10" });
    await steer("POST", "/recordings", { call_sid: before.sid, duration: "99", source: "OutboundAPI" });
    t.same(await fetchCall(before.sid), before);
  });
  t.test("call that was deleted: not added again by another recording", async (t) => {
    const { steer, send } = await conferenceEmulator(t);
    t.equal((await send(callPath(CALL), { method: "DELETE" })).statusCode, 204);
    await steer("POST", "/recordings", { call_sid: CALL });
    t.equal((await send(callPath(CALL))).statusCode, 404);
  });
  t.test("recording changed to another call: that one exists", async (t) => {
    const { steer, fetchCall, recordingsOf } = await conferenceEmulator(t);
    const call = `CA${"c".repeat(32)}`;
    await steer("PATCH", `/recordings/${numbered("05")}`, { call_sid: call });
    t.match(await fetchCall(call), { status: "completed", duration: "75" });
    t.match(await recordingsOf(call), [{ sid: numbered("05") }]);
  });
  t.test("recording that ends in the year 9999: its call ends in it too", async (t) => {
    const { steer, fetchCall } = await conferenceEmulator(t);
    const { body } = await steer("POST", "/recordings", { start_time: "9999-12-31T23:59:00Z", duration: "600" });
    t.match(await fetchCall(body.call_sid), { end_time: / 9999 23:59:59 / });
  });
});

t.test("conference that a recording refers to", async (t) => {
  t.test("of the default fixtures: completed, named after its SID, as long as the recording", async (t) => {
    const { fetchConference, recordingsIn, participantsOf } = await conferenceEmulator(t);
    t.match(await fetchConference(CONFERENCE), {
      friendly_name: CONFERENCE,
      status: "completed",
      date_created: "Fri, 14 Oct 2016 21:56:34 +0000",
      date_updated: "Fri, 14 Oct 2016 21:56:38 +0000",
      reason_conference_ended: "last-participant-left",
      call_sid_ending_conference: `CA${"a".repeat(32)}`,
    });
    t.match(await recordingsIn(CONFERENCE), [{ sid: EXAMPLE, source: "StartConferenceRecordingAPI" }]);
    t.same(await participantsOf(CONFERENCE), []);
  });
  for (const status of ["in-progress", "paused"]) {
    t.test(`${status} recording: conference and call in progress`, async (t) => {
      const { steer, fetchConference, fetchCall } = await conferenceEmulator(t);
      const { body } = await steer("POST", "/recordings", { status, source: "Conference", start_time: "-PT1M" });
      t.match(await fetchConference(body.conference_sid), {
        status: "in-progress",
        date_created: secondsAfterNoon(-60),
        date_updated: secondsAfterNoon(-60),
        reason_conference_ended: null,
        call_sid_ending_conference: null,
      });
      t.match(await fetchCall(body.call_sid), { status: "in-progress", duration: null, price: null, end_time: null });
    });
  }
  t.test("without a call: no call ended it", async (t) => {
    const { steer, fetchConference } = await conferenceEmulator(t);
    const { body } = await steer("POST", "/recordings", { source: "Conference", call_sid: null });
    t.match(await fetchConference(body.conference_sid), { status: "completed", call_sid_ending_conference: null });
  });
  t.test("with a conference of its own in the fixtures: that one", async (t) => {
    const { steer, fetchConference } = await conferenceEmulator(t);
    const conferences = [{ sid: sidOf(1), friendly_name: "Mine" }];
    await steer("POST", "/recordings", { conferences, recordings: [{ conference_sid: sidOf(1) }] });
    t.match(await fetchConference(sidOf(1)), { friendly_name: "Mine" });
  });
  t.test("recording changed to another conference: that one exists too", async (t) => {
    const { steer, fetchConference, recordingsIn } = await conferenceEmulator(t);
    await steer("PATCH", `/recordings/${numbered("05")}`, { conference_sid: sidOf(7) });
    t.match(await fetchConference(sidOf(7)), { friendly_name: sidOf(7), status: "completed" });
    t.match(await recordingsIn(sidOf(7)), [{ sid: numbered("05") }]);
  });
  t.test("generated recordings: each conference and each call exists", async (t) => {
    const { send } = await conferenceEmulator(t, { generate: 200 });
    const { recordings } = (await send(`${RECORDINGS}?PageSize=1000`)).json();
    const sids = recordings.flatMap((one: { conference_sid: string | null }) => one.conference_sid ?? []);
    t.ok(sids.length > 10, `${sids.length} conferences`);
    for (const sid of sids) t.equal((await send(conferencePath(sid))).statusCode, 200);
    for (const { call_sid } of recordings) t.equal((await send(callPath(call_sid))).statusCode, 200);
  });
  t.test("account created with the default recordings: its own copies", async (t) => {
    const { steer, send, post } = await conferenceEmulator(t);
    const { body: account } = await steer("POST", "/accounts", {});
    const path = conferencePath(CONFERENCE).replace(ACCOUNT, account.sid);
    const headers = { authorization: basic(account.sid, account.auth_token) };
    t.match((await send(path, { headers })).json(), { account_sid: account.sid, sid: CONFERENCE, status: "completed" });
    const call = callPath(`CA${"a".repeat(32)}`, account.sid);
    t.match((await send(call, { headers })).json(), { account_sid: account.sid, status: "completed" });
    t.equal((await send(call, { method: "DELETE", headers })).statusCode, 204);
    t.equal((await send(callPath(`CA${"a".repeat(32)}`))).statusCode, 200, "the main account's remains");
    await steer("POST", `/reset?account=${account.sid}`);
    t.equal((await send(call, { headers })).statusCode, 200);
    t.equal((await post(path, { Status: "completed" }, { headers })).statusCode, 200);
  });
});
