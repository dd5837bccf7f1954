import t from "tap";
import { callPath, errorOf, FROM, secondsAfterNoon, TO } from "../support/calls.js";
import { conferenceEmulator, conferencePath, participantPath, participantsPath } from "../support/conferences.js";
import { ACCOUNT, notFound, SUBACCOUNT } from "../support/emulator.js";

const ADDRESSES = { To: TO, From: FROM };
const CONFERENCE = `CF${"1".repeat(32)}`;
const callSid = (number: number) => `CA${String(number).padStart(32, "c")}`;
const unexpected = (parameter: string, value: string, expected: string) =>
  errorOf(400, 20001, `Invalid value '${value}' for parameter '${parameter}': expected ${expected}`);

t.test("create: 201, keys in Twilio's order", async (t) => {
  const { post } = await conferenceEmulator(t);
  const answer = await post(participantsPath("Room"), { ...ADDRESSES, Label: "Jo" });
  t.equal(answer.statusCode, 201);
  const { call_sid, conference_sid } = answer.json();
  t.equal(
    answer.body,
    JSON.stringify({
      account_sid: ACCOUNT,
      call_sid,
      label: "Jo",
      conference_sid,
      date_created: secondsAfterNoon(0),
      date_updated: secondsAfterNoon(0),
      end_conference_on_exit: false,
      muted: false,
      hold: false,
      status: "queued",
      start_conference_on_enter: true,
      coaching: false,
      call_sid_to_coach: null,
      queue_time: null,
      uri: `/2010-04-01/Accounts/${ACCOUNT}/Conferences/${conference_sid}/Participants/${call_sid}.json`,
    }),
  );
});

t.test("create", async (t) => {
  t.test("every parameter: as given, ignored ones too", async (t) => {
    const { invite } = await conferenceEmulator(t);
    t.match(
      await invite("Room", {
        Muted: "true",
        Coaching: "True",
        CallSidToCoach: `CA${"A".repeat(32)}`,
        StartConferenceOnEnter: "false",
        EndConferenceOnExit: "true",
        Label: "a b.c",
        EarlyMedia: "true",
        Beep: "onEnter",
        Byoc: "BYbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        MaxParticipants: "3",
        ConferenceRecordingStatusCallbackMethod: "GET",
      }),
      {
        muted: true,
        hold: false,
        coaching: true,
        call_sid_to_coach: `CA${"a".repeat(32)}`,
        start_conference_on_enter: false,
        end_conference_on_exit: true,
        label: "a b.c",
      },
    );
  });
  t.test("its call: outbound-api, from and to the numbers", async (t) => {
    const { invite, fetchCall } = await conferenceEmulator(t);
    const { call_sid } = await invite("Room");
    t.match(await fetchCall(call_sid), { direction: "outbound-api", status: "queued", to: TO, from: FROM });
  });
  t.test("a name that no running conference has: a new conference of this name", async (t) => {
    const { join, advance, invite, fetchConference } = await conferenceEmulator(t);
    const first = await join("A/B ü");
    t.match(await fetchConference(first.conference_sid), { friendly_name: "A/B ü" });
    t.equal((await invite("A/B ü")).conference_sid, first.conference_sid, "the running one");
    t.not((await invite("a/b ü")).conference_sid, first.conference_sid, "names are case-sensitive");
    await advance(20);
    t.match(await fetchConference(first.conference_sid), { status: "completed" });
    const again = await invite("A/B ü");
    t.not(again.conference_sid, first.conference_sid);
    t.match(await fetchConference(again.conference_sid), { friendly_name: "A/B ü", status: "init" });
  });
  t.test("the SID of a running conference, in either case: that one", async (t) => {
    const { join, invite } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room");
    for (const given of [sid, `CF${sid.slice(2).toUpperCase()}`]) t.equal((await invite(given)).conference_sid, sid);
  });
  t.test("the SID of a fixture's conference that has not begun: it begins with the participant", async (t) => {
    const { steer, join, fetchConference } = await conferenceEmulator(t);
    await steer("POST", "/recordings", { conferences: [{ sid: CONFERENCE, status: "init" }] });
    await join(CONFERENCE);
    t.match(await fetchConference(CONFERENCE), { status: "in-progress", date_updated: secondsAfterNoon(2) });
  });
  t.test("the SID of an unknown or an ended conference: 404, 20404, no call", async (t) => {
    const { join, advance, post, send, steer } = await conferenceEmulator(t);
    const { conference_sid: ended } = await join("Room");
    await advance(10);
    const { body: ofSubaccount } = await steer("POST", `/conferences?account=${SUBACCOUNT}`, {});
    const calls = async () => (await send(`/2010-04-01/Accounts/${ACCOUNT}/Calls.json`)).json().calls.length;
    const before = await calls();
    for (const sid of [ended, `CF${"9".repeat(32)}`, ofSubaccount.sid]) {
      const path = participantsPath(sid);
      const answer = await post(path, ADDRESSES);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(path));
    }
    t.equal(await calls(), before);
  });

  for (const [name, form, code, message] of [
    ["nothing", {}, 21201, "No 'To' number is specified"],
    ["an empty To", { To: "", From: FROM }, 21201, "No 'To' number is specified"],
    ["no From", { To: "nobody" }, 21213, "No 'From' number is specified"],
    [
      "a To that is no number",
      { To: "nobody", From: "nobody" },
      21211,
      "The phone number you are attempting to call, nobody, is not valid.",
    ],
    [
      "a From that is no number",
      { To: TO, From: "nobody" },
      21210,
      "The source phone number provided, nobody, is not yet verified for your account. You may only make calls from phone numbers that you've verified or purchased from Twilio.",
    ],
  ] as const) {
    t.test(`${name}: 400, ${code}, no conference`, async (t) => {
      const { post, send } = await conferenceEmulator(t);
      const answer = await post(participantsPath("Room"), form);
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), errorOf(400, code, message));
      t.equal((await send(participantsPath("Room"))).statusCode, 404);
    });
  }
  t.test("a From that the account may not call from: 400, 21210", async (t) => {
    const { post, configure } = await conferenceEmulator(t);
    await configure({ from_numbers: ["+12025550101"] });
    t.match((await post(participantsPath("Room"), ADDRESSES)).json(), { code: 21210, status: 400 });
    const allowed = await post(participantsPath("Room"), { To: TO, From: "(202) 555-0101" });
    t.equal(allowed.statusCode, 201);
  });
  for (const [to, from, shown] of [
    ["4157663747", "4405512345678", { to: "+14157663747", from: "+4405512345678" }],
    ["client:bob", "client:alice", { to: "client:bob", from: "client:alice" }],
    ["sip:bob@twilio.com", "alice", { to: "sip:bob@twilio.com", from: "alice" }],
    [`app:AP${"a".repeat(32)}`, "+17736774757", { to: `app:AP${"a".repeat(32)}`, from: "+17736774757" }],
  ] as const) {
    t.test(`documented addresses, ${from} to ${to}: 201`, async (t) => {
      const { invite, fetchCall } = await conferenceEmulator(t);
      const { call_sid } = await invite("Room", { To: to, From: from });
      t.match(await fetchCall(call_sid), shown);
    });
  }

  for (const [form, error] of [
    [{ Muted: "maybe" }, unexpected("Muted", "maybe", "true or false")],
    [{ Coaching: "1" }, unexpected("Coaching", "1", "true or false")],
    [{ StartConferenceOnEnter: "no" }, unexpected("StartConferenceOnEnter", "no", "true or false")],
    [{ EndConferenceOnExit: "no" }, unexpected("EndConferenceOnExit", "no", "true or false")],
    [{ CallSidToCoach: "CA1" }, unexpected("CallSidToCoach", "CA1", "CA and 32 hexadecimal digits")],
    [{ Record: "yes" }, unexpected("Record", "yes", "true or false")],
    [{ Record: "true", RecordingChannels: "3" }, unexpected("RecordingChannels", "3", "mono, dual")],
    [{ Record: "true", RecordingTrack: "left" }, unexpected("RecordingTrack", "left", "inbound, outbound, both")],
    [
      { ConferenceRecord: "always" },
      unexpected("ConferenceRecord", "always", "true, false, record-from-start, do-not-record"),
    ],
    [
      { ConferenceRecord: "true", ConferenceTrim: "some" },
      unexpected("ConferenceTrim", "some", "trim-silence, do-not-trim"),
    ],
    [{ Timeout: "0" }, unexpected("Timeout", "0", "a whole number from 1 to 600")],
    [{ TimeLimit: "1.5" }, unexpected("TimeLimit", "1.5", "a whole number from 1 to 86400")],
    [{ MachineDetection: "maybe" }, unexpected("MachineDetection", "maybe", "Enable, DetectMessageEnd")],
  ] as const) {
    t.test(`${JSON.stringify(form)}: 400, 20001, no conference`, async (t) => {
      const { post, send } = await conferenceEmulator(t);
      const answer = await post(participantsPath("Room"), { ...ADDRESSES, ...form });
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), error);
      t.equal((await send(participantsPath("Room"))).statusCode, 404);
    });
  }
  t.test("TimeLimit and Timeout: the call ends, or rings, for so many seconds", async (t) => {
    const { join, invite, advance, configure, fetchCall } = await conferenceEmulator(t);
    const { call_sid: limited } = await join("Room", { TimeLimit: "4" });
    await advance(4);
    t.match(await fetchCall(limited), { status: "completed", duration: "4" });
    await configure({ answered_after: 30 });
    const { call_sid: unanswered } = await invite("Room", { Timeout: "5" });
    await advance(6);
    t.match(await fetchCall(unanswered), { status: "no-answer" });
  });
});

t.test("status: queued, ringing, connected with the call, each with a later date_updated; then gone", async (t) => {
  const { invite, advance, send } = await conferenceEmulator(t);
  const { call_sid } = await invite("Room");
  const path = participantPath("Room", call_sid);
  t.match((await send(path)).json(), { status: "queued" });
  await advance(1);
  t.match((await send(path)).json(), { status: "ringing", date_updated: secondsAfterNoon(1) });
  await advance(1);
  t.match((await send(path)).json(), { status: "connected", date_updated: secondsAfterNoon(2) });
  await advance(10);
  t.equal((await send(path)).statusCode, 404);
});

t.test("participant that has left", async (t) => {
  t.test("hung up: 404 for fetch, update and delete, by call SID and by label; not listed", async (t) => {
    const { join, post, send, participantsOf } = await conferenceEmulator(t);
    const { conference_sid: sid, call_sid } = await join("Room", { Label: "Jo" });
    const { call_sid: other } = await join("Room");
    await post(callPath(call_sid), { Status: "completed" });
    for (const conference of ["Room", sid]) {
      for (const one of [call_sid, "Jo"]) {
        const path = participantPath(conference, one);
        for (const answer of [
          await send(path),
          await send(path, { method: "DELETE" }),
          await post(path, { Muted: "true" }),
        ]) {
          t.equal(answer.statusCode, 404);
          t.same(answer.json(), notFound(decodeURIComponent(path)));
        }
      }
      t.match(await participantsOf(conference), [{ call_sid: other }]);
      t.equal((await participantsOf(conference)).length, 1);
    }
  });
  for (const [outcome, seconds] of [
    ["busy", 2],
    ["no-answer", 2],
    ["failed", 1],
    ["canceled", 2],
  ] as const) {
    t.test(`${outcome}: 404`, async (t) => {
      const { join, invite, advance, configure, send } = await conferenceEmulator(t);
      await join("Room");
      await configure({ outcome });
      const { call_sid } = await invite("Room");
      t.equal((await send(participantPath("Room", call_sid))).statusCode, 200);
      await advance(seconds);
      t.equal((await send(participantPath("Room", call_sid))).statusCode, 404);
      t.match((await send(callPath(call_sid))).json(), { status: outcome });
    });
  }
  t.test("its label: free for another participant", async (t) => {
    const { join, post, send } = await conferenceEmulator(t);
    const first = await join("Room", { Label: "Jo" });
    const second = await join("Room", { Label: "Mo" });
    await post(callPath(first.call_sid), { Status: "completed" });
    const { call_sid } = await join("Room", { Label: "Jo" });
    t.equal((await send(participantPath("Room", "Jo"))).json().call_sid, call_sid);
    t.equal((await send(participantPath("Room", "Mo"))).json().call_sid, second.call_sid);
  });
  t.test("conference ended: by its name 404, by its SID an empty list", async (t) => {
    const { join, advance, send } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room");
    await advance(10);
    t.same((await send(participantsPath("Room"))).json(), notFound(participantsPath("Room")));
    t.same((await send(participantsPath(sid))).json().participants, []);
  });
});

t.test("fetch", async (t) => {
  const { join, send } = await conferenceEmulator(t);
  const label = "Jo & Mo/50% v1.2 ü";
  const { conference_sid: sid, call_sid } = await join("Room 1.5", { Label: label });
  const other = await join("Other");
  const shown = (await send(participantPath(sid, call_sid))).json();
  t.match(shown, { call_sid, label, conference_sid: sid, status: "connected" });
  for (const [name, path] of [
    ["by friendly name and call SID", participantPath("Room 1.5", call_sid)],
    ["by SID and label", participantPath(sid, label)],
    ["by friendly name and label", participantPath("Room 1.5", label)],
    ["upper-case digits", participantPath(`CF${sid.slice(2).toUpperCase()}`, `CA${call_sid.slice(2).toUpperCase()}`)],
  ] as const) {
    t.test(`${name}: 200, the same participant`, async (t) => t.same((await send(path)).json(), shown));
  }
  for (const [name, path] of [
    ["a call in another conference", participantPath("Room 1.5", other.call_sid)],
    ["unknown call", participantPath("Room 1.5", `CA${"9".repeat(32)}`)],
    ["unknown label", participantPath("Room 1.5", "Bo")],
    ["label in another case", participantPath("Room 1.5", label.toLowerCase())],
    ["unknown name of a conference", participantPath("Lobby", call_sid)],
    ["unknown SID of a conference", participantPath(`CF${"9".repeat(32)}`, call_sid)],
  ] as const) {
    t.test(`${name}: 404, 20404, with the path`, async (t) => {
      const answer = await send(path);
      t.equal(answer.statusCode, 404);
      t.same(answer.json(), notFound(decodeURIComponent(path)));
    });
  }
});

t.test("list", async (t) => {
  const { join, send, post, participantsOf } = await conferenceEmulator(t);
  const first = await join("Room", { Muted: "true" });
  const second = await join("Room", { Label: "second" });
  const third = await join("Room", { CallSidToCoach: first.call_sid });
  await post(participantPath("Room", "second"), { Hold: "true" });
  const order = [third, second, first].map(({ call_sid }) => call_sid);
  const numbers = async (query: string) =>
    (await participantsOf("Room", query)).map(({ call_sid }: { call_sid: string }) => 3 - order.indexOf(call_sid));
  for (const [query, expected] of [
    ["", [3, 2, 1]],
    ["?Muted=true", [1]],
    ["?Muted=false", [3, 2]],
    ["?Hold=true", [2]],
    ["?Hold=False", [3, 1]],
    ["?Coaching=true", [3]],
    ["?Coaching=false", [2, 1]],
    ["?Muted=false&Hold=false", [3]],
    ["?Muted=true&Coaching=true", []],
    ["?Muted=&Unknown=1", [3, 2, 1]],
  ] as const) {
    t.same(await numbers(query), expected, query);
  }
  for (const name of ["Muted", "Hold", "Coaching"]) {
    const answer = await send(`${participantsPath("Room")}?${name}=maybe`);
    t.equal(answer.statusCode, 400);
    t.same(answer.json(), unexpected(name, "maybe", "true or false"));
  }
  const path = `${participantsPath(first.conference_sid)}?`;
  const page = (await send(`${path}PageSize=2&Muted=false`)).json();
  t.match(page, { start: 0, end: 1, page: 0, page_size: 2, next_page_uri: null });
  t.equal(page.uri, `${path}Muted=false&PageSize=2&Page=0`);
  const one = (await send(`${path}PageSize=2`)).json();
  t.match(one.next_page_uri, /^[^?]+\?PageSize=2&Page=1&PageToken=PA\w{34}$/);
  const two = (await send(one.next_page_uri)).json();
  t.match(two, { start: 2, end: 2, participants: [{ call_sid: first.call_sid }], next_page_uri: null });
  t.same((await send(two.previous_page_uri)).json().participants, one.participants);
  t.match((await send(`${path}PageToken=PA${first.call_sid}`)).json(), { code: 21481 }, "a token is not a call's SID");
});

t.test("update", async (t) => {
  t.test("Muted, Hold, Coaching, EndConferenceOnExit: 200, later date_updated, the others unchanged", async (t) => {
    const { join, advance, post, send } = await conferenceEmulator(t);
    const { call_sid } = await join("Room", { Label: "Jo" });
    const path = participantPath("Room", "Jo");
    const before = (await send(path)).json();
    let expected = before;
    for (const [index, [form, change]] of (
      [
        [{ Muted: "true" }, { muted: true }],
        [{ Hold: "true", HoldUrl: "http://a/b" }, { hold: true }],
        [{ CallSidToCoach: call_sid.toUpperCase() }, { coaching: true, call_sid_to_coach: call_sid }],
        [{ Coaching: "false" }, { coaching: false }],
        [
          { Muted: "false", Hold: "FALSE" },
          { muted: false, hold: false },
        ],
        [{ EndConferenceOnExit: "true" }, { end_conference_on_exit: true }],
        [{ BeepOnExit: "true", AnnounceUrl: "http://a/b", WaitUrl: "" }, {}],
      ] as const
    ).entries()) {
      await advance(1);
      const answer = await post(path, form);
      t.equal(answer.statusCode, 200, JSON.stringify(form));
      expected = { ...expected, ...change, date_updated: secondsAfterNoon(3 + index) };
      t.same(answer.json(), expected);
      t.same((await send(participantPath("Room", call_sid))).json(), expected);
    }
  });
  t.test("Muted with any other value than true: false", async (t) => {
    const { join, post } = await conferenceEmulator(t);
    await join("Room", { Muted: "true", Label: "Jo" });
    t.match((await post(participantPath("Room", "Jo"), { Muted: "TRUE" })).json(), { muted: true });
    const answer = await post(participantPath("Room", "Jo"), { Muted: "maybe" });
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), { muted: false });
  });
  t.test("unknown values: 400, 20001, nothing changes", async (t) => {
    const { join, post, participantsOf } = await conferenceEmulator(t);
    await join("Room", { Label: "Jo" });
    const before = await participantsOf("Room");
    for (const [form, error] of [
      [{ Muted: "true", Hold: "maybe" }, unexpected("Hold", "maybe", "true or false")],
      [{ Coaching: "maybe" }, unexpected("Coaching", "maybe", "true or false")],
      [{ CallSidToCoach: "CA" }, unexpected("CallSidToCoach", "CA", "CA and 32 hexadecimal digits")],
    ] as const) {
      const answer = await post(participantPath("Room", "Jo"), form);
      t.equal(answer.statusCode, 400);
      t.same(answer.json(), error);
    }
    t.same(await participantsOf("Room"), before);
  });
  t.test("unknown participant: 404, before an unknown value", async (t) => {
    const { join, post } = await conferenceEmulator(t);
    await join("Room");
    const path = participantPath("Room", "Jo");
    t.same((await post(path, { Hold: "maybe" })).json(), notFound(path));
  });
  t.test("EndConferenceOnExit from an update: its leaving ends the conference", async (t) => {
    const { join, post, fetchConference } = await conferenceEmulator(t);
    const { call_sid, conference_sid } = await join("Room");
    await join("Room");
    await post(participantPath("Room", call_sid), { EndConferenceOnExit: "true" });
    await post(callPath(call_sid), { Status: "completed" });
    t.match(await fetchConference(conference_sid), {
      reason_conference_ended: "participant-with-end-conference-on-exit-left",
    });
  });
});

t.test("delete", async (t) => {
  t.test("connected: 204 without a body, the call ends; a second time: 404", async (t) => {
    const { join, advance, send, fetchCall, participantsOf } = await conferenceEmulator(t);
    const { call_sid } = await join("Room", { Label: "Jo" });
    const { call_sid: other } = await join("Room");
    await advance(1);
    const path = participantPath("Room", "Jo");
    const answer = await send(path, { method: "DELETE" });
    t.equal(answer.statusCode, 204);
    t.equal(answer.body, "");
    t.match(await fetchCall(call_sid), { status: "completed", duration: "3", end_time: secondsAfterNoon(5) });
    t.match(await participantsOf("Room"), [{ call_sid: other, status: "connected" }]);
    t.same((await send(path, { method: "DELETE" })).json(), notFound(path));
  });
  t.test("queued: 204, the call is canceled; ringing: completed", async (t) => {
    const { join, invite, advance, send, fetchCall } = await conferenceEmulator(t);
    await join("Room");
    const [queued, ringing] = [await invite("Room"), await invite("Room")];
    await send(participantPath("Room", queued.call_sid), { method: "DELETE" });
    await advance(1);
    await send(participantPath("Room", ringing.call_sid), { method: "DELETE" });
    t.match(await fetchCall(queued.call_sid), { status: "canceled", duration: "0" });
    t.match(await fetchCall(ringing.call_sid), { status: "completed", duration: "0" });
    await advance(5);
    t.match(await fetchCall(queued.call_sid), { status: "canceled" });
  });
  t.test("the only participant before its answer: the conference ends, kicked by no call", async (t) => {
    const { invite, send, fetchConference } = await conferenceEmulator(t);
    const { call_sid, conference_sid } = await invite("Room");
    await send(participantPath("Room", call_sid), { method: "DELETE" });
    t.match(await fetchConference(conference_sid), {
      status: "completed",
      reason_conference_ended: "last-participant-kicked",
      call_sid_ending_conference: null,
    });
  });
  t.test("of a fixture: 204, its call ends", async (t) => {
    const { steer, send, fetchCall, fetchConference } = await conferenceEmulator(t);
    await steer("POST", "/recordings", {
      conferences: [{ sid: CONFERENCE, status: "in-progress" }],
      participants: [{ conference_sid: CONFERENCE, call_sid: callSid(1) }],
    });
    t.equal((await send(participantPath(CONFERENCE, callSid(1)), { method: "DELETE" })).statusCode, 204);
    t.match(await fetchCall(callSid(1)), { status: "completed" });
    t.match(await fetchConference(CONFERENCE), {
      status: "completed",
      reason_conference_ended: "last-participant-kicked",
    });
  });
});

t.test("recordings of a participant", async (t) => {
  t.test("Record=true: from the answer to its end, OutboundAPI, of the call and not of the conference", async (t) => {
    const { join, advance, recordingsOf, recordingsIn } = await conferenceEmulator(t);
    const { call_sid, conference_sid } = await join("Room", { Record: "true" });
    t.match(await recordingsOf(call_sid), [
      { source: "OutboundAPI", channels: 1, conference_sid: null, start_time: secondsAfterNoon(2), track: "both" },
    ]);
    t.same(await recordingsIn(conference_sid), []);
    await advance(13);
    t.match(await recordingsOf(call_sid), [{ status: "completed", duration: "10" }]);
  });
  t.test("with RecordingChannels and RecordingTrack: as asked for; one track has one channel", async (t) => {
    const { join, recordingsOf } = await conferenceEmulator(t);
    const dual = await join("Room", { Record: "true", RecordingChannels: "dual" });
    t.match(await recordingsOf(dual.call_sid), [{ channels: 2, track: "both" }]);
    const single = await join("Room", { Record: "true", RecordingChannels: "dual", RecordingTrack: "inbound" });
    t.match(await recordingsOf(single.call_sid), [{ channels: 1, track: "inbound" }]);
  });
  t.test("silence: trimmed by default, to nothing; kept with Trim=do-not-trim", async (t) => {
    const { join, advance, configure, recordingsOf } = await conferenceEmulator(t);
    await configure({ sound: "silence" });
    const trimmed = await join("Room", { Record: "true" });
    const kept = await join("Room", { Record: "true", Trim: "do-not-trim" });
    await advance(13);
    t.match(await recordingsOf(trimmed.call_sid), [{ status: "absent", error_code: 16101 }]);
    t.match(await recordingsOf(kept.call_sid), [{ status: "completed", duration: "10" }]);
  });
  t.test("Record=false, without an answer: none", async (t) => {
    const { join, invite, advance, configure, recordingsOf } = await conferenceEmulator(t);
    t.same(await recordingsOf((await join("Room", { Record: "false", RecordingChannels: "3" })).call_sid), []);
    await configure({ outcome: "busy" });
    const { call_sid } = await invite("Room", { Record: "true" });
    await advance(2);
    t.same(await recordingsOf(call_sid), []);
  });

  for (const value of ["true", "record-from-start"]) {
    t.test(`ConferenceRecord=${value}: one recording of the conference, from its start`, async (t) => {
      const { invite, advance, join, recordingsIn } = await conferenceEmulator(t);
      const { conference_sid: sid, call_sid } = await invite("Room", { ConferenceRecord: value });
      t.same(await recordingsIn(sid), []);
      await advance(2);
      await join("Room", { ConferenceRecord: value });
      const recordings = await recordingsIn(sid);
      t.equal(recordings.length, 1);
      t.match(recordings, [{ source: "Conference", channels: 1, call_sid, start_time: secondsAfterNoon(2) }]);
    });
  }
  for (const value of ["false", "do-not-record", ""]) {
    t.test(`ConferenceRecord=${value}: none`, async (t) => {
      const { join, recordingsIn } = await conferenceEmulator(t);
      const { conference_sid: sid } = await join("Room", { ConferenceRecord: value });
      t.same(await recordingsIn(sid), []);
    });
  }
  t.test("silent conference: absent, completed with ConferenceTrim=do-not-trim", async (t) => {
    const { join, advance, configure, recordingsIn } = await conferenceEmulator(t);
    await configure({ sound: "silence" });
    const trimmed = await join("Room", { ConferenceRecord: "true" });
    const kept = await join("Other", { ConferenceRecord: "true", ConferenceTrim: "do-not-trim" });
    await advance(13);
    t.match(await recordingsIn(trimmed.conference_sid), [{ status: "absent", error_code: 16101 }]);
    t.match(await recordingsIn(kept.conference_sid), [{ status: "completed" }]);
  });
});

t.test("XML and CSV: the same keys", async (t) => {
  const { join, send, post } = await conferenceEmulator(t);
  const { conference_sid: sid, call_sid } = await join("Room", { Label: "a <b>", Muted: "true" });
  const list = participantsPath(sid).replace(".json", "");
  const one = participantPath(sid, call_sid).replace(".json", "");
  const xml =
    `<Participant><AccountSid>${ACCOUNT}</AccountSid><CallSid>${call_sid}</CallSid><Label>a &lt;b&gt;</Label>` +
    `<ConferenceSid>${sid}</ConferenceSid><DateCreated>${secondsAfterNoon(0)}</DateCreated>` +
    `<DateUpdated>${secondsAfterNoon(2)}</DateUpdated><EndConferenceOnExit>false</EndConferenceOnExit>` +
    "<Muted>true</Muted><Hold>false</Hold><Status>connected</Status>" +
    "<StartConferenceOnEnter>true</StartConferenceOnEnter><Coaching>false</Coaching><CallSidToCoach/><QueueTime/>" +
    `<Uri>${one}</Uri></Participant>`;
  for (const path of [one, `${one}.xml`, participantPath(sid, "a <b>").replace(".json", ".xml")]) {
    const answer = await send(path);
    t.equal(answer.headers["content-type"], "application/xml");
    t.equal(answer.body, `<?xml version='1.0' encoding='UTF-8'?>\n<TwilioResponse>${xml}</TwilioResponse>`);
  }
  t.match((await send(`${list}.xml`)).body, `>${xml}</Participants>`);
  const csv = await send(`${list}.csv`);
  t.equal(csv.headers["content-type"], "text/csv; charset=utf-8");
  t.equal(
    csv.body,
    "AccountSid,CallSid,Label,ConferenceSid,DateCreated,DateUpdated,EndConferenceOnExit,Muted,Hold,Status,StartConferenceOnEnter,Coaching,CallSidToCoach,QueueTime,Uri\n" +
      `${ACCOUNT},${call_sid},a <b>,${sid},"${secondsAfterNoon(0)}","${secondsAfterNoon(2)}",false,true,false,connected,true,false,,,${one}.json\n`,
  );
  const created = await post(list, ADDRESSES);
  t.equal(created.statusCode, 201);
  t.match(created.body, "<Status>queued</Status>");
  t.match((await post(one, { Hold: "true" })).body, "<Hold>true</Hold>");
  t.equal((await send(one, { method: "DELETE" })).statusCode, 204);
});

t.test("fixtures of participants", async (t) => {
  const seeded = async (t: Parameters<typeof conferenceEmulator>[0], participants: object[]) => {
    const running = await conferenceEmulator(t);
    const conferences = [{ sid: CONFERENCE, friendly_name: "Room", status: "in-progress" }];
    const { status, body } = await running.steer("POST", "/recordings", { conferences, participants });
    return { ...running, status, body };
  };
  t.test("only its SIDs: connected an hour ago; its call exists, in progress", async (t) => {
    const { status, participantsOf, fetchCall } = await seeded(t, [
      { conference_sid: CONFERENCE, call_sid: `CA${"A".repeat(32)}` },
    ]);
    t.equal(status, 201);
    const created = secondsAfterNoon(-3600);
    t.same(await participantsOf("Room"), [
      {
        account_sid: ACCOUNT,
        call_sid: `CA${"a".repeat(32)}`,
        label: null,
        conference_sid: CONFERENCE,
        date_created: created,
        date_updated: created,
        end_conference_on_exit: false,
        muted: false,
        hold: false,
        status: "connected",
        start_conference_on_enter: true,
        coaching: false,
        call_sid_to_coach: null,
        queue_time: null,
        uri: participantPath(CONFERENCE, `CA${"a".repeat(32)}`),
      },
    ]);
    // The default fixtures have a recording of this call.
    t.match(await fetchCall(`CA${"a".repeat(32)}`), { status: "completed" });
  });
  t.test("every key: as given", async (t) => {
    const given = {
      label: "Jo",
      status: "ringing",
      muted: true,
      hold: true,
      coaching: true,
      start_conference_on_enter: false,
      end_conference_on_exit: true,
      call_sid_to_coach: callSid(2),
    };
    const { participantsOf } = await seeded(t, [
      {
        ...given,
        conference_sid: CONFERENCE,
        call_sid: callSid(1),
        date_created: "-PT2M",
        date_updated: "-PT1M",
        sid: `CP${"1".repeat(32)}`,
      },
    ]);
    t.match(await participantsOf(CONFERENCE), [
      { ...given, call_sid: callSid(1), date_created: secondsAfterNoon(-120), date_updated: secondsAfterNoon(-60) },
    ]);
  });
  t.test("connected, or not: the call that it implies is in progress, or ended at its date_updated", async (t) => {
    const dates = { date_created: "-PT1M", date_updated: "-PT15S", conference_sid: CONFERENCE };
    const { fetchCall } = await seeded(t, [
      { ...dates, call_sid: callSid(1) },
      { ...dates, call_sid: callSid(2), status: "complete" },
    ]);
    t.match(await fetchCall(callSid(1)), { status: "in-progress", start_time: secondsAfterNoon(-60), end_time: null });
    t.match(await fetchCall(callSid(2)), { status: "completed", duration: "45", end_time: secondsAfterNoon(-15) });
  });
  t.test("with its call in the fixtures: that one", async (t) => {
    const { steer, fetchCall } = await conferenceEmulator(t);
    const { status } = await steer("POST", "/recordings", {
      participants: [{ conference_sid: CONFERENCE, call_sid: callSid(1) }],
      conferences: [{ sid: CONFERENCE, status: "in-progress" }],
      calls: [{ sid: callSid(1), status: "in-progress", to: "+12025550123" }],
    });
    t.equal(status, 201);
    t.match(await fetchCall(callSid(1)), { to: "+12025550123", status: "in-progress" });
  });
  t.test("a pasted answer: the same participant", async (t) => {
    const { steer, join, send, participantsOf, fetchConference } = await conferenceEmulator(t);
    const { conference_sid: sid } = await join("Room", { Label: "Jo", Muted: "true" });
    const { participants } = (await send(participantsPath(sid))).json();
    const conferences = [await fetchConference(sid)];
    await steer("POST", "/reset");
    t.equal((await steer("POST", "/recordings", { conferences, participants })).status, 201);
    t.same(await participantsOf("Room"), participants);
  });
  t.test("hung up by its call: gone, and the conference ends", async (t) => {
    const { post, send, fetchConference } = await seeded(t, [{ conference_sid: CONFERENCE, call_sid: callSid(1) }]);
    await post(callPath(callSid(1)), { Status: "completed" });
    t.equal((await send(participantPath(CONFERENCE, callSid(1)))).statusCode, 404);
    t.match(await fetchConference(CONFERENCE), {
      status: "completed",
      reason_conference_ended: "last-participant-left",
      call_sid_ending_conference: callSid(1),
    });
  });
  t.test("the conference ended by POST: its participants leave", async (t) => {
    const { post, participantsOf, fetchCall } = await seeded(t, [{ conference_sid: CONFERENCE, call_sid: callSid(1) }]);
    await post(conferencePath(CONFERENCE), { Status: "completed" });
    t.same(await participantsOf(CONFERENCE), []);
    t.match(await fetchCall(callSid(1)), { status: "completed" });
  });
  for (const [name, participant, message] of [
    ["without a conference", { call_sid: callSid(1) }, /conference_sid is missing; expected/],
    ["without a call", { conference_sid: CONFERENCE }, /call_sid is missing; expected/],
    [
      "of an unknown conference",
      { conference_sid: `CF${"9".repeat(32)}`, call_sid: callSid(1) },
      /conference_sid is "CF9+"; expected: the SID of a conference of this account/,
    ],
    [
      "with an unknown status",
      { conference_sid: CONFERENCE, call_sid: callSid(1), status: "there" },
      /status is "there"; expected: One of queued/,
    ],
    [
      "with text for a flag",
      { conference_sid: CONFERENCE, call_sid: callSid(1), muted: "true" },
      /muted is "true"; expected/,
    ],
  ] as const) {
    t.test(`${name}: 400`, async (t) => {
      const { status, body } = await seeded(t, [participant]);
      t.equal(status, 400);
      t.match(body.error, message);
    });
  }
  t.test("the same call twice in a conference: 400; in two conferences: 201", async (t) => {
    const one = { conference_sid: CONFERENCE, call_sid: callSid(1) };
    const { body, steer } = await seeded(t, [one, one]);
    t.match(body.error, /is a duplicate/);
    const conferences = [{ sid: CONFERENCE }, { sid: `CF${"2".repeat(32)}` }];
    const participants = conferences.map(({ sid }) => ({ conference_sid: sid, call_sid: callSid(1) }));
    t.equal((await steer("POST", "/recordings", { conferences, participants })).status, 201);
  });
});
