import t from "tap";
import { isSigned, keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { CALLS, TO } from "../../support/calls.js";
import { pathOf } from "../../support/emulator.js";
import type { Received } from "../../support/receiver.js";
import { twimlEmulator } from "../../support/twiml.js";

const BUSY = "+12025550181";
const AFTER = "<Say>after</Say>";

t.test("number", async (t) => {
  for (const [title, verbs, to] of [
    ["text of <Dial>", `<Dial>${TO}</Dial>`, TO],
    ["<Number>", `<Dial><Number>(415) 555-1212</Number></Dial>`, TO],
    ["<Client>", "<Dial><Client>jo</Client></Dial>", "client:jo"],
    ["<Sip>", "<Dial><Sip>sip:jo@example.com</Sip></Dial>", "sip:jo@example.com"],
  ] as const) {
    t.test(`${title}: a child call by the account's settings, then the next verb`, async (t) => {
      const { start, fetchCall, childrenOf, advance, twiml, statusOf } = await twimlEmulator(t);
      const sid = await start(`${verbs}${AFTER}`);
      const { from } = await fetchCall(sid);
      const [child, ...others] = await childrenOf(sid);
      t.same(others, []);
      t.match(child, { to, from, direction: "outbound-dial", parent_call_sid: sid, status: "queued" });
      await advance(1);
      t.equal(await statusOf(child.sid), "ringing");
      await advance(1);
      t.equal(await statusOf(child.sid), "in-progress");
      await advance(10);
      t.match(await fetchCall(child.sid), { status: "completed", duration: "10" });
      t.same((await twiml(sid)).slice(2), [`2 Dial ${to}, CA`, '14 Say "after", 1 s']);
      t.equal(await statusOf(sid), "in-progress");
    });
  }
  for (const [title, noun] of [
    ["no number", "<Number>nobody</Number>"],
    ["text that is no number", "nobody"],
  ] as const) {
    t.test(`${title}: the next verb; with an action, DialCallStatus failed`, async (t) => {
      const { start, twiml, takeAll, childrenOf } = await twimlEmulator(t, { "/action": AFTER });
      const sid = await start(`<Dial>${noun}</Dial>${AFTER}`);
      t.same((await twiml(sid)).slice(2), ['2 Dial "nobody" is no address', '2 Say "after", 1 s']);
      t.same(await childrenOf(sid), []);
      takeAll();
      const other = await start(`<Dial action="/action">${noun}</Dial><Say>never</Say>`);
      t.match(takeAll()[1], { url: "/action", form: { DialCallStatus: "failed" } });
      t.equal((await twiml(other)).at(-1), '4 Say "after", 1 s');
    });
  }
  t.test("several nouns: the first that can be dialled; the others are in the history", async (t) => {
    const { start, twiml, childrenOf } = await twimlEmulator(t);
    const sid = await start(`<Dial><Queue>q</Queue><Number/><Number>${TO}</Number><Client>jo</Client></Dial>`);
    t.match(await childrenOf(sid), [{ to: TO }]);
    t.same((await twiml(sid)).slice(2), [
      "2 skipped <Queue> in <Dial>: is not supported",
      "2 skipped <Client> in <Dial>: only the first one is dialled",
      `2 Dial ${TO}, CA`,
    ]);
  });
  t.test("nothing: the next verb", async (t) => {
    const { start, twiml, childrenOf } = await twimlEmulator(t);
    const sid = await start(`<Dial/><Dial><Queue>q</Queue></Dial>${AFTER}`);
    t.equal((await twiml(sid)).at(-1), '2 Say "after", 1 s');
    t.same(await childrenOf(sid), []);
  });
  for (const [callerId, from] of [
    ["+12025550123", "+12025550123"],
    ["client:jo", "client:jo"],
    ["nobody", undefined],
  ] as const) {
    t.test(`callerId ${callerId}: ${from ?? "as without one"}`, async (t) => {
      const { start, childrenOf, fetchCall } = await twimlEmulator(t);
      const sid = await start(`<Dial callerId="${callerId}">${TO}</Dial>`);
      t.match(await childrenOf(sid), [{ from: from ?? (await fetchCall(sid)).from }]);
    });
  }
  t.test("timeout: rings so long", async (t) => {
    const { start, advance, childrenOf, configure } = await twimlEmulator(t);
    await configure({ answered_after: 40 });
    const sid = await start(`<Dial timeout="7">${TO}</Dial>`, { script: { answered_after: 2 } });
    await advance(7);
    t.match(await childrenOf(sid), [{ status: "ringing" }]);
    await advance(1);
    t.match(await childrenOf(sid), [{ status: "no-answer" }]);
  });
  t.test("no timeout: 30 s", async (t) => {
    const { start, advance, childrenOf, configure } = await twimlEmulator(t);
    await configure({ answered_after: 40 });
    const sid = await start(`<Dial>${TO}</Dial>`, { script: { answered_after: 2 } });
    await advance(30.9);
    t.match(await childrenOf(sid), [{ status: "ringing" }]);
    await advance(0.1);
    t.match(await childrenOf(sid), [{ status: "no-answer" }]);
  });
  t.test("timeLimit: the child ends", async (t) => {
    const { start, advance, childrenOf, configure } = await twimlEmulator(t);
    await configure({ lasts: null });
    const sid = await start(`<Dial timeLimit="7">${TO}</Dial>`);
    await advance(9);
    t.match(await childrenOf(sid), [{ status: "completed", duration: "7" }]);
  });
  t.test("statusCallback of <Number>: its events, with ParentCallSid; default completed", async (t) => {
    const { start, advance, takeAll } = await twimlEmulator(t);
    const sid = await start(
      `<Dial><Number statusCallback="/status" statusCallbackEvent="initiated ringing answered completed"
         statusCallbackMethod="GET">${TO}</Number></Dial>
       <Dial><Client statusCallback="/other">jo</Client></Dial>`,
    );
    await advance(30);
    t.match(
      takeAll()
        .slice(1)
        .map(({ method, url, form }) => [method, url.replace(/\?.*/, ""), form.CallStatus, form.ParentCallSid]),
      [
        ["GET", "/status", "initiated", sid],
        ["GET", "/status", "ringing", sid],
        ["GET", "/status", "in-progress", sid],
        ["GET", "/status", "completed", sid],
        ["POST", "/other", "completed", sid],
      ],
    );
  });
});

t.test("action", async (t) => {
  t.test("answered: the voice parameters and DialCallStatus, DialCallSid, DialCallDuration, DialBridged", async (t) => {
    const { start, advance, takeAll, childrenOf, base, twiml } = await twimlEmulator(t, { "/action": AFTER });
    const sid = await start(`<Dial action="/action">${TO}</Dial><Say>never</Say>`);
    await advance(12);
    const [, request, ...others] = takeAll() as [Received, Received];
    t.same(others, []);
    t.match(request, { method: "POST", url: "/action" });
    t.same(
      [...keysOf(request)].sort(),
      [...VOICE_KEYS, "DialCallStatus", "DialCallSid", "DialCallDuration", "DialBridged"].sort(),
    );
    const [child] = await childrenOf(sid);
    t.match(request.form, {
      CallSid: sid,
      CallStatus: "in-progress",
      DialCallStatus: "completed",
      DialCallSid: child.sid,
      DialCallDuration: "10",
      DialBridged: "true",
    });
    t.ok(isSigned(request, base));
    t.same((await twiml(sid)).slice(2), [
      `2 Dial ${TO}, CA`,
      "14 request POST /action",
      "14 document 1 verb",
      '14 Say "after", 1 s',
    ]);
  });
  for (const [to, status] of [
    [BUSY, "busy"],
    ["+12025550182", "no-answer"],
    ["+12025550183", "failed"],
    ["+12025550184", "canceled"],
  ] as const) {
    t.test(`${status} number: DialCallStatus ${status}, DialBridged false, no duration`, async (t) => {
      const { start, advance, takeAll, statusOf } = await twimlEmulator(t, { "/action": "<Pause length='9'/>" });
      const sid = await start(`<Dial action="/action" method="GET" record="true">${to}</Dial>`);
      await advance(2);
      const [, request] = takeAll() as [Received, Received];
      t.match(request, { method: "GET", form: { DialCallStatus: status, DialBridged: "false" } });
      t.notOk("DialCallDuration" in request.form);
      t.notOk("RecordingUrl" in request.form);
      t.equal(await statusOf(sid), "in-progress");
    });
  }
  t.test("busy number without an action: the next verb", async (t) => {
    const { start, advance, twiml } = await twimlEmulator(t);
    const sid = await start(`<Dial>${BUSY}</Dial>${AFTER}`);
    await advance(2);
    t.equal((await twiml(sid)).at(-1), '4 Say "after", 1 s');
  });
  t.test("public URL: not requested, the call goes on by its settings", async (t) => {
    const { start, advance, twiml, statusOf } = await twimlEmulator(t);
    const sid = await start(`<Dial action="https://example.com/a">${BUSY}</Dial>${AFTER}`);
    await advance(2);
    t.match((await twiml(sid)).at(-1), /^4 not-requested example\.com/);
    await advance(57);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("action that dials again, without time passing: the call ends after 100 requests", async (t) => {
    const { start, requests, statusOf } = await twimlEmulator(t);
    const sid = await start("<Dial action='/voice'>nobody</Dial>");
    t.equal((await requests()).length, 100);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("end", async (t) => {
  t.test("caller hangs up: the child ends, the action is requested with CallStatus completed", async (t) => {
    const { start, advance, hangUp, takeAll, childrenOf, twiml, due } = await twimlEmulator(t, { "/action": AFTER });
    const sid = await start(`<Dial action="/action">${TO}</Dial>${AFTER}`);
    await advance(5);
    await hangUp(sid);
    t.match(await childrenOf(sid), [{ status: "completed", duration: "3" }]);
    await advance(0);
    t.match(takeAll()[1], {
      url: "/action",
      form: { CallStatus: "completed", DialCallStatus: "completed", DialCallDuration: "3" },
    });
    t.equal((await twiml(sid)).length, 3);
    t.same(await due(), []);
  });
  t.test("caller hangs up before the answer: the child is canceled or completed", async (t) => {
    const { start, advance, hangUp, takeAll, childrenOf } = await twimlEmulator(t);
    const one = await start(`<Dial action="/action">${TO}</Dial>`);
    await hangUp(one);
    t.match(await childrenOf(one), [{ status: "canceled" }]);
    const two = await start(`<Dial action="/action">${TO}</Dial>`);
    await advance(1);
    await hangUp(two);
    t.match(await childrenOf(two), [{ status: "completed", duration: "0" }]);
    await advance(0);
    t.match(
      takeAll().filter(({ url }) => url === "/action"),
      [{ form: { DialCallStatus: "canceled" } }, { form: { DialCallStatus: "completed" } }],
    );
  });
  t.test("caller hangs up, action at a public host or none: no request", async (t) => {
    const { start, advance, hangUp, done, childrenOf } = await twimlEmulator(t);
    for (const attribute of ["", 'action="https://example.com/a"']) {
      const sid = await start(`<Dial ${attribute}>${TO}</Dial>`);
      await advance(5);
      await hangUp(sid);
      t.match(await childrenOf(sid), [{ status: "completed" }]);
    }
    t.equal((await done("GET", "/callbacks")).count, 2);
  });
  t.test("child hangs up: the caller goes on", async (t) => {
    const { start, advance, hangUp, childrenOf, twiml, statusOf } = await twimlEmulator(t);
    const sid = await start(`<Dial>${TO}</Dial>${AFTER}`);
    await advance(5);
    const [{ sid: child }] = await childrenOf(sid);
    await hangUp(child);
    t.equal((await twiml(sid)).at(-1), '7 Say "after", 1 s');
    t.equal(await statusOf(sid), "in-progress");
  });
  t.test("child that a control call moves: the caller goes on", async (t) => {
    const { start, done, childrenOf, twiml } = await twimlEmulator(t);
    const sid = await start(`<Dial>${TO}</Dial>${AFTER}`);
    const [{ sid: child }] = await childrenOf(sid);
    await done("PATCH", `/calls/${child}`, { status: "busy" });
    t.equal((await twiml(sid)).at(-1), '2 Say "after", 1 s');
  });
  t.test("<Dial> as the last verb: the caller's call ends with the child", async (t) => {
    const { start, advance, childrenOf, statusOf, due } = await twimlEmulator(t);
    const sid = await start(`<Dial>${TO}</Dial>`);
    await advance(12);
    t.match(await childrenOf(sid), [{ status: "completed", duration: "10" }]);
    t.equal(await statusOf(sid), "completed");
    t.same(await due(), []);
  });
  t.test("other child call, of a control call: its end has no effect on the parent", async (t) => {
    const { start, done, twiml } = await twimlEmulator(t);
    const sid = await start(`<Dial>${TO}</Dial>`);
    const before = await twiml(sid);
    await done("POST", "/calls", { status: "completed", parent_call_sid: sid });
    await done("POST", "/calls", { status: "completed", parent_call_sid: `CA${"9".repeat(32)}` });
    t.same(await twiml(sid), before);
  });
});

t.test("record", async (t) => {
  for (const [value, channels, seconds] of [
    ["true", 1, 10],
    ["record-from-answer", 1, 10],
    ["record-from-answer-dual", 2, 10],
    ["record-from-ringing", 1, 12],
    ["record-from-ringing-dual", 2, 12],
  ] as const) {
    t.test(`${value}: the parent, ${channels} channel(s), ${seconds} s; RecordingUrl in the action`, async (t) => {
      const running = await twimlEmulator(
        t,
        { "/action": "<Pause length='9'/>" },
        { publicUrl: "https://twilio.test" },
      );
      const { start, advance, takeAll, recordingsOf, recorded, childrenOf, send } = running;
      const sid = await start(
        `<Dial action="/action" record="${value}" recordingStatusCallback="/status">${TO}</Dial>`,
      );
      t.equal((await recordingsOf(sid)).length, seconds === 12 ? 1 : 0);
      await advance(2);
      t.match(await recordingsOf(sid), [{ source: "DialVerb", channels, status: "processing" }]);
      await advance(10);
      const [{ sid: recording }] = await recordingsOf(sid);
      t.match(takeAll()[1], {
        url: "/action",
        form: { RecordingUrl: `https://twilio.test${pathOf(recording).replace(".json", "")}` },
      });
      await advance(3);
      t.same(await recorded(sid), [["DialVerb", "completed", String(seconds)]]);
      t.match(takeAll(), [{ url: "/status", form: { CallSid: sid, RecordingSource: "DialVerb" } }]);
      const [child] = await childrenOf(sid);
      t.same((await recordingsOf(child.sid)).length, 0);
      t.equal((await send(`${CALLS}?ParentCallSid=${sid}`)).json().calls.length, 1);
    });
  }
  for (const value of ["do-not-record", "false", "nope"]) {
    t.test(`${value}: no recording`, async (t) => {
      const { start, advance, recordingsOf } = await twimlEmulator(t);
      const sid = await start(`<Dial record="${value}">${TO}</Dial>`);
      await advance(5);
      t.same(await recordingsOf(sid), []);
    });
  }
  t.test("recordingTrack: recorded so", async (t) => {
    const { start, recordingsOf } = await twimlEmulator(t);
    const sid = await start(`<Dial record="record-from-ringing-dual" recordingTrack="outbound">${TO}</Dial>`);
    t.match(await recordingsOf(sid), [{ track: "outbound", channels: 1 }]);
  });
  t.test("stopped by the API before the end: RecordingUrl in the action, the caller goes on", async (t) => {
    const { start, advance, takeAll, recordingsOf, post } = await twimlEmulator(t, { "/action": AFTER });
    const sid = await start(`<Dial action="/action" record="true">${TO}</Dial>`);
    await advance(5);
    const [{ sid: recording, uri }] = await recordingsOf(sid);
    await post(uri, { Status: "stopped" });
    await advance(7);
    t.match(takeAll()[1], { form: { RecordingUrl: new RegExp(recording) } });
  });
  t.test("silence: no RecordingUrl", async (t) => {
    const { start, advance, takeAll } = await twimlEmulator(t, { "/action": AFTER });
    await start(`<Dial action="/action" record="true">${TO}</Dial>`, { script: { sound: "silence" } });
    await advance(12);
    t.notOk("RecordingUrl" in (takeAll()[1] as Received).form);
  });
  t.test("caller hangs up: recorded until then", async (t) => {
    const { start, advance, hangUp, recorded, takeAll } = await twimlEmulator(t);
    const sid = await start(`<Dial record="true" action="/action">${TO}</Dial>`);
    await advance(6);
    await hangUp(sid);
    await advance(3);
    t.same(await recorded(sid), [["DialVerb", "completed", "4"]]);
    t.match(takeAll()[1], { url: "/action", form: { RecordingUrl: /RE/, DialCallStatus: "completed" } });
  });
});
