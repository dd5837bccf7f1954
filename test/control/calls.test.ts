import t, { type Test } from "tap";
import { ControlError } from "../../src/control/control-error.js";
import { DIRECTIONS } from "../../src/resources/calls/table.js";
import { CALLS, callEmulator, callPath, FROM, NOON, secondsAfterNoon, TO } from "../support/calls.js";
import { CONFERENCES, conferenceEmulator, participantsPath } from "../support/conferences.js";
import { ACCOUNT, basic, pathOf, SUBACCOUNT, SUBACCOUNT_TOKEN } from "../support/emulator.js";
import { controlsOf, onEachHandle } from "../support/handles.js";

const SID = `CA${"c".repeat(32)}`;
const NOBODY = `AC${"9".repeat(32)}`;
/** The public key of the default fixtures. */
const KEY = "CR00000000000000000000000000000001";
const DEFAULTS = {
  rings_after: 1,
  answered_after: 2,
  lasts: 10,
  processed_for: 3,
  transcribed_for: 12,
  speaks_for: null,
  runs_twiml: true,
  outcome: "completed",
  sound: "speech",
  absent_if_silent: false,
  instant: false,
  from_numbers: null,
  recording_key: null,
};

/** As `conferenceEmulator`, with functions of the control API. */
async function controlled(t: Test) {
  const running = await conferenceEmulator(t);
  const { steer } = running;
  /** Returns the body of an answer; fails on an error. */
  const done = async (...[method, url, body]: Parameters<typeof steer>) => {
    const answer = await steer(method, url, body);
    if (answer.status >= 400) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const make = (spec: object = {}) => done("POST", "/calls", spec);
  /** Makes a call in progress that lasts until it is hung up; returns its SID. */
  const connected = async (spec: object = {}): Promise<string> =>
    (await make({ status: "in-progress", script: { lasts: null }, ...spec })).sid;
  const record = (callSid: string, spec: object = {}) => done("POST", `/calls/${callSid}/recordings`, spec);
  const move = (callSid: string, status: string) => steer("PATCH", `/calls/${callSid}`, { status });
  /** Returns the account's view of a recording. */
  const fetchRecording = async (sid: string) => (await running.send(pathOf(sid))).json();
  const events = async (): Promise<[kind: string, seconds: number][]> =>
    (await done("GET", "/clock/events")).events.map(({ kind, due }: { kind: string; due: string }) => [
      kind,
      (Date.parse(due) - Date.parse(NOON)) / 1000,
    ]);
  return { ...running, done, make, connected, record, move, fetchRecording, events };
}

t.test("place", async (t) => {
  t.test("nothing given: 201, a queued inbound call, as Twilio's API shows it", async (t) => {
    const { steer, fetchCall } = await controlled(t);
    const { status, body } = await steer("POST", "/calls", {});
    t.equal(status, 201);
    t.match(body, {
      status: "queued",
      direction: "inbound",
      to: "+12025550100",
      from: /^\+1\d{3}55501\d\d$/,
      parent_call_sid: null,
      start_time: null,
    });
    t.equal(JSON.stringify(body), JSON.stringify(await fetchCall(body.sid)));
    t.equal((await steer("POST", "/calls")).status, 201, "a body may be omitted");
  });
  t.test("it rings, is answered and ends by the settings of the account", async (t) => {
    const { make, events, advance, fetchCall } = await controlled(t);
    const { sid } = await make();
    t.same(await events(), [
      ["call.ring", 1],
      ["call.answer", 2],
    ]);
    await advance(2);
    t.match(await fetchCall(sid), { status: "in-progress" });
    t.same(await events(), [["call.complete", 12]]);
    await advance(10);
    t.match(await fetchCall(sid), { status: "completed", duration: "10" });
    t.same(await events(), []);
  });
  t.test("sid, to, from, direction, parent_call_sid: as given, SIDs in lower case, numbers in E.164", async (t) => {
    const { make } = await controlled(t);
    t.match(
      await make({
        sid: `CA${"C".repeat(32)}`,
        to: "(415) 555-1212",
        from: "sip:jo@example.com",
        direction: "outbound-dial",
        parent_call_sid: `CA${"D".repeat(32)}`,
      }),
      {
        sid: SID,
        to: TO,
        from: "sip:jo@example.com",
        direction: "outbound-dial",
        parent_call_sid: `CA${"d".repeat(32)}`,
      },
    );
  });
  t.test("every direction: as given", async (t) => {
    const { make } = await controlled(t);
    for (const direction of DIRECTIONS) t.equal((await make({ direction })).direction, direction);
  });
  t.test("child call: found by its parent", async (t) => {
    const { make, send } = await controlled(t);
    const parent = await make();
    const child = await make({ parent_call_sid: parent.sid, direction: "outbound-dial" });
    t.match((await send(`${CALLS}?ParentCallSid=${parent.sid}`)).json().calls, [{ sid: child.sid }]);
  });

  const ended = { end_time: secondsAfterNoon(0), duration: "0", price: null };
  for (const [status, expected, due] of [
    ["queued", { start_time: null, end_time: null }, ["call.ring", "call.answer"]],
    ["ringing", { start_time: secondsAfterNoon(0), end_time: null, duration: null }, []],
    ["in-progress", { start_time: secondsAfterNoon(0), end_time: null, duration: null }, ["call.complete"]],
    ["completed", { ...ended, start_time: secondsAfterNoon(0) }, []],
    ["busy", ended, []],
    ["failed", ended, []],
    ["no-answer", ended, []],
    ["canceled", ended, []],
  ] as const) {
    t.test(`status ${status}: the call has it at once`, async (t) => {
      const { make, events, fetchCall } = await controlled(t);
      const call = await make({ status });
      t.match(call, { status, ...expected });
      t.same(await fetchCall(call.sid), call);
      t.same(
        (await events()).map(([kind]) => kind),
        due,
      );
    });
    t.test(`status ${status}, in a conference: a participant accordingly`, async (t) => {
      const { make, send, fetchCall } = await controlled(t);
      const call = await make({ status, conference: { friendly_name: "Room", label: "Jo" } });
      t.same(await fetchCall(call.sid), call);
      t.equal(call.status, status);
      const [conference] = (await send(`${CONFERENCES}?FriendlyName=Room`)).json().conferences;
      const { participants } = (await send(participantsPath(conference.sid))).json();
      const isIn = { queued: "queued", ringing: "ringing", "in-progress": "connected" }[status as string];
      t.match(
        participants.map((one: { status: string }) => one.status),
        isIn === undefined ? [] : [isIn],
      );
      t.equal(participants.length, isIn === undefined ? 0 : 1);
      t.equal(conference.status, isIn === "connected" ? "in-progress" : isIn === undefined ? "completed" : "init");
      t.equal(conference.call_sid_ending_conference, status === "completed" ? call.sid : null);
    });
  }

  t.test("in a conference, every key: as given; connected when it is answered", async (t) => {
    const { make, advance, participantsOf, send } = await controlled(t);
    const given = {
      label: "Jo",
      muted: true,
      hold: true,
      coaching: true,
      start_conference_on_enter: false,
      end_conference_on_exit: true,
    };
    await make({ conference: { friendly_name: "Room", ...given } });
    t.match(await participantsOf("Room"), [{ ...given, status: "queued" }]);
    await advance(2);
    t.match(await participantsOf("Room"), [{ ...given, status: "connected" }]);
    t.match((await send(CONFERENCES)).json().conferences, [{ friendly_name: "Room", status: "init" }]);
    await make({ status: "in-progress", conference: { friendly_name: "Room" } });
    t.match((await send(CONFERENCES)).json().conferences, [{ status: "in-progress" }]);
    t.equal((await participantsOf("Room")).length, 2);
  });
  t.test("recording: from the answer to the end of the call", async (t) => {
    const { make, advance, recordingsOf } = await controlled(t);
    const { sid } = await make({ recording: { source: "DialVerb", channels: 2 } });
    t.same(await recordingsOf(sid), []);
    await advance(15);
    t.match(await recordingsOf(sid), [
      { source: "DialVerb", channels: 2, status: "completed", duration: "10", start_time: secondsAfterNoon(2) },
    ]);
  });
  t.test("recording of a call in progress: from now on; without keys, as <Record>", async (t) => {
    const { make, recordingsOf } = await controlled(t);
    const { sid } = await make({ status: "in-progress", recording: {} });
    t.match(await recordingsOf(sid), [{ source: "RecordVerb", channels: 1, start_time: secondsAfterNoon(0) }]);
  });
  t.test("recording with source Conference, in a conference: the conference is recorded from its start", async (t) => {
    const { make, advance, recordingsOf, recordingsIn, send } = await controlled(t);
    const { sid } = await make({ conference: { friendly_name: "Room" }, recording: { source: "Conference" } });
    await advance(2);
    const [conference] = (await send(`${CONFERENCES}?FriendlyName=Room`)).json().conferences;
    const recordings = await recordingsIn(conference.sid);
    t.equal(recordings.length, 1);
    t.match(recordings, [{ source: "Conference", call_sid: sid, start_time: secondsAfterNoon(2) }]);
    t.same(
      (await recordingsOf(sid)).map((one: { sid: string }) => one.sid),
      [recordings[0].sid],
    );
  });
  t.test("script: its keys instead of the account's settings", async (t) => {
    const { make, events, advance, recordingsOf, fetchCall } = await controlled(t);
    const { sid } = await make({
      script: { rings_after: 3, answered_after: 5, lasts: 7, processed_for: 4, outcome: "completed" },
      recording: {},
    });
    const other = await make();
    t.same(await events(), [
      ["call.ring", 1],
      ["call.answer", 2],
      ["call.ring", 3],
      ["call.answer", 5],
    ]);
    await advance(12);
    t.match(await fetchCall(sid), { status: "completed", duration: "7" });
    t.match(await fetchCall(other.sid), { status: "completed", duration: "10" });
    t.same(await events(), [["recording.done", 16]]);
    await advance(4);
    t.match(await recordingsOf(sid), [{ status: "completed", duration: "7" }]);
  });
  for (const outcome of ["busy", "no-answer", "failed", "canceled"] as const) {
    t.test(`script with outcome ${outcome}: the call ends so`, async (t) => {
      const { make, advance, fetchCall } = await controlled(t);
      const { sid } = await make({ script: { outcome } });
      await advance(2);
      t.match(await fetchCall(sid), { status: outcome, duration: "0", price: null });
    });
  }
  t.test(
    "script with sound silence: trimmed to nothing, kept with trim false, or absent by absent_if_silent",
    async (t) => {
      const { make, advance, recordingsOf } = await controlled(t);
      const recorded = async (script: object, recording: object) => {
        const { sid } = await make({ status: "in-progress", script: { sound: "silence", ...script }, recording });
        await advance(13);
        const [{ status, error_code, duration }] = await recordingsOf(sid);
        return [status, error_code, duration];
      };
      t.same(await recorded({}, {}), ["absent", 16101, "0"]);
      t.same(await recorded({}, { trim: false }), ["completed", null, "10"]);
      t.same(await recorded({ absent_if_silent: true }, {}), ["absent", 16102, "0"]);
      t.same(await recorded({ absent_if_silent: true }, { trim: false }), ["absent", 16102, "0"]);
    },
  );
  t.test("script with instant: completed with its recording at the next request", async (t) => {
    const { make, recordingsOf, fetchCall, send } = await controlled(t);
    const recording = { transcription: true };
    const { sid, status } = await make({ script: { instant: true, lasts: 42 }, recording });
    t.equal(status, "queued");
    t.match(await fetchCall(sid), { status: "completed", duration: "42", end_time: secondsAfterNoon(0) });
    const [recorded] = await recordingsOf(sid);
    t.match(recorded, { status: "completed", duration: "42", date_updated: secondsAfterNoon(0) });
    const path = pathOf(recorded.sid).replace(".json", "/Transcriptions.json");
    t.match((await send(path)).json().transcriptions, [{ status: "completed", duration: "42" }]);
  });
  t.test("for another account: a call of that account, on its clock", async (t) => {
    const { steer, send } = await controlled(t);
    await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: "2027-01-01T00:00:00Z", frozen: true });
    const { body } = await steer("POST", `/calls?account=${SUBACCOUNT}`, { status: "ringing" });
    t.match(body, { account_sid: SUBACCOUNT, start_time: "Fri, 01 Jan 2027 00:00:00 +0000" });
    t.equal((await send(callPath(body.sid))).statusCode, 404);
    const headers = { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) };
    t.equal((await send(callPath(body.sid, SUBACCOUNT), { headers })).statusCode, 200);
  });
  t.test("invalid values: 400, with the value and the allowed values; no call", async (t) => {
    const { steer, send } = await controlled(t);
    const count = async () => (await send(CALLS)).json().calls.length;
    const before = await count();
    for (const [spec, message] of [
      [
        { nope: 1 },
        /^nope is unknown; expected one of sid, to, from, status, direction, parent_call_sid, script, reco/,
      ],
      [{ sid: "CA1" }, 'sid is "CA1"; expected: CA and 32 hexadecimal digits. Omitted: random.'],
      [{ to: "nobody" }, 'to is "nobody"; expected: a phone number such as +12025550100, client:name or sip:name@host'],
      [{ from: "" }, /^from is ""; expected: a phone number/],
      [{ to: 1 }, /^to is 1; expected/],
      [{ status: "initiated" }, /^status is "initiated"; expected: One of queued, ringing, in-progress, completed/],
      [{ direction: "up" }, /^direction is "up"; expected: One of inbound, outbound-api/],
      [{ parent_call_sid: "RE1" }, /^parent_call_sid is "RE1"; expected: CA and 32 hexadecimal digits/],
      [{ script: { lasts: -1 } }, /^script\.lasts is -1; expected: Seconds, 0 to 86400/],
      [{ script: { lasts: 86_401 } }, /^script\.lasts is 86401; expected/],
      [{ script: { answered_after: null } }, /^script\.answered_after is null; expected/],
      [{ script: { outcome: "queued" } }, /^script\.outcome is "queued"; expected: One of completed, busy/],
      [{ script: { recording_key: KEY } }, /^script\.recording_key is unknown; expected one of rings_after/],
      [{ script: { sound: "music", instant: 1 } }, /script\.sound is "music".*; script\.instant is 1/],
      [{ recording: { source: "StartConferenceRecordingAPI" } }, /^recording\.source is "StartConf/],
      [{ recording: true }, /^recording is true; expected: What to record/],
      [
        { recording: { source: "Conference" } },
        "recording has source Conference; expected: another source, or a conference as well",
      ],
      [{ conference: {} }, "conference.friendly_name is missing; expected: A name of one character or more."],
      [{ conference: { friendly_name: "" } }, /^conference\.friendly_name is ""/],
      [{ conference: { friendly_name: "Room", muted: "yes" } }, /^conference\.muted is "yes"/],
      [{ conference: { friendly_name: "Room", label: 1 } }, /^conference\.label is 1; expected: A text/],
      [{ conference: { friendly_name: "Room", call_sid: SID } }, /^conference\.call_sid is unknown/],
      [[], /^the call is given \[\]; expected: An object/],
    ] as const) {
      const { status, body } = await steer("POST", "/calls", spec);
      t.equal(status, 400, JSON.stringify(spec));
      t.match(body.error, message);
    }
    t.equal(await count(), before);
    t.match((await steer("POST", "/calls?account=nope", {})).body.error, /^account is "nope"/);
    t.same(await steer("POST", `/calls?account=${NOBODY}`, {}), {
      status: 404,
      body: { error: `there is no account ${NOBODY}` },
    });
  });
  t.test("SID of a call, a deleted one too: 409; of another account's: 201", async (t) => {
    const { steer, make, send } = await controlled(t);
    await make({ sid: SID, status: "completed" });
    const again = { status: 409, body: { error: `account ${ACCOUNT} already has ${SID}` } };
    t.same(await steer("POST", "/calls", { sid: `CA${"C".repeat(32)}` }), again);
    await send(callPath(SID), { method: "DELETE" });
    t.same(await steer("POST", "/calls", { sid: SID }), again);
    t.equal((await steer("POST", `/calls?account=${SUBACCOUNT}`, { sid: SID })).status, 201);
  });
});

t.test("move", async (t) => {
  const NEXT = {
    queued: ["ringing", "in-progress", "busy", "no-answer", "failed", "canceled"],
    ringing: ["in-progress", "completed", "busy", "no-answer", "failed", "canceled"],
    "in-progress": ["completed", "failed"],
    completed: [],
    busy: [],
    "no-answer": [],
    failed: [],
    canceled: [],
  } as const;
  for (const [status, next] of Object.entries(NEXT)) {
    t.test(`${status} call: to ${next.join(", ") || "no other status"}; else 409`, async (t) => {
      const { connected, move, fetchCall } = await controlled(t);
      for (const to of Object.keys(NEXT).filter((one) => one !== "queued")) {
        const sid = await connected({ status });
        const before = await fetchCall(sid);
        const answer = await move(sid, to);
        const isAllowed = to === status || (next as readonly string[]).includes(to);
        t.equal(answer.status, isAllowed ? 200 : 409, to);
        if (isAllowed) t.equal(answer.body.status, to);
        else t.same(answer.body, { error: `call ${sid} is ${status}; it cannot become ${to}` });
        t.same(await fetchCall(sid), isAllowed ? answer.body : before);
      }
    });
  }
  t.test("in-progress: answered now; completed: ended now, with duration and price", async (t) => {
    const { make, move, advance, events } = await controlled(t);
    const { sid } = await make({ script: { answered_after: 60, lasts: 120 } });
    await advance(5);
    t.match((await move(sid, "in-progress")).body, { start_time: secondsAfterNoon(5), duration: null });
    t.same(await events(), [["call.complete", 125]]);
    await advance(61);
    t.match((await move(sid, "completed")).body, {
      duration: "61",
      price: "-0.03000",
      end_time: secondsAfterNoon(66),
      date_updated: secondsAfterNoon(66),
    });
    t.same(await events(), []);
  });
  t.test("the end ends its recordings, and its part in a conference", async (t) => {
    const { connected, move, advance, record, recordingsOf, participantsOf } = await controlled(t);
    const sid = await connected({ conference: { friendly_name: "Room" } });
    await connected({ conference: { friendly_name: "Room" } });
    await record(sid);
    await advance(4);
    await move(sid, "failed");
    await advance(3);
    t.match(await recordingsOf(sid), [{ status: "completed", duration: "4" }]);
    t.equal((await participantsOf("Room")).length, 1);
  });
  t.test("SID in upper case: 200; unknown, malformed, deleted, of another account: 404", async (t) => {
    const { make, move, send, steer } = await controlled(t);
    const { sid } = await make({ status: "ringing" });
    t.equal((await move(`CA${sid.slice(2).toUpperCase()}`, "completed")).status, 200);
    await send(callPath(sid), { method: "DELETE" });
    const other = (await steer("POST", `/calls?account=${SUBACCOUNT}`, {})).body.sid;
    for (const unknown of [sid, other, SID, "CA1", `RE${"c".repeat(32)}`]) {
      const error = { error: `account ${ACCOUNT} has no call "${unknown}"` };
      t.same(await move(unknown, "busy"), { status: 404, body: error });
      t.same(await steer("POST", `/calls/${unknown}/recordings`, {}), { status: 404, body: error });
    }
    t.equal((await steer("PATCH", `/calls/${other}?account=${SUBACCOUNT}`, { status: "busy" })).status, 200);
  });
  t.test("invalid bodies: 400", async (t) => {
    const { make, steer } = await controlled(t);
    const { sid } = await make();
    for (const [body, message] of [
      [{}, /^status is missing/],
      [{ status: "queued" }, /^status is "queued"; expected: One of ringing, in-progress, completed/],
      [{ status: "busy", to: TO }, /^to is unknown; expected one of status/],
      [undefined, /^status is missing/],
    ] as const) {
      const answer = await steer("PATCH", `/calls/${sid}`, body);
      t.equal(answer.status, 400);
      t.match(answer.body.error, message);
    }
  });
});

t.test("record", async (t) => {
  for (const [source, channels] of [
    ["RecordVerb", 1],
    ["DialVerb", 1],
    ["OutboundAPI", 1],
    ["Trunking", 1],
    ["StartCallRecordingAPI", 1],
    ["StartCallRecordingTwiML", 2],
    ["Conference", 1],
  ] as const) {
    t.test(`source ${source}: 201, ${channels} channel(s) unless channels says otherwise`, async (t) => {
      const { connected, steer, record, recordingsOf } = await controlled(t);
      const call = await connected(source === "Conference" ? { conference: { friendly_name: "Room" } } : {});
      const { status, body } = await steer("POST", `/calls/${call}/recordings`, { source });
      t.equal(status, 201);
      t.match(body, {
        source,
        channels,
        call_sid: call,
        start_time: secondsAfterNoon(0),
        duration: null,
        price: null,
        conference_sid: source === "Conference" ? /^CF/ : null,
      });
      t.match(await record(call, { source, channels: 3 - channels }), { channels: 3 - channels });
      t.equal((await recordingsOf(call)).length, 2);
    });
  }
  t.test("no source: RecordVerb; the answer is the account's view", async (t) => {
    const { connected, record, send } = await controlled(t);
    const recording = await record(await connected());
    t.equal(recording.source, "RecordVerb");
    const { media_url, ...rest } = (await send(pathOf(recording.sid))).json();
    t.match(recording, rest);
    t.match(media_url, recording.sid);
  });
  t.test("source Conference: the recording of the conference, which goes on when the call ends", async (t) => {
    const { connected, record, move, advance, recordingsIn } = await controlled(t);
    const call = await connected({ conference: { friendly_name: "Room" } });
    await connected({ conference: { friendly_name: "Room" } });
    const { conference_sid, sid } = await record(call, { source: "Conference" });
    await advance(2);
    await move(call, "completed");
    await advance(3);
    t.match(await recordingsIn(conference_sid), [{ sid, status: "processing", call_sid: call }]);
  });
  t.test("length: it ends by itself, or with the call before", async (t) => {
    const { connected, record, move, advance, fetchRecording, fetchCall } = await controlled(t);
    const call = await connected();
    const short = await record(call, { length: 4 });
    const long = await record(call, { length: 60 });
    await advance(7);
    t.match(await fetchRecording(short.sid), { status: "completed", duration: "4", date_updated: secondsAfterNoon(7) });
    t.match(await fetchCall(call), { status: "in-progress" }, "the call goes on");
    await advance(3);
    await move(call, "completed");
    await advance(100);
    t.match(await fetchRecording(long.sid), {
      status: "completed",
      duration: "10",
      date_updated: secondsAfterNoon(13),
    });
  });
  t.test("track: one track has one channel", async (t) => {
    const { connected, record, recordingsOf } = await controlled(t);
    const call = await connected();
    for (const track of ["inbound", "outbound"]) t.match(await record(call, { track, channels: 2 }), { channels: 1 });
    t.match(await record(call, { track: "both", channels: 2 }), { channels: 2 });
    t.same((await recordingsOf(call)).map(({ track }: { track: string }) => track).sort(), [
      "both",
      "inbound",
      "outbound",
    ]);
  });
  t.test("trim: silence is cut off, or kept", async (t) => {
    const { connected, record, advance, configure, fetchRecording } = await controlled(t);
    await configure({ sound: "silence" });
    const call = await connected();
    const [trimmed, kept] = [await record(call, { length: 5 }), await record(call, { length: 5, trim: false })];
    await advance(8);
    t.match(await fetchRecording(trimmed.sid), { status: "absent", error_code: 16101, price: null });
    t.match(await fetchRecording(kept.sid), { status: "completed", duration: "5", price: "-0.00250" });
  });

  const transcriptionsOf = async (running: Awaited<ReturnType<typeof controlled>>, sid: string) =>
    (await running.send(pathOf(sid).replace(".json", "/Transcriptions.json"))).json().transcriptions;
  for (const [name, transcription, expected] of [
    ["true", true, { status: "completed", transcription_text: "Hello, this is a recorded message." }],
    ["an empty object", {}, { status: "completed", transcription_text: "Hello, this is a recorded message." }],
    ["a text", { text: "Call me back." }, { status: "completed", transcription_text: "Call me back." }],
    ["fails", { fails: true, text: "Unheard" }, { status: "failed", transcription_text: "(blank)" }],
    ["fails false", { fails: false, text: "Heard" }, { status: "completed", transcription_text: "Heard" }],
  ] as const) {
    t.test(`transcription: ${name}: in-progress once the recording is completed, done 12 s later`, async (t) => {
      const running = await controlled(t);
      const { connected, record, advance, events } = running;
      const { sid } = await record(await connected(), { length: 8, transcription });
      await advance(10);
      t.same(await transcriptionsOf(running, sid), []);
      await advance(1);
      t.match(await transcriptionsOf(running, sid), [
        { status: "in-progress", duration: null, price: "0.00000", transcription_text: null, type: "fast" },
      ]);
      t.same(await events(), [["transcription.done", 23]]);
      await advance(12);
      t.match(await transcriptionsOf(running, sid), [
        {
          ...expected,
          duration: "8",
          price: "-0.05000",
          date_created: secondsAfterNoon(11),
          date_updated: secondsAfterNoon(23),
        },
      ]);
    });
  }
  for (const [name, spec, isTranscribed] of [
    ["of 2 s: none", { length: 2, transcription: true }, false],
    ["of 3 s: one", { length: 3, transcription: true }, true],
    ["of 119 s: one", { length: 119, transcription: true }, true],
    ["of 120 s: none", { length: 120, transcription: true }, false],
    ["with transcription false: none", { length: 8, transcription: false }, false],
    ["of another source: none", { length: 8, transcription: true, source: "DialVerb" }, false],
  ] as const) {
    t.test(`transcription of a recording ${name}`, async (t) => {
      const running = await controlled(t);
      const { sid } = await running.record(await running.connected(), spec);
      await running.advance(200);
      t.equal((await running.fetchRecording(sid)).status, "completed");
      t.equal((await transcriptionsOf(running, sid)).length, isTranscribed ? 1 : 0);
    });
  }
  t.test("transcription of a silent or an encrypted recording: none", async (t) => {
    const running = await controlled(t);
    const { connected, record, configure, advance, fetchRecording } = running;
    await configure({ sound: "silence" });
    const silent = await record(await connected(), { length: 8, transcription: true });
    await advance(30);
    await configure({ sound: "speech", recording_key: KEY });
    const encrypted = await record(await connected(), { length: 8, transcription: true });
    await advance(30);
    t.equal((await fetchRecording(silent.sid)).status, "absent");
    t.match(await fetchRecording(encrypted.sid), { status: "completed", encryption_details: {} });
    for (const { sid } of [silent, encrypted]) t.same(await transcriptionsOf(running, sid), []);
  });
  t.test("transcription that was deleted, or whose recording was: nothing is due that fails", async (t) => {
    const running = await controlled(t);
    const { connected, record, advance, send, fetchCall } = running;
    const call = await connected();
    const first = await record(call, { length: 8, transcription: true });
    const second = await record(call, { length: 8, transcription: true });
    await advance(11);
    const [transcription] = await transcriptionsOf(running, first.sid);
    const path = `/2010-04-01/Accounts/${ACCOUNT}/Transcriptions/${transcription.sid}.json`;
    t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
    t.equal((await send(pathOf(second.sid), { method: "DELETE" })).statusCode, 204);
    await advance(12);
    t.match(await fetchCall(call), { status: "in-progress" });
    t.equal((await send(path)).statusCode, 404);
  });

  t.test("call that is not in progress: 409", async (t) => {
    const { make, steer } = await controlled(t);
    for (const status of ["queued", "ringing", "completed", "busy", "canceled"]) {
      const { sid } = await make({ status });
      t.same(await steer("POST", `/calls/${sid}/recordings`, {}), {
        status: 409,
        body: { error: `call ${sid} is ${status}; it is not in progress` },
      });
    }
  });
  t.test("source Conference for a call that is in none: 409", async (t) => {
    const { connected, steer } = await controlled(t);
    const sid = await connected();
    t.same(await steer("POST", `/calls/${sid}/recordings`, { source: "Conference" }), {
      status: 409,
      body: { error: `call ${sid} is in no conference` },
    });
  });
  t.test("invalid bodies: 400, no recording", async (t) => {
    const { connected, steer, recordingsOf } = await controlled(t);
    const sid = await connected();
    for (const [body, message] of [
      [{ source: "Verb" }, /^source is "Verb"; expected: One of DialVerb, Conference/],
      [{ channels: 3 }, /^channels is 3; expected: One of 1, 2/],
      [{ track: "left" }, /^track is "left"; expected: One of inbound, outbound, both/],
      [{ trim: "trim-silence" }, /^trim is "trim-silence"; expected/],
      [{ length: 0 }, /^length is 0; expected: Seconds, 1 to 86400/],
      [{ length: "8" }, /^length is "8"; expected/],
      [{ transcription: "text" }, /^transcription is "text"; expected: true transcribes it/],
      [{ transcription: { texts: "" } }, /^transcription/],
      [
        { nope: 1 },
        /^nope is unknown; expected one of source, channels, track, trim, length, callback, action, transcription/,
      ],
    ] as const) {
      const answer = await steer("POST", `/calls/${sid}/recordings`, body);
      t.equal(answer.status, 400, JSON.stringify(body));
      t.match(answer.body.error, message);
    }
    t.same(await recordingsOf(sid), []);
  });
});

t.test("settings", async (t) => {
  t.test("read, without a change: the defaults; with the option, instant", async (t) => {
    const { steer } = await controlled(t);
    t.same(await steer("GET", "/call-settings"), { status: 200, body: DEFAULTS });
    const instant = await callEmulator(t, { instantCalls: true });
    t.same((await instant.steer("GET", "/call-settings")).body, { ...DEFAULTS, instant: true });
  });
  t.test("change: 200, all settings; each key alone, the others unchanged", async (t) => {
    const { done } = await controlled(t);
    let expected: object = DEFAULTS;
    for (const change of [
      { rings_after: 0 },
      { answered_after: 0.5 },
      { lasts: null },
      { processed_for: 86_400 },
      { transcribed_for: 7 },
      { speaks_for: 3 },
      { runs_twiml: false },
      { outcome: "no-answer" },
      { sound: "silence" },
      { absent_if_silent: true },
      { instant: true },
      { from_numbers: ["+12025550101", "client:jo"] },
      { recording_key: KEY },
      { from_numbers: [] },
      { recording_key: null, from_numbers: null },
    ]) {
      expected = { ...expected, ...change };
      t.same(await done("PATCH", "/call-settings", change), expected);
      t.same(await done("GET", "/call-settings"), expected);
    }
  });
  t.test("from_numbers in any form: in E.164", async (t) => {
    const { done } = await controlled(t);
    t.match(await done("PATCH", "/call-settings", { from_numbers: ["(202) 555-0101"] }), {
      from_numbers: ["+12025550101"],
    });
  });
  t.test(
    "times: the call rings, is answered, ends; its recording and transcription are done accordingly",
    async (t) => {
      const { configure, make, advance, events } = await controlled(t);
      await configure({ rings_after: 10, answered_after: 20, lasts: 30, processed_for: 40, transcribed_for: 50 });
      await make({ recording: { transcription: true } });
      t.same(await events(), [
        ["call.ring", 10],
        ["call.answer", 20],
      ]);
      await advance(20);
      t.same(await events(), [["call.complete", 50]]);
      await advance(30);
      t.same(await events(), [["recording.done", 90]]);
      await advance(40);
      t.same(await events(), [["transcription.done", 140]]);
      await advance(50);
      t.same(await events(), []);
    },
  );
  t.test("lasts null: until it is hung up", async (t) => {
    const { configure, answered, advance, events, fetchCall } = await controlled(t);
    await configure({ lasts: null });
    const sid = await answered();
    t.same(await events(), []);
    await advance(1000);
    t.match(await fetchCall(sid), { status: "in-progress" });
  });
  t.test("outcome: that of calls to any number but those with one of their own", async (t) => {
    const { configure, place, advance, fetchCall } = await controlled(t);
    await configure({ outcome: "no-answer" });
    const [any, busy] = [await place(), await place({ To: "+12025550181" })];
    await advance(2);
    t.match(await fetchCall(any), { status: "no-answer" });
    t.match(await fetchCall(busy), { status: "busy" });
  });
  t.test("sound and absent_if_silent: 16102 for every recording", async (t) => {
    const { configure, answered, advance, recordingsOf } = await controlled(t);
    await configure({ sound: "silence", absent_if_silent: true });
    const sid = await answered({ Record: "true", Trim: "do-not-trim" });
    await advance(13);
    t.match(await recordingsOf(sid), [{ status: "absent", error_code: 16102 }]);
  });
  t.test("instant: completed at the next request", async (t) => {
    const { configure, place, fetchCall, recordingsOf } = await controlled(t);
    await configure({ instant: true });
    const sid = await place({ Record: "true" });
    t.match(await fetchCall(sid), { status: "completed", duration: "10" });
    t.match(await recordingsOf(sid), [{ status: "completed", duration: "10" }]);
  });
  t.test("from_numbers: 400, 21210 for any other From; calls of the control API are free", async (t) => {
    const { configure, post, make } = await controlled(t);
    await configure({ from_numbers: ["+12025550101"] });
    const call = { To: TO, From: FROM, Url: "https://example.com/voice.xml" };
    t.match((await post(CALLS, call)).json(), { code: 21210, status: 400 });
    t.equal((await post(CALLS, { ...call, From: "202-555-0101" })).statusCode, 201);
    t.equal((await make({ from: FROM })).from, FROM);
    await configure({ from_numbers: [] });
    t.match((await post(CALLS, { ...call, From: "+12025550101" })).json(), { code: 21210 });
    await configure({ from_numbers: null });
    t.equal((await post(CALLS, call)).statusCode, 201);
  });
  t.test("recording_key: recordings are encrypted once completed, absent ones are not", async (t) => {
    const { configure, connected, record, advance, fetchRecording, send } = await controlled(t);
    await configure({ recording_key: KEY });
    const call = await connected();
    const recording = await record(call, { length: 5 });
    t.equal(recording.encryption_details, null);
    const absent = await record(await connected({ script: { lasts: null, sound: "silence" } }), { length: 5 });
    await advance(8);
    t.match(await fetchRecording(absent.sid), { status: "absent", encryption_details: null });
    const { encryption_details: details, status } = await fetchRecording(recording.sid);
    t.equal(status, "completed");
    t.equal(details.encryption_public_key_sid, KEY);
    t.equal(Buffer.from(details.encryption_cek, "base64").length, 256);
    t.equal(Buffer.from(details.encryption_iv, "base64").length, 12);
    const media = await send(pathOf(recording.sid).replace(".json", ".wav"));
    t.equal(media.statusCode, 200);
    t.not(media.rawPayload.subarray(0, 4).toString("latin1"), "RIFF", "ciphertext");
    await configure({ recording_key: null, sound: "silence" });
    const plain = await record(await connected(), { length: 5, trim: false });
    await advance(8);
    t.match(await fetchRecording(plain.sid), { status: "completed", encryption_details: null });
  });
  t.test("change: a call placed before keeps the settings that it was placed with", async (t) => {
    const { configure, make, advance, fetchCall } = await controlled(t);
    const { sid } = await make();
    await configure({ lasts: 60 });
    await advance(12);
    t.match(await fetchCall(sid), { status: "completed", duration: "10" });
    const later = await make({ status: "in-progress" });
    await advance(60);
    t.match(await fetchCall(later.sid), { status: "completed", duration: "60" });
  });
  t.test("of one account: others unchanged", async (t) => {
    const { done } = await controlled(t);
    await done("PATCH", `/call-settings?account=${SUBACCOUNT}`, { lasts: 99 });
    t.match(await done("GET", `/call-settings?account=${SUBACCOUNT}`), { lasts: 99 });
    t.same(await done("GET", "/call-settings"), DEFAULTS);
  });
  t.test("reset: the defaults, of all accounts or of one", async (t) => {
    const { done } = await controlled(t);
    const change = async () => {
      for (const account of [ACCOUNT, SUBACCOUNT])
        await done("PATCH", `/call-settings?account=${account}`, { lasts: 99 });
    };
    const lasts = async () => [
      (await done("GET", "/call-settings")).lasts,
      (await done("GET", `/call-settings?account=${SUBACCOUNT}`)).lasts,
    ];
    await change();
    await done("POST", "/reset");
    t.same(await lasts(), [10, 10]);
    await change();
    await done("POST", `/reset?account=${SUBACCOUNT}`);
    t.same(await lasts(), [99, 10]);
    await done("POST", "/reset", { to: "empty" });
    t.same(await lasts(), [10, 10]);
  });
  t.test("snapshot: kept and restored", async (t) => {
    const { done } = await controlled(t);
    await done("PATCH", "/call-settings", { lasts: 99, recording_key: KEY });
    await done("PUT", "/snapshots/one");
    await done("PATCH", "/call-settings", { lasts: 5, sound: "silence", recording_key: null });
    await done("POST", "/snapshots/one/restore");
    t.same(await done("GET", "/call-settings"), { ...DEFAULTS, lasts: 99, recording_key: KEY });
    await done("POST", "/reset");
    await done("POST", "/snapshots/one/restore");
    t.match(await done("GET", "/call-settings"), { lasts: 99 });
  });
  t.test("import: the defaults", async (t) => {
    const { done } = await controlled(t);
    await done("PATCH", "/call-settings", { lasts: 99 });
    await done("POST", "/import", await done("GET", "/export"));
    t.same(await done("GET", "/call-settings"), DEFAULTS);
  });
  t.test("invalid values: 400, with the value and the allowed values; nothing changes", async (t) => {
    const { steer, done } = await controlled(t);
    for (const [change, message] of [
      [{}, /^the call is given \{\}; expected: An object with the keys to change/],
      [{ lasts: "10" }, /^lasts is "10"; expected: Seconds, 0 to 86400/],
      [{ rings_after: -1, lasts: 5 }, /^rings_after is -1; expected/],
      [{ answered_after: null }, /^answered_after is null; expected/],
      [{ transcribed_for: 86_401 }, /^transcribed_for is 86401; expected/],
      [{ outcome: "ringing" }, /^outcome is "ringing"; expected: One of completed, busy, no-answer, failed, canceled/],
      [{ sound: "" }, /^sound is ""; expected: One of speech, silence/],
      [{ absent_if_silent: null }, /^absent_if_silent is null; expected/],
      [{ instant: "true" }, /^instant is "true"; expected/],
      [{ from_numbers: "+12025550100" }, /^from_numbers is "\+12025550100"; expected: The numbers/],
      [{ from_numbers: [TO, 1] }, "from_numbers[1] is 1; expected: A number, client: or sip:."],
      [{ lasts: 5, from_numbers: ["nobody"] }, /^from_numbers is "nobody"; expected: a phone number/],
      [
        { lasts: 5, recording_key: "CR1" },
        `recording_key is "CR1"; expected: one of ${KEY}, the public keys of the fixtures`,
      ],
      [{ recording_key: 1 }, /^recording_key is 1; expected: The SID of a public key/],
      [{ length: 1 }, /^length is unknown; expected one of rings_after, answered_after, lasts/],
    ] as const) {
      const { status, body } = await steer("PATCH", "/call-settings", change);
      t.equal(status, 400, JSON.stringify(change));
      t.match(body.error, message);
    }
    t.same(await done("GET", "/call-settings"), DEFAULTS);
    for (const method of ["GET", "PATCH"] as const) {
      const body = method === "GET" ? undefined : { lasts: 1 };
      t.equal((await steer(method, `/call-settings?account=${NOBODY}`, body)).status, 404);
      t.equal((await steer(method, "/call-settings?account=nope", body)).status, 400);
    }
  });
});

t.test("timed events", async (t) => {
  t.test("in the order in which they happen, with time, kind and SID; at most 1,000", async (t) => {
    const { make, connected, record, done } = await controlled(t);
    t.same(await done("GET", "/clock/events"), { events: [] });
    const call = await connected();
    const recording = await record(call, { length: 1 });
    const placed = await make();
    t.same(await done("GET", "/clock/events"), {
      events: [
        { due: "2026-01-31T12:00:01.000Z", kind: "recording.end", sid: recording.sid },
        { due: "2026-01-31T12:00:01.000Z", kind: "call.ring", sid: placed.sid },
        { due: "2026-01-31T12:00:02.000Z", kind: "call.answer", sid: placed.sid },
      ],
    });
    for (let count = 0; count < 500; count++) await make();
    const { events } = await done("GET", "/clock/events");
    t.equal(events.length, 1000);
    t.match(events.at(-1), { kind: "call.answer" });
  });
  t.test("of the main account, or of the account that is named", async (t) => {
    const { steer, done } = await controlled(t);
    await done("POST", `/calls?account=${SUBACCOUNT}`, {});
    t.same(await done("GET", "/clock/events"), { events: [] });
    t.equal((await done("GET", `/clock/events?account=${SUBACCOUNT}`)).events.length, 2);
    t.equal((await steer("GET", `/clock/events?account=${NOBODY}`)).status, 404);
    t.equal((await steer("GET", "/clock/events?account=nope")).status, 400);
    t.match((await steer("GET", "/clock/events?limit=1")).body.error, /limit is unknown/);
  });
  t.test("the answer to a turn of the clock: their number", async (t) => {
    const { make, done } = await controlled(t);
    await make();
    t.match(await done("POST", "/clock", { advance: "PT1S" }), { events: 1 });
    t.match(await done("POST", "/clock", { advance: "PT1H" }), { events: 2 });
    t.match(await done("POST", "/clock", { advance: "-PT2H" }), { events: 0 });
  });
});

onEachHandle("calls and their clock", async (t, name) => {
  t.test("calls: the same functions, our own keys in camelCase, Twilio's as they are", async (t) => {
    const running = await controlled(t);
    const controlsFor = await controlsOf(running, name);
    const { advance, recordingsOf, participantsOf } = running;
    const { calls } = controlsFor();
    const parent = await calls.place();
    t.match(parent, { account_sid: ACCOUNT, status: "queued" });
    const child = await calls.place({
      sid: SID,
      to: TO,
      from: FROM,
      direction: "outbound-dial",
      parentCallSid: parent.sid,
      script: { ringsAfter: 3, answeredAfter: 4, lasts: null, absentIfSilent: true, processedFor: 5 },
      recording: { source: "DialVerb", channels: 2 },
      conference: { friendlyName: "Room", startConferenceOnEnter: false, endConferenceOnExit: true },
    });
    t.match(child, { sid: SID, parent_call_sid: parent.sid, to: TO, from: FROM });
    t.match(await participantsOf("Room"), [{ start_conference_on_enter: false, end_conference_on_exit: true }]);
    t.match(await calls.move(SID, "ringing"), { status: "ringing" });
    t.match(await calls.answer(SID), { status: "in-progress" });
    const recording = await calls.record(SID, { length: 3, transcription: { text: "Hello" } });
    t.match(recording, { source: "RecordVerb", call_sid: SID });
    t.match(await calls.record(SID), { source: "RecordVerb" });
    await advance(4);
    t.match(await calls.hangUp(SID), { status: "completed", duration: "4" });
    await advance(5);
    t.equal((await recordingsOf(SID)).filter(({ status }: { status: string }) => status === "completed").length, 3);
  });
  t.test("calls.settings and configure: camelCase", async (t) => {
    const running = await controlled(t);
    const controlsFor = await controlsOf(running, name);
    const { make, events } = running;
    const { calls } = controlsFor();
    const settings = await calls.configure({ answeredAfter: 5, recordingKey: KEY, fromNumbers: [TO] });
    t.match(settings, { ringsAfter: 1, answeredAfter: 5, recordingKey: KEY, fromNumbers: [TO], transcribedFor: 12 });
    t.same(await calls.settings(), settings);
    t.equal(Object.keys(settings).length, Object.keys(DEFAULTS).length);
    t.same(await controlsFor(SUBACCOUNT).calls.settings(), {
      ...settings,
      answeredAfter: 2,
      recordingKey: null,
      fromNumbers: null,
    });
    await make();
    t.same(await events(), [
      ["call.ring", 1],
      ["call.answer", 5],
    ]);
  });
  t.test("clock.events: an array", async (t) => {
    const running = await controlled(t);
    const controlsFor = await controlsOf(running, name);
    const { calls, clock } = controlsFor();
    const { sid } = await calls.place();
    t.match(await clock.events(), [
      { due: "2026-01-31T12:00:01.000Z", kind: "call.ring", sid },
      { due: "2026-01-31T12:00:02.000Z", kind: "call.answer", sid },
    ]);
    t.match(await clock.advance("PT1M"), { events: 3, frozen: true });
    t.same(await clock.events(), []);
  });
  t.test("of one account: its calls", async (t) => {
    const running = await controlled(t);
    const controlsFor = await controlsOf(running, name);
    const { calls, clock } = controlsFor(SUBACCOUNT);
    const { sid } = await calls.place({ status: "in-progress" });
    t.equal((await calls.hangUp(sid)).account_sid, SUBACCOUNT);
    await t.rejects(controlsFor().calls.hangUp(sid), { message: `account ${ACCOUNT} has no call "${sid}"` });
    await calls.place();
    t.equal((await clock.events()).length, 2);
    t.same(await controlsFor().clock.events(), []);
  });
  t.test("invalid input: rejected with a ControlError that has the status", async (t) => {
    const running = await controlled(t);
    const controlsFor = await controlsOf(running, name);
    const { calls } = controlsFor();
    const { sid } = await calls.place({ sid: SID, status: "completed" });
    for (const [attempt, statusCode] of [
      [() => calls.place({ sid }), 409],
      [() => calls.place({ to: "nobody" }), 400],
      [() => calls.place({ script: { lasts: -1 } }), 400],
      [() => calls.answer(sid), 409],
      [() => calls.answer("CA1"), 404],
      [() => calls.record(sid), 409],
      [() => calls.configure({}), 400],
      [() => calls.configure({ recordingKey: "CR1" }), 400],
      [() => controlsFor(NOBODY).calls.settings(), 404],
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
