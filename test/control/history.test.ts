import { Ajv } from "ajv";
import t from "tap";
import { startEmulator } from "../../src/index.js";
import { callPath, NOON, recordingPath, recordingsPath, TO } from "../support/calls.js";
import { conferencePath } from "../support/conferences.js";
import { SUBACCOUNT } from "../support/emulator.js";
import { twimlEmulator } from "../support/twiml.js";

type Entry = Record<"number" | "time" | "event" | "sid" | "note", unknown>;

const TIMELINE = [
  ["call.initiated", 0],
  ["call.ringing", 1],
  ["call.answered", 2],
  ["call.completed", 12],
] as const;

t.test("nothing happened: no entries", async (t) => {
  const { done } = await twimlEmulator(t);
  t.same(await done("GET", "/history"), { count: 0, entries: [] });
});

t.test("call: initiated, ringing, answered and its end, each at its time", async (t) => {
  const { done, advance, place } = await twimlEmulator(t);
  const sid = await place({ ApplicationSid: `AP${"a".repeat(32)}`, Url: "" });
  await advance(60);
  const { count, entries } = await done("GET", `/history?sid=${sid}`);
  t.equal(count, 4);
  const time = (seconds: number) => new Date(Date.parse(NOON) + seconds * 1000).toISOString();
  t.same(
    entries.map(({ number: _, ...entry }: Entry) => entry),
    TIMELINE.map(([event, seconds]) => ({ time: time(seconds), event, sid, note: null })),
  );
});

for (const outcome of ["busy", "no-answer", "failed", "canceled"]) {
  t.test(`call that is ${outcome}: ends with call.${outcome}`, async (t) => {
    const { done, advance } = await twimlEmulator(t);
    const { sid } = await done("POST", "/calls", { script: { outcome } });
    await advance(60);
    t.match((await done("GET", `/history?sid=${sid}`)).entries.at(-1), { event: `call.${outcome}`, sid });
  });
}

t.test("recording of a call: its statuses, with the call and alone", async (t) => {
  const { done, advance, post } = await twimlEmulator(t);
  const { sid } = await done("POST", "/calls", { status: "in-progress", script: { lasts: null } });
  const recording = (await post(recordingsPath(sid))).json().sid;
  for (const Status of ["paused", "in-progress", "in-progress", "stopped"]) {
    await advance(2);
    await post(recordingPath(sid, recording), { Status });
  }
  await advance(3);
  const eventsOf = async (one: string) =>
    (await done("GET", `/history?sid=${one}`)).entries.map(({ event }: Entry) => event);
  const statuses = ["in-progress", "paused", "in-progress", "processing", "completed"].map((one) => `recording.${one}`);
  t.same(await eventsOf(recording), statuses);
  t.same(await eventsOf(sid), ["call.initiated", "call.answered", ...statuses]);
  t.same(await eventsOf(sid.toUpperCase()), ["call.initiated", "call.answered", ...statuses]);
});

t.test("absent recording: recording.absent", async (t) => {
  const { done, advance } = await twimlEmulator(t);
  const script = { sound: "silence" };
  const { sid } = await done("POST", "/calls", { status: "in-progress", script, recording: {} });
  await advance(30);
  t.match((await done("GET", `/history?sid=${sid}`)).entries.at(-1), { event: "recording.absent" });
});

t.test("conference: start, join, leave, end; with the calls that they concern", async (t) => {
  const { done, join, post, delivered } = await twimlEmulator(t);
  const { call_sid: call, conference_sid: conference } = await join("room", { ConferenceRecord: "true" });
  await post(conferencePath(conference), { Status: "completed" });
  await delivered();
  const eventsOf = async (one: string) =>
    (await done("GET", `/history?sid=${one}`)).entries.map(({ event }: Entry) => event);
  t.same(await eventsOf(conference), [
    "conference.conference-start",
    "recording.in-progress",
    "conference.participant-join",
    "recording.processing",
    "conference.participant-leave",
    "conference.conference-end",
  ]);
  t.same(
    (await eventsOf(call)).filter((event: string) => event.startsWith("conference")),
    ["conference.participant-join", "conference.participant-leave"],
  );
});

t.test("TwiML: what the call executed; a child call's with the parent's and alone", async (t) => {
  const { start, done, advance, childrenOf } = await twimlEmulator(t);
  const sid = await start(`<Say>Hello</Say><Dial>${TO}</Dial>`);
  await advance(60);
  const { entries } = await done("GET", `/history?sid=${sid}`);
  t.match(
    entries.map(({ event, note }: Entry) => [event, note]),
    [
      ["call.initiated", null],
      ["call.ringing", null],
      ["call.answered", null],
      ["twiml.request", /^POST http:\/\/127\.0\.0\.1:\d+\/voice$/],
      ["twiml.document", "2 verbs"],
      ["twiml.Say", '"Hello", 1 s'],
      ["call.initiated", null],
      ["twiml.Dial", /^\+14155551212, CA[0-9a-f]{32}$/],
      ["call.ringing", null],
      ["call.answered", null],
      ["call.completed", null],
      ["twiml.end", "no verb is left: the call ends"],
      ["call.completed", null],
    ],
  );
  const [child] = await childrenOf(sid);
  const own = (await done("GET", `/history?sid=${child.sid}`)).entries;
  t.same(
    own.map(({ event }: Entry) => event),
    TIMELINE.map(([event]) => event),
  );
});

t.test("of an account: only its own; a reset clears it", async (t) => {
  const { done, create } = await twimlEmulator(t);
  await create({ Url: "https://example.com/" });
  await done("POST", `/calls?account=${SUBACCOUNT}`, {});
  const count = async (account: string) => (await done("GET", `/history?account=${account}`)).count;
  t.equal((await done("GET", "/history")).count, 1);
  t.equal(await count(SUBACCOUNT), 1);
  await done("POST", `/reset?account=${SUBACCOUNT}`);
  t.equal(await count(SUBACCOUNT), 0);
  t.equal((await done("GET", "/history")).count, 1);
  await done("POST", "/reset");
  t.equal((await done("GET", "/history")).count, 0);
});

t.test("unknown SID: no entries; malformed SID or unknown parameter: 400", async (t) => {
  const { done, steer } = await twimlEmulator(t);
  await done("POST", "/calls", {});
  t.same(await done("GET", `/history?sid=CF${"9".repeat(32)}`), { count: 0, entries: [] });
  t.same(await steer("GET", "/history?sid=AC1"), {
    status: 400,
    body: { error: 'sid is "AC1"; expected: The SID of a call or conference, with its recordings, or of a recording.' },
  });
  t.equal((await steer("GET", "/history?limit=1")).status, 400);
});

t.test("answer: valid against the OpenAPI document", async (t) => {
  const { start, done } = await twimlEmulator(t);
  await start("<Say>Hello</Say>");
  const { paths } = await done("GET", "/openapi.json");
  const described = paths["/_emulator/history"].get;
  t.equal(described.operationId, "listHistory");
  const { schema } = described.responses["200"].content["application/json"];
  const ajv = new Ajv({ strict: false, formats: { "date-time": true } });
  t.ok(ajv.validate(schema, await done("GET", "/history")), ajv.errorsText());
});

t.test("in process: the entries, all or of one SID", async (t) => {
  const emulator = await startEmulator();
  t.teardown(() => emulator.close());
  await emulator.clock.freeze(NOON);
  const { sid } = await emulator.calls.place({ twiml: "<Response><Say>Hello</Say></Response>" });
  await emulator.calls.place();
  await emulator.clock.advance("PT1M");
  const found = await emulator.history.list({ sid });
  t.same(
    found.map(({ event }) => event),
    ["call.initiated", "call.ringing", "call.answered", "twiml.document", "twiml.Say", "twiml.end", "call.completed"],
  );
  t.equal((await emulator.history.list()).length, found.length + TIMELINE.length);
});

t.test("call that is deleted: its history remains", async (t) => {
  const { done, send } = await twimlEmulator(t);
  const { sid } = await done("POST", "/calls", { status: "completed" });
  await send(callPath(sid), { method: "DELETE" });
  t.equal((await done("GET", `/history?sid=${sid}`)).count, 4);
});
