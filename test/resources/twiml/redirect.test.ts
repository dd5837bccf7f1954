import t from "tap";
import { keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { callPath } from "../../support/calls.js";
import type { Received } from "../../support/receiver.js";
import { held, redirectTo, twimlEmulator } from "../../support/twiml.js";

t.test("<Redirect>", async (t) => {
  for (const [title, text, expected] of [
    ["absolute path", "/next?a=1&amp;b=2", "/next?a=1&b=2"],
    ["relative path", "next", "/dir/next"],
    ["relative path up", "../next", "/next"],
    ["only a query", "?a=1", "/dir/voice?a=1"],
    ["white space around it", "\n  /next\n", "/next"],
    ["path with a space", "/a b", "/a%20b"],
    ["nothing: the document itself", "", "/dir/voice?x=1"],
  ] as const) {
    t.test(`${title}: resolved against the document`, async (t) => {
      const { documents, done, base, advance, takeAll } = await twimlEmulator(t);
      documents["/dir/voice"] = `<Pause length="2"/><Redirect>${text}</Redirect>`;
      await done("POST", "/calls", { url: `${base}/dir/voice?x=1`, script: { lasts: 3 } });
      await advance(4);
      t.same(
        takeAll().map(({ method, url }) => [method, url]),
        [
          ["POST", "/dir/voice?x=1"],
          ["POST", expected],
        ],
      );
    });
  }
  t.test("absolute URL, of another host", async (t) => {
    const { start, requests, port, documents } = await twimlEmulator(t);
    documents["/next"] = "<Pause/>";
    await start(`<Redirect>HTTP://localhost:${port}/next</Redirect>`);
    t.same(await requests(), ["POST /voice", "POST /next"]);
  });
  for (const [method, expected] of [
    ["GET", "GET"],
    ["get", "GET"],
    ["POST", "POST"],
    ["DELETE", "POST"],
  ] as const) {
    t.test(`method ${method}: requested with ${expected}, CallStatus in-progress`, async (t) => {
      const { start, takeAll, documents } = await twimlEmulator(t);
      documents["/next"] = "<Pause/>";
      await start(`<Redirect method="${method}">/next</Redirect>`);
      const [, request] = takeAll() as [Received, Received];
      t.equal(request.method, expected);
      t.same(keysOf(request), VOICE_KEYS);
      t.equal(request.form.CallStatus, "in-progress");
    });
  }
  t.test("verbs after it: not executed", async (t) => {
    const { start, twiml, documents } = await twimlEmulator(t);
    documents["/next"] = "<Say>Two</Say>";
    const sid = await start("<Redirect>/next</Redirect><Say>One</Say>");
    t.same(await twiml(sid), [
      "2 request POST /voice",
      "2 document 2 verbs",
      "2 request POST /next",
      "2 document 1 verb",
      '2 Say "Two", 1 s',
    ]);
  });
  for (const [title, url] of [
    ["relative URL in Twiml", "/next"],
    ["nothing in Twiml", ""],
  ] as const) {
    t.test(`${title}: 11100, the call ends`, async (t) => {
      const { startWith, twiml, statusOf } = await twimlEmulator(t);
      const sid = await startWith(`<Redirect>${url}</Redirect>`);
      t.match((await twiml(sid)).at(-1), /^2 error 11100: /);
      t.equal(await statusOf(sid), "completed");
    });
  }
  for (const url of ["ftp://127.0.0.1/a", "mailto:jo@example.com", "http:", "http://a b/", "http://127.0.0.1:99999/"]) {
    t.test(`${url}: 11100, the fallback is requested with it`, async (t) => {
      const { base, create, advance, takeAll, documents, statusOf } = await twimlEmulator(t);
      Object.assign(documents, { "/voice": `<Redirect>${url}</Redirect>`, "/fallback": "<Hangup/>" });
      const sid = await create({ Url: `${base}/voice`, FallbackUrl: `${base}/fallback` });
      await advance(2);
      t.match(takeAll(), [{ url: "/voice" }, { url: "/fallback", form: { ErrorCode: "11100", ErrorUrl: url } }]);
      t.equal(await statusOf(sid), "completed");
    });
  }
  t.test("absolute URL in Twiml: requested", async (t) => {
    const { startWith, requests, base, documents } = await twimlEmulator(t);
    documents["/next"] = "<Pause/>";
    await startWith(`<Redirect>${base}/next</Redirect>`);
    t.same(await requests(), ["POST /next"]);
  });
  t.test("to itself without time passing: the call ends after 100 requests", async (t) => {
    const { start, requests, twiml, statusOf } = await twimlEmulator(t);
    const sid = await start("<Redirect/>");
    t.equal((await requests()).length, 100);
    t.equal((await twiml(sid)).at(-1), "2 error more than 100 documents at one moment of the clock");
    t.equal(await statusOf(sid), "completed");
  });
  t.test("to itself with time passing: goes on until the call ends", async (t) => {
    const { start, requests, advance, statusOf } = await twimlEmulator(t);
    const sid = await start("<Pause/><Redirect/>", { script: { lasts: 150 } });
    await advance(149);
    t.equal(await statusOf(sid), "in-progress");
    t.equal((await requests()).length, 150);
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("redirect of HTTP", async (t) => {
  for (const [status, method] of [
    [301, "GET"],
    [302, "GET"],
    [303, "GET"],
    [307, "POST"],
    [308, "POST"],
  ] as const) {
    t.test(`${status}: the location is requested with ${method}`, async (t) => {
      const { start, takeAll, twiml, documents } = await twimlEmulator(t);
      documents["/next"] = "<Say>Hi</Say>";
      const sid = await start(redirectTo("/next?a=1", status));
      const [, request] = takeAll() as [Received, Received];
      t.match(request, { method, url: /^\/next\?a=1/ });
      t.same(
        keysOf(request).filter((name) => name !== "a"),
        VOICE_KEYS,
      );
      t.same(await twiml(sid), [
        "2 request POST /voice",
        `2 request ${method} /next?a=1`,
        "2 document 1 verb",
        '2 Say "Hi", 1 s',
      ]);
    });
  }
  t.test("relative URLs of the document: resolved against the last location", async (t) => {
    const { start, requests, documents } = await twimlEmulator(t);
    Object.assign(documents, { "/dir/a": "<Redirect>b</Redirect>", "/dir/b": "<Pause/>" });
    await start(redirectTo("/dir/a"));
    t.same(await requests(), ["POST /voice", "GET /dir/a", "POST /dir/b"]);
  });
  t.test("of an action: its parameters are kept", async (t) => {
    const { start, takeAll, documents, advance } = await twimlEmulator(t);
    Object.assign(documents, { "/done": redirectTo("/there", 307), "/there": "<Pause/>" });
    await start("<Record action='/done'/>", { script: { speaks_for: 5 } });
    await advance(5);
    const [, first, second] = takeAll() as [Received, Received, Received];
    t.equal(second.url, "/there");
    t.same(second.form, first.form);
    t.match(second.form, { RecordingDuration: "5", Digits: "#" });
  });
  t.test("endless: the call ends after 100 requests", async (t) => {
    const { start, requests, statusOf } = await twimlEmulator(t);
    const sid = await start(redirectTo("/voice", 308));
    t.equal((await requests()).length, 100);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("redirect by POST /Calls/{Sid}", async (t) => {
  const VERBS = {
    Say: "<Say loop='0'>Hello</Say>",
    Play: "<Play>hold.mp3</Play>",
    Pause: "<Pause length='40'/>",
    Record: "<Record action='/action'/>",
    "Dial with a number": "<Dial action='/action'>+14155551212</Dial>",
    "Dial with a conference": "<Dial action='/action'><Conference>room</Conference></Dial>",
  };
  for (const [verb, verbs] of Object.entries(VERBS)) {
    for (const form of ["Url", "Twiml"] as const) {
      t.test(`with ${form} during <${verb}>: goes on with it at once`, async (t) => {
        const running = await twimlEmulator(t, { "/other": "<Say>Other</Say>" });
        const { start, redirect, base, advance, twiml, takeAll, statusOf, due } = running;
        const sid = await start(`${verbs}<Say>next</Say>`);
        await advance(4);
        const before = await twiml(sid);
        await redirect(
          sid,
          form === "Url" ? { Url: `${base}/other`, Method: "GET" } : { Twiml: "<Response><Say>Other</Say></Response>" },
        );
        t.same((await twiml(sid)).slice(before.length), [
          ...(form === "Url" ? ["6 request GET /other"] : []),
          "6 document 1 verb",
          '6 Say "Other", 1 s',
        ]);
        t.equal(await statusOf(sid), "in-progress");
        await advance(30);
        t.equal(await statusOf(sid), "completed");
        t.equal((await twiml(sid)).at(-1), "7 end no verb is left: the call ends");
        const [first, ...others] = takeAll().map(({ url }) => url.replace(/\?.*/, ""));
        t.equal(first, "/voice");
        t.same(others.sort(), [...(verb === "Record" ? ["/action"] : []), ...(form === "Url" ? ["/other"] : [])]);
        t.same(await due(), []);
      });
    }
  }
  t.test("during <Record>: the recording ends, without a key", async (t) => {
    const { start, redirect, advance, takeAll, recorded } = await twimlEmulator(t);
    const sid = await start("<Record action='/action'/>", { script: { speaks_for: 20 } });
    await advance(4);
    await redirect(sid, { Twiml: "<Response><Pause length='30'/></Response>" });
    t.match(takeAll()[1], { url: "/action", form: { Digits: "", RecordingDuration: "4" } });
    await advance(3);
    t.same(await recorded(sid), [["RecordVerb", "completed", "4"]]);
  });
  t.test("during <Dial>: the other call and its recording end", async (t) => {
    const { start, redirect, advance, childrenOf, recorded, statusOf } = await twimlEmulator(t);
    const sid = await start("<Dial record='true'>+14155551212</Dial>");
    await advance(6);
    await redirect(sid, { Twiml: "<Response><Pause length='30'/></Response>" });
    t.match(await childrenOf(sid), [{ status: "completed", duration: "4" }]);
    await advance(3);
    t.same(await recorded(sid), [["DialVerb", "completed", "4"]]);
    t.equal(await statusOf(sid), "in-progress");
  });
  t.test("during <Dial> before the answer: the other call is canceled", async (t) => {
    const { start, redirect, childrenOf } = await twimlEmulator(t);
    const sid = await start("<Dial>+14155551212</Dial>");
    await redirect(sid, { Twiml: "<Response><Pause length='30'/></Response>" });
    t.match(await childrenOf(sid), [{ status: "canceled" }]);
  });
  t.test("in a conference: leaves it, and can join it again", async (t) => {
    const { start, redirect, participantsOf, twiml, startWith } = await twimlEmulator(t);
    const verbs = "<Dial><Conference>room</Conference></Dial>";
    const sid = await start(verbs);
    const other = await startWith(verbs);
    const members = async () => (await participantsOf("room")).map((one: { call_sid: string }) => one.call_sid).sort();
    t.same(await members(), [sid, other].sort());
    await redirect(sid, { Twiml: "<Response><Pause length='30'/></Response>" });
    t.same(await members(), [other]);
    await redirect(sid, { Twiml: `<Response>${verbs}</Response>` });
    t.same(await members(), [sid, other].sort());
    t.match((await twiml(sid)).at(-1), /Dial conference "room"/);
  });
  t.test("during <Start><Recording>: it goes on", async (t) => {
    const { start, redirect, advance, recorded } = await twimlEmulator(t);
    const sid = await start("<Start><Recording/></Start><Pause length='9'/>");
    await redirect(sid, { Twiml: "<Response><Pause length='5'/></Response>" });
    await advance(8);
    t.same(await recorded(sid), [["StartCallRecordingTwiML", "completed", "5"]]);
  });
  t.test("while a document is requested: its answer has no effect", async (t) => {
    const { answer, release, arrival } = held("<Response><Say>late</Say></Response>");
    const { ring, post, twiml, advance } = await twimlEmulator(t);
    const sid = await ring(answer, { status: "in-progress" });
    await arrival;
    await post(callPath(sid), { Twiml: "<Response><Say>early</Say></Response>" });
    release();
    await advance(0);
    t.same(await twiml(sid), ["0 request POST /voice", "0 document 1 verb", '0 Say "early", 1 s']);
  });
  t.test("call that no TwiML was given for: goes on with it", async (t) => {
    const { done, redirect, twiml, statusOf, advance } = await twimlEmulator(t);
    const { sid } = await done("POST", "/calls", { status: "in-progress", script: { lasts: null } });
    await redirect(sid, { Twiml: "<Response><Pause length='5'/></Response>" });
    t.same(await twiml(sid), ["0 document 1 verb", "0 Pause 5 s"]);
    await advance(5);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("FallbackUrl: requested if the new document fails", async (t) => {
    const { start, redirect, base, requests, documents } = await twimlEmulator(t);
    documents["/fallback"] = "<Pause/>";
    const sid = await start("<Pause length='9'/>");
    await redirect(sid, { Twiml: "nope", FallbackUrl: `${base}/fallback` });
    t.same(await requests(), ["POST /voice", "POST /fallback"]);
  });
  t.test("public Url: what it did ends, and the call goes by its settings", async (t) => {
    const { start, redirect, twiml, statusOf, advance } = await twimlEmulator(t);
    const sid = await start("<Pause length='9'/><Hangup/>");
    await redirect(sid, { Url: "https://example.com/voice" });
    t.match((await twiml(sid)).at(-1), /^2 not-requested example\.com/);
    await advance(59);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
});
