import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { callPath, NOON } from "../../support/calls.js";
import { participantPath } from "../../support/conferences.js";
import { twimlEmulator } from "../../support/twiml.js";

const ENDED = ["completed", "busy", "failed", "no-answer", "canceled"];
const DOCUMENTS = 4;

const path = fc.nat(DOCUMENTS - 1).map((index) => `/${index}`);
/** An attribute that may be missing. */
const attribute = (name: string, value: fc.Arbitrary<unknown>) =>
  fc.option(value, { nil: undefined }).map((one) => (one === undefined ? "" : ` ${name}="${one}"`));
const attributes = (...all: fc.Arbitrary<string>[]) => fc.tuple(...all).map((found) => found.join(""));

const action = attributes(
  attribute("action", fc.oneof({ weight: 6, arbitrary: path }, fc.constant("https://example.com/"))),
  attribute("method", fc.constantFrom("GET", "POST")),
);
const status = attribute("recordingStatusCallback", fc.constantFrom("/status", "nope:"));
const wait = fc.oneof(
  attribute("length", fc.nat(9)).map((length) => `<Pause${length}/>`),
  fc
    .tuple(attribute("loop", fc.nat(2)), fc.constantFrom("", "Hello", "a".repeat(40)))
    .map(([loop, text]) => `<Say${loop}>${text}</Say>`),
  attributes(attribute("loop", fc.nat(2)), attribute("digits", fc.constantFrom("1", "ww12"))).map(
    (given) => `<Play${given}/>`,
  ),
);
const record = attributes(
  action,
  status,
  attribute("maxLength", fc.nat(6)),
  attribute("timeout", fc.nat(3)),
  attribute("finishOnKey", fc.constantFrom("", "#", "1")),
  attribute("trim", fc.constantFrom("trim-silence", "do-not-trim")),
  attribute("transcribe", fc.boolean()),
).map((given) => `<Record${given}/>`);
const noun = fc.oneof(
  fc.constantFrom("+14155551212", "nobody", "<Number>+12025550181</Number>", "<Number>+12025550182</Number>"),
  fc.constantFrom(
    "<Client>jo</Client>",
    "<Number>+12025550183</Number>",
    "<Sip>sip:jo@example.com</Sip>",
    "<Queue>q</Queue>",
  ),
  fc
    .tuple(
      attributes(
        attribute("startConferenceOnEnter", fc.boolean()),
        attribute("endConferenceOnExit", fc.boolean()),
        attribute("record", fc.constantFrom("record-from-start", "do-not-record")),
        attribute("statusCallback", fc.constant("/status")),
      ),
      fc.constantFrom("one", "two"),
    )
    .map(([given, name]) => `<Conference${given}>${name}</Conference>`),
);
const dial = fc
  .tuple(
    attributes(
      action,
      status,
      attribute("timeout", fc.integer({ min: 1, max: 3 })),
      attribute("timeLimit", fc.integer({ min: 1, max: 9 })),
      attribute("record", fc.constantFrom("true", "record-from-ringing-dual")),
    ),
    fc.array(noun, { maxLength: 2 }),
  )
  .map(([given, nouns]) => `<Dial${given}>${nouns.join("")}</Dial>`);
const others = fc.oneof(
  status.map((given) => `<Start><Recording${given}/></Start>`),
  fc.constantFrom(
    "<Stop><Recording/></Stop>",
    "<Hangup/>",
    "<Gather/>",
    "<Redirect/>",
    "nothing",
    "<Start><Stream/></Start>",
  ),
  path.map((to) => `<Redirect>${to}</Redirect>`),
);
const verb = fc.oneof(
  { weight: 3, arbitrary: wait },
  { weight: 3, arbitrary: record },
  { weight: 4, arbitrary: dial },
  { weight: 2, arbitrary: others },
);
const verbs = fc.array(verb, { maxLength: 5 }).map((all) => all.join(""));
const document = fc.oneof({ weight: 8, arbitrary: verbs }, fc.constant("</Response>"));
const script = fc.record(
  {
    lasts: fc.nat(40),
    speaks_for: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(null)),
    sound: fc.constantFrom("speech", "silence"),
    instant: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
    processed_for: fc.nat(3),
  },
  { requiredKeys: ["lasts"] },
);
const step = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(0, 0.5, 1, 2, 5, 11).map((seconds) => ["advance", seconds] as const) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("redirect" as const), verbs) },
  { weight: 3, arbitrary: path.map((to) => ["go to", to] as const) },
  { weight: 3, arbitrary: fc.constant(["kick"] as const) },
  { weight: 1, arbitrary: fc.constant(["hang up"] as const) },
);

t.test("any documents, any steps of the clock: the call ends, nothing remains, the history is in order", async (t) => {
  const documents: Record<string, string> = {};
  const running = await twimlEmulator(t, documents);
  const { done, send, post, advance, settle, base, childrenOf, recordingsOf, entries, takeAll, statusOf } = running;
  const seen = new Map<string, number>();

  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { minLength: DOCUMENTS, maxLength: DOCUMENTS }),
      script,
      fc.array(fc.tuple(verbs, script), { maxLength: 1 }),
      fc.array(step, { maxLength: 8 }),
      async (given, course, companions, steps) => {
        await done("POST", "/reset", { to: "empty" });
        await done("POST", "/clock", { now: NOON, frozen: true });
        given.forEach((one, index) => {
          documents[`/${index}`] = one;
        });
        const { sid } = await done("POST", "/calls", { url: `${base}/0`, script: course });
        const calls: string[] = [sid];
        for (const [more, script] of companions) {
          const twiml = `<Response>${more}</Response>`;
          calls.push((await done("POST", "/calls", { twiml, script })).sid);
        }
        for (const [kind, value] of steps) {
          if (kind === "advance") await advance(value);
          if (kind === "redirect") await post(callPath(sid), { Twiml: `<Response>${value}</Response>` });
          if (kind === "go to") await post(callPath(sid), { Url: base + value });
          if (kind === "hang up") await post(callPath(sid), { Status: "completed" });
          if (kind === "kick") await send(participantPath("one", sid), { method: "DELETE" });
        }
        // Longer than any call, and what is processed after it.
        await advance(120);
        await settle();

        for (const call of calls) {
          const status = await statusOf(call);
          assert.ok(ENDED.includes(status), `call ${status}`);
          const children = await childrenOf(call);
          for (const child of children) assert.ok(ENDED.includes(child.status), `child ${child.status}`);
          for (const { status } of await recordingsOf(call)) assert.match(status, /^(completed|absent)$/);
          const events = await entries(call);
          const own = events.filter((entry) => entry.sid === call).map(({ event }) => event);
          // The history has the last 1,000 entries.
          if ((await done("GET", "/history")).count < 1000) assert.equal(own[0], "call.initiated");
          assert.equal(own.at(-1), `call.${status}`);
          for (const [index, entry] of events.entries()) {
            const before = events[index - 1];
            if (before === undefined) continue;
            assert.ok(before.time <= entry.time && before.number < entry.number);
          }
          for (const event of own) seen.set(event, (seen.get(event) ?? 0) + 1);
        }
        assert.deepEqual((await done("GET", "/clock/events")).events, []);
        assert.equal((await done("GET", "/callbacks?state=pending")).count, 0);
        takeAll();
      },
    ),
    { numRuns: 60 },
  );
  for (const what of ["request", "document", "Say", "Record", "Dial", "end"]) {
    t.ok(seen.get(`twiml.${what}`), `${seen.get(`twiml.${what}`)} times ${what}`);
  }
});
