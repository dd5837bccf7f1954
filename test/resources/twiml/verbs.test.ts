import t from "tap";
import { parseTwiml } from "../../../src/resources/calls/twiml-document.js";
import { secondsOf } from "../../../src/resources/calls/twiml-verbs.js";
import { twimlEmulator } from "../../support/twiml.js";

for (const [verb, seconds] of [
  ["<Say>Hello</Say>", 1],
  [`<Say>${"a".repeat(15)}</Say>`, 1],
  [`<Say>${"a".repeat(16)}</Say>`, 2],
  [`<Say loop="3">${"a".repeat(16)}</Say>`, 6],
  ["<Say/>", 0],
  ["<Say loop='0'/>", 0],
  ["<Say loop='0'>Hello</Say>", Number.POSITIVE_INFINITY],
  ["<Say loop='-1'>Hello</Say>", 1],
  ["<Say loop='two'>Hello</Say>", 1],
  ["<Say><prosody>Hello</prosody> there, everybody</Say>", 2],
  ["<Play>https://example.com/a.mp3</Play>", 5],
  ["<Play loop='2'>a.mp3</Play>", 10],
  ["<Play loop='0'>a.mp3</Play>", Number.POSITIVE_INFINITY],
  ["<Play digits='w123'/>", 2],
  ["<Play digits='1' loop='2'/>", 1],
  ["<Pause/>", 1],
  ["<Pause length='7'/>", 7],
  ["<Pause length=' 7 '/>", 7],
  ["<Pause length='0'/>", 0],
  ["<Pause length='1.5'/>", 1],
  ["<Pause length='1234567'/>", 1],
] as const) {
  t.test(`${verb}: ${seconds} s`, async (t) => {
    const [parsed] = parseTwiml(`<Response>${verb}</Response>`);
    t.equal(secondsOf(parsed as NonNullable<typeof parsed>), seconds);
  });
}

t.test("verbs: one after the other, then the call ends", async (t) => {
  const { start, twiml, advance, fetchCall, due } = await twimlEmulator(t);
  const sid = await start(
    "<Say>Hello</Say><Play>a.mp3</Play><Pause length='0'/><Play digits='w1'/><Pause length='2'/>",
  );
  t.same(await due(), ["call.continue", "call.complete"]);
  await advance(9);
  t.same(await twiml(sid), [
    "2 request POST /voice",
    "2 document 5 verbs",
    '2 Say "Hello", 1 s',
    '3 Play "a.mp3", 5 s',
    "8 Pause 0 s",
    "8 Play 1 s",
    "9 Pause 2 s",
    "11 end no verb is left: the call ends",
  ]);
  t.match(await fetchCall(sid), { status: "completed", duration: "9" });
  t.same(await due(), []);
});

t.test("clock that is advanced step by step: the same as at once", async (t) => {
  const { start, twiml, advance } = await twimlEmulator(t);
  const verbs = "<Say>Hello</Say><Record action='/next'/><Pause length='3'/>";
  const one = await start(verbs, { script: { speaks_for: 4 } });
  for (let step = 0; step < 40; step++) await advance(0.5);
  const two = await start(verbs, { script: { speaks_for: 4 } });
  await advance(20);
  const later = (await twiml(one)).map((line) => line.replace(/^\d+/, (seconds) => String(Number(seconds) + 22)));
  t.same(await twiml(two), later);
});

for (const verb of ["Hangup", "Reject"] as const) {
  t.test(`<${verb}>: ${verb === "Hangup" ? "the call ends, nothing after it is executed" : "skipped"}`, async (t) => {
    const { start, twiml, statusOf } = await twimlEmulator(t);
    const sid = await start(`<${verb}/><Say>Hello</Say>`);
    t.match((await twiml(sid)).slice(2), [
      verb === "Hangup" ? "2 Hangup the call ends" : "2 skipped <Reject> is not supported",
    ]);
    t.equal(await statusOf(sid), verb === "Hangup" ? "completed" : "in-progress");
  });
}

t.test("no verbs: the call ends", async (t) => {
  const { start, twiml, fetchCall } = await twimlEmulator(t);
  const sid = await start("");
  t.same(await twiml(sid), ["2 request POST /voice", "2 document 0 verbs", "2 end no verb is left: the call ends"]);
  t.match(await fetchCall(sid), { status: "completed", duration: "0" });
});

t.test("unknown verbs, also with names of inherited properties: skipped", async (t) => {
  const { start, twiml } = await twimlEmulator(t);
  const sid = await start("<Gather action='/a'><Say>1?</Say></Gather><say>x</say><toString/><Foo/><Pause length='3'/>");
  const skipped = (await twiml(sid)).slice(2);
  t.match(skipped, [
    "2 skipped <Gather> is not supported",
    "2 skipped <say> is not supported",
    /^2 skipped <\w+> is not supported/,
    "2 skipped <Foo> is not supported",
    "2 Pause 3 s",
  ]);
});

for (const verb of ["<Say loop='0'>Hello</Say>", "<Play loop='0'>a.mp3</Play>"]) {
  t.test(`${verb}: until the call ends`, async (t) => {
    const { start, twiml, statusOf, advance } = await twimlEmulator(t);
    const sid = await start(`${verb}<Say>never</Say>`);
    t.match((await twiml(sid)).at(-1), /, until the end$/);
    await advance(59);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
    t.equal((await twiml(sid)).length, 3);
  });
}

t.test("end of the call", async (t) => {
  t.test("lasts: ends during a verb", async (t) => {
    const { start, twiml, statusOf, advance, due } = await twimlEmulator(t);
    const sid = await start("<Pause length='30'/>", { script: { lasts: 5 } });
    await advance(5);
    t.equal(await statusOf(sid), "completed");
    t.same(await due(), []);
    t.equal((await twiml(sid)).length, 3);
  });
  t.test("lasts null: only TwiML ends it", async (t) => {
    const { start, statusOf, advance } = await twimlEmulator(t);
    const sid = await start("<Pause length='300'/>", { script: { lasts: null } });
    await advance(299);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("hang-up by the API: no verb follows", async (t) => {
    const { start, hangUp, twiml, advance, due } = await twimlEmulator(t);
    const sid = await start("<Pause length='5'/><Say>never</Say>");
    await hangUp(sid);
    await advance(60);
    t.equal((await twiml(sid)).length, 3);
    t.same(await due(), []);
  });
  t.test("TimeLimit that is set later: the verbs go on until then", async (t) => {
    const { create, base, documents, post, advance, twiml, statusOf } = await twimlEmulator(t);
    documents["/a"] = "<Pause length='3'/><Pause length='30'/>";
    const sid = await create({ Url: `${base}/a` });
    await advance(2);
    await post(`/2010-04-01/Accounts/AC${"a".repeat(32)}/Calls/${sid}.json`, { TimeLimit: "8" });
    await advance(7);
    t.equal((await twiml(sid)).at(-1), "5 Pause 30 s");
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("<Start><Recording>", async (t) => {
  t.test("beside the other verbs, two channels, until <Stop>", async (t) => {
    const { start, advance, recordingsOf, recorded, twiml, take, base } = await twimlEmulator(t);
    const sid = await start(`
      <Start><Recording recordingStatusCallback="${base}/status"
        recordingStatusCallbackEvent="in-progress completed"/></Start>
      <Pause length="4"/><Stop><Recording/></Stop><Pause length="9"/>`);
    t.match(await recordingsOf(sid), [
      { source: "StartCallRecordingTwiML", channels: 2, track: "both", status: "processing" },
    ]);
    t.same(await take("RecordingStatus"), [undefined, "in-progress"]);
    await advance(7);
    t.same(await take("RecordingStatus"), ["completed"]);
    t.same(await recorded(sid), [["StartCallRecordingTwiML", "completed", "4"]]);
    t.same((await twiml(sid)).slice(2), ["2 Start RE", "2 Pause 4 s", "6 Stop RE", "6 Pause 9 s"]);
  });
  t.test("without <Stop>: until the call ends", async (t) => {
    const { start, advance, recorded } = await twimlEmulator(t);
    const sid = await start("<Start><Recording/></Start><Pause length='6'/>");
    await advance(9);
    t.same(await recorded(sid), [["StartCallRecordingTwiML", "completed", "6"]]);
  });
  for (const [attributes, expected] of [
    ['channels="mono"', { channels: 1, track: "both" }],
    ['channels="dual"', { channels: 2, track: "both" }],
    ['channels="DUAL" track="inbound"', { channels: 2, track: "inbound" }],
    ['track="outbound"', { channels: 2, track: "outbound" }],
    ['channels="mono" track="outbound"', { channels: 1, track: "outbound" }],
    ['channels="5" track="both" trim="x"', { channels: 2, track: "both" }],
  ] as const) {
    t.test(`${attributes}: ${expected.channels} channels, track ${expected.track}`, async (t) => {
      const { start, recordingsOf } = await twimlEmulator(t);
      const sid = await start(`<Start><Recording ${attributes}/></Start><Pause/>`);
      t.match(await recordingsOf(sid), [expected]);
    });
  }
  t.test("trim: silence is cut off unless do-not-trim", async (t) => {
    const { start, advance, recorded } = await twimlEmulator(t);
    const script = { sound: "silence" };
    const sid = await start('<Start><Recording/><Recording trim="do-not-trim"/></Start><Pause length="6"/>', {
      script,
    });
    await advance(9);
    t.same((await recorded(sid)).map(([, ...rest]: unknown[]) => rest).sort(), [
      ["absent", "0"],
      ["completed", "6"],
    ]);
  });
  t.test("relative recordingStatusCallback: recorded, 11200 in the history, no callback", async (t) => {
    const { start, advance, recorded, twiml, requests } = await twimlEmulator(t);
    const sid = await start('<Start><Recording recordingStatusCallback="/status"/></Start><Pause length="6"/>');
    t.equal((await twiml(sid))[2], "2 Start RE, 11200: recordingStatusCallback is relative");
    await advance(9);
    t.same(await recorded(sid), [["StartCallRecordingTwiML", "completed", "6"]]);
    t.same(await requests(), ["POST /voice"]);
  });
  t.test("recordingStatusCallbackMethod GET: so requested", async (t) => {
    const { start, advance, requests, base } = await twimlEmulator(t);
    await start(
      `<Start><Recording recordingStatusCallback="${base}/status" recordingStatusCallbackMethod="GET"/></Start><Pause/>`,
    );
    await advance(4);
    t.same(await requests(), ["POST /voice", "GET /status"]);
  });
  t.test("other nouns: skipped", async (t) => {
    const { start, twiml, recorded } = await twimlEmulator(t);
    const sid = await start("<Start><Stream/><Siprec/></Start><Stop><Stream/></Stop><Start/><Pause/>");
    t.same((await twiml(sid)).slice(2, 5), [
      "2 skipped <Stream> in <Start> is not supported",
      "2 skipped <Siprec> in <Start> is not supported",
      "2 skipped <Stream> in <Stop> is not supported",
    ]);
    t.same(await recorded(sid), []);
  });
  t.test("<Stop><Recording> of nothing, or beside other recordings: those go on", async (t) => {
    const { start, create, twiml, recorded, advance, documents, base } = await twimlEmulator(t);
    const sid = await start("<Stop><Recording/></Stop><Pause length='3'/>");
    t.equal((await twiml(sid))[2], "2 Stop no recording");
    documents["/a"] = "<Start><Recording/></Start><Stop><Recording/></Stop><Pause length='5'/>";
    const other = await create({ Url: `${base}/a`, Record: "true" });
    await advance(10);
    t.same((await recorded(other)).sort(), [
      ["OutboundAPI", "completed", "5"],
      ["StartCallRecordingTwiML", "absent", "0"],
    ]);
  });
});
