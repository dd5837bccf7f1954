import t from "tap";
import { isSigned, keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { recordingPath } from "../../support/calls.js";
import { pathOf } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";
import { twimlEmulator } from "../../support/twiml.js";

const AFTER = "<Say>after</Say>";

t.test("action", async (t) => {
  t.test("caller presses # after speaks_for: requested at once, its document follows", async (t) => {
    const running = await twimlEmulator(t, { "/action": AFTER }, { publicUrl: "https://twilio.test" });
    const { start, advance, takeAll, twiml, base, recordingsOf, recorded } = running;
    const sid = await start(`<Record action="/action"/><Say>never</Say>`, { script: { speaks_for: 8 } });
    t.match(await recordingsOf(sid), [{ source: "RecordVerb", channels: 1, status: "processing" }]);
    await advance(8);
    const [, request, ...others] = takeAll() as [Received, Received];
    t.same(others, []);
    t.match(request, { method: "POST", url: "/action" });
    t.same(
      keysOf(request)
        .filter((name) => VOICE_KEYS.includes(name))
        .sort(),
      [...VOICE_KEYS].sort(),
    );
    const [{ sid: recording }] = await recordingsOf(sid);
    t.match(request.form, {
      CallSid: sid,
      CallStatus: "in-progress",
      RecordingSid: recording,
      RecordingUrl: `https://twilio.test${pathOf(recording).replace(".json", "")}`,
      RecordingDuration: "8",
      Digits: "#",
    });
    t.ok(isSigned(request, base));
    t.same(await twiml(sid), [
      "2 request POST /voice",
      "2 document 2 verbs",
      "2 Record RE, at most 3600 s",
      "10 request POST /action",
      "10 document 1 verb",
      '10 Say "after", 1 s',
    ]);
    await advance(3);
    t.same(await recorded(sid), [["RecordVerb", "completed", "8"]]);
  });
  t.test("method GET: so requested", async (t) => {
    const { start, advance, requests } = await twimlEmulator(t, { "/action": AFTER });
    await start(`<Record action="/action" method="GET"/>`, { script: { speaks_for: 8 } });
    await advance(8);
    t.same(await requests(), ["POST /voice", "GET /action"]);
  });
  t.test("caller hangs up: Digits hangup, CallStatus completed; the answer has no effect", async (t) => {
    const { start, advance, takeAll, twiml, statusOf, due, recorded } = await twimlEmulator(t, { "/action": AFTER });
    const sid = await start(`<Record action="/action"/>`, { script: { lasts: 9 } });
    await advance(9);
    t.match(takeAll()[1], {
      url: "/action",
      form: { Digits: "hangup", CallStatus: "completed", RecordingDuration: "9" },
    });
    t.equal(await statusOf(sid), "completed");
    t.equal((await twiml(sid)).length, 3);
    await advance(3);
    t.same(await recorded(sid), [["RecordVerb", "completed", "9"]]);
    t.same(await due(), []);
  });
  t.test("maxLength: ends it without a key", async (t) => {
    const { start, advance, takeAll, recorded } = await twimlEmulator(t, { "/action": "<Pause length='9'/>" });
    const sid = await start(`<Record action="/action" maxLength="5"/>`);
    await advance(5);
    t.match(takeAll()[1], { url: "/action", form: { Digits: "", RecordingDuration: "5" } });
    await advance(3);
    t.same(await recorded(sid), [["RecordVerb", "completed", "5"]]);
  });
  for (const [title, attributes, seconds, digits] of [
    ["speaks_for beyond maxLength", 'maxLength="5"', 5, ""],
    ["speaks_for equal to maxLength", 'maxLength="8"', 8, "#"],
    ["maxLength of 0", 'maxLength="0"', 1, ""],
    ["finishOnKey without #", 'finishOnKey="12*"', 13, ""],
    ["finishOnKey empty", 'finishOnKey="" timeout="2"', 10, ""],
    ["finishOnKey with #", 'finishOnKey="1#"', 8, "#"],
    ["timeout beyond maxLength", 'finishOnKey="1" maxLength="9"', 9, ""],
  ] as const) {
    t.test(`${title}: after ${seconds} s, Digits ${JSON.stringify(digits)}`, async (t) => {
      const { start, advance, takeAll, requests } = await twimlEmulator(t, { "/action": AFTER });
      await start(`<Record action="/action" ${attributes}/>`, { script: { speaks_for: 8 } });
      t.same(await requests(), ["POST /voice"]);
      await advance(seconds);
      t.match(takeAll(), [{ url: "/action", form: { RecordingDuration: String(seconds), Digits: digits } }]);
    });
  }
  t.test("stopped by the API before: requested without a key", async (t) => {
    const { start, advance, takeAll, recordingsOf, post, twiml } = await twimlEmulator(t, { "/action": AFTER });
    const sid = await start(`<Record action="/action"/>`, { script: { speaks_for: 8 } });
    await advance(4);
    const [{ sid: recording }] = await recordingsOf(sid);
    await post(recordingPath(sid, recording), { Status: "stopped" });
    await advance(0);
    t.match(takeAll()[1], { url: "/action", form: { RecordingDuration: "4", Digits: "" } });
    t.equal((await twiml(sid)).at(-1), '6 Say "after", 1 s');
    await advance(4);
    t.same(takeAll(), [], "once");
  });
});

t.test("no action", async (t) => {
  t.test("the document itself is requested", async (t) => {
    const { start, advance, takeAll } = await twimlEmulator(t);
    await start("<Record/>", { script: { speaks_for: 8 } });
    await advance(8);
    t.match(takeAll(), [{ url: "/voice" }, { url: "/voice", method: "POST", form: { RecordingDuration: "8" } }]);
  });
  t.test("with method GET: so requested", async (t) => {
    const { start, advance, requests } = await twimlEmulator(t);
    await start("<Record method='GET'/>", { script: { speaks_for: 8 } });
    await advance(8);
    t.same(await requests(), ["POST /voice", "GET /voice"]);
  });
  for (const action of ["", 'action="/relative"']) {
    t.test(`with Twiml, ${action || "without one"}: no request, the next verb follows`, async (t) => {
      const { startWith, advance, takeAll, twiml, recorded } = await twimlEmulator(t);
      const sid = await startWith(`<Record ${action}/>${AFTER}`, { script: { speaks_for: 8 } });
      await advance(8);
      t.equal((await twiml(sid)).at(-1), '10 Say "after", 1 s');
      await advance(3);
      t.same(takeAll(), []);
      t.same(await recorded(sid), [["RecordVerb", "completed", "8"]]);
    });
  }
  t.test("with Twiml and an absolute action: requested", async (t) => {
    const { startWith, advance, requests, base } = await twimlEmulator(t, { "/action": AFTER });
    await startWith(`<Record action="${base}/action"/>`, { script: { speaks_for: 8 } });
    await advance(8);
    t.same(await requests(), ["POST /action"]);
  });
});

t.test("silence", async (t) => {
  for (const [attributes, seconds] of [
    ["", 5],
    ['timeout="9"', 9],
    ['timeout="9" maxLength="4"', 4],
    ['timeout="0"', 0],
  ] as const) {
    t.test(
      `${attributes || "no attributes"}: ends after ${seconds} s, no request, the next verb follows`,
      async (t) => {
        const { start, advance, takeAll, twiml, recorded } = await twimlEmulator(t, { "/action": AFTER });
        const sid = await start(`<Record action="/action" ${attributes}/><Say>next</Say>`, {
          script: { sound: "silence" },
        });
        await advance(seconds);
        t.equal((await twiml(sid)).at(-1), `${2 + seconds} Say "next", 1 s`);
        t.same(
          takeAll().map(({ url }) => url),
          ["/voice"],
        );
        await advance(4);
        t.same(await recorded(sid), [["RecordVerb", "absent", "0"]]);
      },
    );
  }
  t.test("do-not-trim: recorded, the action is requested", async (t) => {
    const { start, advance, takeAll } = await twimlEmulator(t, { "/action": AFTER });
    await start(`<Record action="/action" trim="do-not-trim"/>`, { script: { sound: "silence" } });
    await advance(5);
    t.match(takeAll()[1], { url: "/action", form: { RecordingDuration: "5", Digits: "" } });
  });
});

t.test("public action", async (t) => {
  const VERBS = '<Record action="https://example.com/action"/><Say>next</Say>';
  t.test("not requested, the call goes on by its settings", async (t) => {
    const { start, advance, twiml, statusOf, recorded, done } = await twimlEmulator(t);
    const sid = await start(VERBS, { script: { speaks_for: 8 } });
    await advance(8);
    t.match((await twiml(sid)).at(-1), /^10 not-requested example\.com is no local host/);
    t.equal(await statusOf(sid), "in-progress");
    await advance(52);
    t.equal(await statusOf(sid), "completed");
    t.same(await recorded(sid), [["RecordVerb", "completed", "8"]]);
    t.equal((await done("GET", "/callbacks")).count, 1);
  });
  t.test("nothing recorded: the next verb follows", async (t) => {
    const { start, advance, twiml } = await twimlEmulator(t);
    const sid = await start(VERBS, { script: { sound: "silence" } });
    await advance(5);
    t.equal((await twiml(sid)).at(-1), '7 Say "next", 1 s');
  });
  t.test("caller hangs up: no request", async (t) => {
    const { start, advance, done, statusOf } = await twimlEmulator(t);
    const sid = await start(VERBS);
    await advance(60);
    t.equal(await statusOf(sid), "completed");
    t.equal((await done("GET", "/callbacks")).count, 1);
  });
});

t.test("callbacks and transcription", async (t) => {
  t.test("recordingStatusCallback: relative to the document, with its method and events", async (t) => {
    const { start, advance, takeAll } = await twimlEmulator(t, { "/action": "<Pause length='20'/>" });
    await start(
      `<Record action="/action" recordingStatusCallback="status?a=1" recordingStatusCallbackMethod="GET"
         recordingStatusCallbackEvent="completed absent"/>`,
      { script: { speaks_for: 8 } },
    );
    await advance(11);
    t.match(
      takeAll().filter(({ url }) => url.startsWith("/status")),
      [
        {
          method: "GET",
          url: /^\/status\?a=1&/,
          form: { RecordingStatus: "completed", RecordingSource: "RecordVerb" },
        },
      ],
    );
  });
  for (const [title, attributes, expected] of [
    ["transcribe and transcribeCallback", 'transcribe="true" transcribeCallback="/text"', true],
    ["transcribeCallback alone", 'transcribeCallback="/text"', true],
    ["transcribe alone", 'transcribe="true"', false],
    ["neither", "", false],
  ] as const) {
    t.test(`${title}: ${expected ? "a transcription, called back" : "no callback"}`, async (t) => {
      const { start, advance, takeAll, recordingsOf, send } = await twimlEmulator(t, {
        "/action": "<Pause length='40'/>",
      });
      const sid = await start(`<Record action="/action" ${attributes}/>`, { script: { speaks_for: 8 } });
      await advance(8 + 3 + 12);
      t.match(
        takeAll()
          .slice(2)
          .map(({ method, url, form }) => [method, url, form.TranscriptionStatus]),
        expected ? [["POST", "/text", "completed"]] : [],
      );
      const [{ sid: recording }] = await recordingsOf(sid);
      const path = pathOf(recording).replace(".json", "/Transcriptions.json");
      t.equal((await send(path)).json().transcriptions.length, attributes === "" ? 0 : 1);
    });
  }
  t.test("transcribe: at most 120 s, unless maxLength is given", async (t) => {
    const { start, twiml } = await twimlEmulator(t);
    const lengthOf = async (attributes: string) =>
      (await twiml(await start(`<Record ${attributes}/>`))).at(-1)?.replace(/.*at most /, "");
    t.equal(await lengthOf('transcribe="true"'), "120 s");
    t.equal(await lengthOf('transcribe="true" maxLength="300"'), "300 s");
    t.equal(await lengthOf('transcribe="false"'), "3600 s");
  });
  t.test("recordingTrack: recorded so", async (t) => {
    const { start, recordingsOf } = await twimlEmulator(t);
    t.match(await recordingsOf(await start('<Record recordingTrack="inbound"/>')), [{ track: "inbound", channels: 1 }]);
    t.match(await recordingsOf(await start('<Record recordingTrack="both"/>')), [{ track: "both" }]);
  });
});

t.test("recording that a control call hard-deletes: the call ends by its settings", async (t) => {
  const { start, done, advance, recordingsOf, statusOf } = await twimlEmulator(t);
  const sid = await start("<Record/>", { script: { speaks_for: 8 } });
  const [{ sid: recording }] = await recordingsOf(sid);
  await done("DELETE", `/recordings/${recording}`);
  await advance(59);
  t.equal(await statusOf(sid), "in-progress");
  await advance(1);
  t.equal(await statusOf(sid), "completed");
});
