import t, { type Test } from "tap";
import { TO } from "../../support/calls.js";
import { twimlEmulator } from "../../support/twiml.js";

/** Places an instant call that lasts 40 s, and lets everything happen that takes no time. */
async function instant(t: Test, verbs: string, { script = {}, settings = {}, documents = {} } = {}) {
  const running = await twimlEmulator(t, { "/action": "<Say>after</Say>", ...documents });
  await running.configure({ instant: true, lasts: 40, ...settings });
  const sid = await running.ring(verbs, { script: { lasts: 40, ...script } });
  await running.settle();
  const lines = (await running.twiml(sid)).slice(2);
  for (const line of lines) t.match(line, /^0 /);
  return { ...running, sid, lines: lines.map((line) => line.slice(2)) };
}

const END = "end no verb is left: the call ends";

for (const [verbs, expected] of [
  ["<Say>Hello</Say>", ['Say "Hello", 1 s', END]],
  ["<Play>a.mp3</Play>", ['Play "a.mp3", 5 s', END]],
  ["<Pause length='9'/>", ["Pause 9 s", END]],
  ["<Gather/>", ["skipped <Gather> is not supported", END]],
  ["<Hangup/>", ["Hangup the call ends"]],
  ["<Redirect>/action</Redirect>", ["request POST /action", "document 1 verb", 'Say "after", 1 s', END]],
  ["<Start><Recording/></Start><Stop><Recording/></Stop>", ["Start RE", "Stop RE", END]],
  ["<Say loop='0'>Hello</Say>", ['Say "Hello", until the end']],
  ["<Record action='/action'/><Say>never</Say>", ["Record RE, at most 3600 s"]],
  ["<Dial><Conference>room</Conference></Dial><Say>never</Say>", ['Dial conference "room", CF']],
  [`<Dial>${TO}</Dial>`, [`Dial ${TO}, CA`, END]],
  [
    `<Dial action="/action">${TO}</Dial>`,
    [`Dial ${TO}, CA`, "request POST /action", "document 1 verb", 'Say "after", 1 s', END],
  ],
  ["<Dial>+12025550181</Dial>", ["Dial +12025550181, CA", END]],
] as const) {
  t.test(`instant call, ${verbs}: over at once`, async (t) => {
    const { sid, lines, fetchCall, due } = await instant(t, verbs);
    t.same(lines, expected);
    t.match(await fetchCall(sid), { status: "completed", duration: "40" });
    t.same(await due(), []);
  });
}

t.test("instant <Record>", async (t) => {
  t.test("until the call ends: as long as the call, Digits hangup", async (t) => {
    const { sid, recorded, takeAll } = await instant(t, "<Record action='/action'/>");
    t.same(await recorded(sid), [["RecordVerb", "completed", "40"]]);
    t.match(takeAll()[1], { form: { Digits: "hangup", RecordingDuration: "40", CallStatus: "completed" } });
  });
  t.test("speaks_for: as long as the caller speaks, Digits #, its document follows", async (t) => {
    const { sid, recorded, takeAll, lines } = await instant(t, "<Record action='/action'/>", {
      script: { speaks_for: 8 },
    });
    t.same(await recorded(sid), [["RecordVerb", "completed", "8"]]);
    t.match(takeAll()[1], { form: { Digits: "#", RecordingDuration: "8", CallStatus: "in-progress" } });
    t.same(lines.slice(1), ["request POST /action", "document 1 verb", 'Say "after", 1 s', END]);
  });
  t.test("silence: no request, the next verb follows", async (t) => {
    const { requests, lines } = await instant(t, "<Record action='/action'/><Say>next</Say>", {
      script: { sound: "silence" },
    });
    t.same(lines.slice(1), ['Say "next", 1 s', END]);
    t.same(await requests(), ["POST /voice"]);
  });
  t.test("endless: the call ends after 100 requests", async (t) => {
    const { requests, lines, sid, statusOf, due } = await instant(t, "<Record/>", { script: { speaks_for: 3 } });
    t.equal(lines.at(-1), "error more than 100 documents at one moment of the clock");
    t.equal(await statusOf(sid), "completed");
    // The request to the action is sent when the recording ends.
    t.equal((await requests()).length, 101);
    t.same(await due(), []);
  });
});

t.test("instant <Dial>: the child is over at once, with its recording", async (t) => {
  const { sid, recorded, childrenOf } = await instant(t, `<Dial record="true">${TO}</Dial>`);
  t.match(await childrenOf(sid), [{ status: "completed", duration: "40" }]);
  t.match(await recorded(sid), [["DialVerb", "completed", "40"]]);
});

t.test("instant call with lasts null", async (t) => {
  for (const verbs of [
    "<Say loop='0'>Hello</Say>",
    "<Record/>",
    "<Dial><Conference>room</Conference></Dial>",
  ] as const) {
    t.test(`${verbs}: goes on until it is hung up`, async (t) => {
      const { sid, statusOf, hangUp, advance, due } = await instant(t, verbs, { script: { lasts: null } });
      t.equal(await statusOf(sid), "in-progress");
      await hangUp(sid);
      await advance(0);
      t.equal(await statusOf(sid), "completed");
      t.same(await due(), []);
    });
  }
  t.test("verbs that end: over at once", async (t) => {
    const { sid, statusOf } = await instant(t, "<Pause length='9'/>", { script: { lasts: null } });
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("instant call on a clock that runs, endless redirect: the call ends after 100 requests", async (t) => {
  const { ring, done, statusOf, requests } = await twimlEmulator(t);
  await done("POST", "/clock", { frozen: false });
  const sid = await ring("<Redirect/>", { script: { instant: true } });
  await done("GET", `/callbacks/wait?sid=${sid}&count=100&timeout=60&state=delivered`);
  t.equal(await statusOf(sid), "completed");
  t.equal((await requests()).length, 100);
});

t.test("instant call without a document: over at once", async (t) => {
  const { sid, statusOf, lines } = await instant(t, "<Pause/>", { documents: {}, script: { runs_twiml: false } });
  t.same(lines, []);
  t.equal(await statusOf(sid), "completed");
});
