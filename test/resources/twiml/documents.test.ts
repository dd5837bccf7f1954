import t from "tap";
import { isSigned, keysOf, VOICE_KEYS } from "../../support/callbacks.js";
import { callPath } from "../../support/calls.js";
import { ACCOUNT } from "../../support/emulator.js";
import { type Received, receiver } from "../../support/receiver.js";
import { redirectTo, twimlEmulator, xml } from "../../support/twiml.js";

const HANG_UP = "<Response><Hangup/></Response>";

t.test("request", async (t) => {
  t.test("inbound call: POST with the 25 voice parameters in wire order, CallStatus ringing, signed", async (t) => {
    const { start, takeAll, base, statusOf } = await twimlEmulator(t);
    const sid = await start("<Pause/>");
    const [request, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.match(request, { method: "POST", url: "/voice" });
    t.same(keysOf(request), VOICE_KEYS);
    t.match(request.form, {
      CallSid: sid,
      CallStatus: "ringing",
      Direction: "inbound",
      AccountSid: ACCOUNT,
      ApiVersion: "2010-04-01",
      Called: request.form.To as string,
      Caller: request.form.From as string,
    });
    t.ok(isSigned(request, base));
    t.equal(await statusOf(sid), "in-progress");
  });
  t.test("method GET: the parameters in the query, signed", async (t) => {
    const { start, takeAll, base } = await twimlEmulator(t);
    await start("<Pause/>", { method: "GET" });
    const [request, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.match(request, { method: "GET", body: "" });
    t.same(keysOf(request), VOICE_KEYS);
    t.ok(isSigned(request, base));
  });
  t.test("call by the API with Url and Method: CallStatus in-progress", async (t) => {
    const { documents, base, create, advance, takeAll } = await twimlEmulator(t);
    documents["/a"] = "<Pause/>";
    const sid = await create({ Url: `${base}/a?b=1`, Method: "GET" });
    await advance(1);
    t.same(takeAll(), [], "none before the answer");
    await advance(1);
    const [request] = takeAll() as [Received];
    t.match(request, { method: "GET", url: /^\/a\?b=1&Called=/ });
    t.match(request.form, { CallSid: sid, CallStatus: "in-progress", Direction: "outbound-api" });
    t.ok(isSigned(request, base));
  });
  t.test("user and password in the URL: not in the history", async (t) => {
    const { done, advance, twiml, port } = await twimlEmulator(t);
    const url = `http://jo:secret@127.0.0.1:${port}/voice`;
    const { sid } = await done("POST", "/calls", { url });
    await advance(2);
    t.equal((await twiml(sid))[0], `2 request POST http://jo:***@127.0.0.1:${port}/voice`);
  });
  t.test("Url and Twiml: Url precedes", async (t) => {
    const { base, create, advance, requests } = await twimlEmulator(t, { "/a": "<Pause/>" });
    await create({ Url: `${base}/a`, Twiml: "<Response/>" });
    await advance(2);
    t.same(await requests(), ["POST /a"]);
  });
  t.test("ApplicationSid: no request, the call goes by its settings", async (t) => {
    const { create, advance, twiml, requests, statusOf } = await twimlEmulator(t);
    const sid = await create({ ApplicationSid: `AP${"a".repeat(32)}` });
    await advance(11);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
    t.same(await twiml(sid), []);
    t.same(await requests(), []);
  });
  for (const outcome of ["busy", "no-answer", "failed", "canceled"]) {
    t.test(`call that is ${outcome}: no request`, async (t) => {
      const { start, twiml, requests } = await twimlEmulator(t);
      const sid = await start("<Pause/>", { script: { outcome } });
      t.same(await twiml(sid), []);
      t.same(await requests(), []);
    });
  }
  t.test("invalid url of a control call: 400", async (t) => {
    const { steer } = await twimlEmulator(t);
    t.same(await steer("POST", "/calls", { url: "http://a b/" }), {
      status: 400,
      body: { error: 'url is "http://a b/"; expected: An absolute http or https URL' },
    });
  });
  for (const [status, expected] of [
    ["in-progress", "in-progress"],
    ["completed", "completed"],
  ] as const) {
    t.test(`control call that is made ${status}: its document is requested`, async (t) => {
      const { ring, requests, statusOf, twiml } = await twimlEmulator(t);
      const sid = await ring("<Pause length='5'/>", { status });
      t.same(await requests(), ["POST /voice"]);
      t.equal(await statusOf(sid), expected);
      t.equal((await twiml(sid)).length, status === "completed" ? 1 : 3);
    });
  }
});

t.test("answer", async (t) => {
  t.test("text/plain: said", async (t) => {
    const { start, twiml } = await twimlEmulator(t);
    const sid = await start((_, response) => {
      response.setHeader("content-type", "text/plain; charset=utf-8").end("<Hello> there");
    });
    t.same(await twiml(sid), ["2 request POST /voice", "2 document 1 verb", '2 Say "<Hello> there", 1 s']);
  });
  t.test("sound: played", async (t) => {
    const { start, twiml } = await twimlEmulator(t);
    const sid = await start((_, response) => response.setHeader("content-type", "audio/mpeg").end("\xff\xfb"));
    t.same(await twiml(sid), ["2 request POST /voice", "2 document 1 verb", "2 Play 5 s"]);
  });
  for (const type of [undefined, "application/xml", "text/html"]) {
    t.test(`TwiML as ${type ?? "no type"}: executed`, async (t) => {
      const { start, twiml } = await twimlEmulator(t);
      const sid = await start((_, response) => {
        if (type !== undefined) response.setHeader("content-type", type);
        response.end("<Response><Say>Hi</Say></Response>");
      });
      t.match(await twiml(sid), [/request/, "2 document 1 verb", '2 Say "Hi", 1 s']);
    });
  }
  t.test("document of 64 KiB: read; a larger one: cut off, 12100", async (t) => {
    const { start, twiml } = await twimlEmulator(t);
    const verbs = (length: number) => {
      const frame = "<Response><Pause/><!----></Response>".length;
      return xml(`<Response><Pause/><!--${"a".repeat(length - frame)}--></Response>`);
    };
    t.match(await twiml(await start(verbs(65_536))), [/request/, "2 document 1 verb", "2 Pause 1 s"]);
    t.match((await twiml(await start(verbs(65_537)))).slice(1), [/^4 error 12100: no XML: /]);
  });
  t.test("answer in the delivery log: its first kilobyte, without the document", async (t) => {
    const { start, done } = await twimlEmulator(t);
    const sid = await start(xml(`<Response><Say>${"a".repeat(2000)}</Say></Response>`));
    const { callbacks } = await done("GET", `/callbacks?sid=${sid}`);
    t.match(callbacks, [{ event: "call.twiml", state: "delivered", attempts: [{ status: 200 }] }]);
    t.equal(callbacks[0].attempts[0].answer.length, 1024);
    t.notOk("document" in callbacks[0]);
  });
});

t.test("failure without a fallback: the call ends as completed", async (t) => {
  for (const [title, answer, note] of [
    ["status 404", xml("<Response/>", 404), "11200: status 404"],
    ["status 500", xml("<Response/>", 500), "11200: status 500"],
    ["no TwiML", xml("<html/>"), "12100: the root is <html>; expected: <Response>"],
    ["empty body", xml(""), /^2 error 12100: no XML: /],
    ["redirect without a location", xml("", 302), /^2 error 12100: no XML: /],
    ["redirect to another scheme", redirectTo("ftp://example.com/"), /^2 error 12100: no XML: /],
  ] as const) {
    t.test(title, async (t) => {
      const { start, twiml, statusOf, due } = await twimlEmulator(t);
      const sid = await start(answer);
      t.match(await twiml(sid), ["2 request POST /voice", typeof note === "string" ? `2 error ${note}` : note]);
      t.equal(await statusOf(sid), "completed");
      t.same(await due(), []);
    });
  }
  t.test("connection that is dropped", async (t) => {
    const { start, twiml, statusOf } = await twimlEmulator(t);
    const sid = await start((_, response) => response.destroy());
    t.match(await twiml(sid), [/request/, /^2 error 11200: \w/]);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("fault drop", async (t) => {
    const { ring, done, advance, twiml, statusOf, requests } = await twimlEmulator(t);
    await done("POST", "/callback-faults", { fault: "drop", event: "call.twiml" });
    const sid = await ring("<Pause/>");
    await advance(2);
    t.same(await twiml(sid), ["2 request POST /voice", "2 error 11200: dropped by a fault"]);
    t.equal(await statusOf(sid), "completed");
    t.same(await requests(), []);
  });
  t.test("fault duplicate: two requests, executed once", async (t) => {
    const { ring, done, advance, twiml, requests } = await twimlEmulator(t);
    await done("POST", "/callback-faults", { fault: "duplicate" });
    const sid = await ring("<Pause length='9'/>");
    await advance(2);
    t.same(await twiml(sid), ["2 request POST /voice", "2 document 1 verb", "2 Pause 9 s"]);
    t.same(await requests(), ["POST /voice", "POST /voice"]);
  });
});

t.test("fallback", async (t) => {
  for (const [title, answer, code] of [
    ["status 500", xml("", 500), "11200"],
    ["no TwiML", xml("Hello"), "12100"],
  ] as const) {
    t.test(`${title}: requested with ErrorCode and ErrorUrl`, async (t) => {
      const { documents, base, create, advance, takeAll, twiml, statusOf } = await twimlEmulator(t);
      Object.assign(documents, { "/voice": answer, "/fallback": "<Pause length='5'/>" });
      const sid = await create({
        Url: `${base}/voice`,
        FallbackUrl: `${base}/fallback`,
        FallbackMethod: "GET",
      });
      await advance(2);
      const [, request] = takeAll() as [Received, Received];
      t.match(request, { method: "GET", url: /^\/fallback\?/ });
      t.match(request.form, { CallSid: sid, ErrorCode: code, ErrorUrl: `${base}/voice` });
      t.ok(isSigned(request, base));
      t.match(await twiml(sid), [
        "2 request POST /voice",
        new RegExp(`^2 error ${code}: `),
        "2 request GET /fallback",
        "2 document 1 verb",
        "2 Pause 5 s",
      ]);
      await advance(5);
      t.equal(await statusOf(sid), "completed");
    });
  }
  t.test("of Twiml that is invalid: requested, ErrorUrl empty", async (t) => {
    const { base, create, advance, takeAll } = await twimlEmulator(t, { "/fallback": "<Pause/>" });
    await create({ Twiml: "<Respons/>", FallbackUrl: `${base}/fallback` });
    await advance(2);
    t.match(takeAll(), [{ method: "POST", url: "/fallback", form: { ErrorCode: "12100", ErrorUrl: "" } }]);
  });
  t.test("that fails too: requested once, the call ends", async (t) => {
    const { documents, base, create, advance, requests, statusOf } = await twimlEmulator(t);
    Object.assign(documents, { "/voice": xml("", 500), "/fallback": xml("", 500) });
    const sid = await create({ Url: `${base}/voice`, FallbackUrl: `${base}/fallback` });
    await advance(2);
    t.same(await requests(), ["POST /voice", "POST /fallback"]);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("after a later document: requested", async (t) => {
    const { documents, base, create, advance, requests } = await twimlEmulator(t);
    Object.assign(documents, {
      "/voice": "<Pause/><Redirect>/next</Redirect>",
      "/next": xml("", 404),
      "/fallback": "<Pause/>",
    });
    await create({ Url: `${base}/voice`, FallbackUrl: `${base}/fallback` });
    await advance(3);
    t.same(await requests(), ["POST /voice", "POST /next", "POST /fallback"]);
  });
  t.test("that is no URL: as without one", async (t) => {
    const { base, create, advance, statusOf, documents } = await twimlEmulator(t);
    documents["/voice"] = xml("", 500);
    const sid = await create({ Url: `${base}/voice`, FallbackUrl: "nope" });
    await advance(2);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("public host", async (t) => {
  const URL = "https://example.com/voice.xml";
  const NOTE =
    "example.com is no local host: request it elsewhere with --callback-map, or allow it with --public-callbacks";
  t.test("not requested, the call lasts as its settings say", async (t) => {
    const { create, advance, twiml, statusOf, done } = await twimlEmulator(t);
    const sid = await create({ Url: URL });
    await advance(2);
    t.same(await twiml(sid), [`2 not-requested ${NOTE}`]);
    await advance(9);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
    t.equal((await done("GET", "/callbacks")).count, 0);
  });
  t.test("instant call: over at once; with lasts null, it goes on", async (t) => {
    const { done, advance, statusOf } = await twimlEmulator(t);
    const { sid } = await done("POST", "/calls", { url: URL, script: { instant: true, lasts: 42 } });
    const other = await done("POST", "/calls", { url: URL, script: { instant: true, lasts: null } });
    await advance(0);
    t.equal(await statusOf(sid), "completed");
    t.equal(await statusOf(other.sid), "in-progress");
  });
  t.test("later document, also after a redirect of HTTP: the call goes on by its settings", async (t) => {
    const { start, twiml, statusOf, advance } = await twimlEmulator(t);
    for (const answer of [`<Redirect>${URL}</Redirect>`, redirectTo(URL)]) {
      const sid = await start(answer);
      t.match((await twiml(sid)).at(-1), / not-requested example\.com is no local host/);
      t.equal(await statusOf(sid), "in-progress");
      await advance(60);
      t.equal(await statusOf(sid), "completed");
    }
  });
  t.test("--callback-map: requested from the mapped URL, relative URLs are of the public one", async (t) => {
    const { port, take } = await receiver(t, ({ url }, response) => {
      response.end(`<Response>${url === "/a/voice" ? "<Redirect>next?b=1</Redirect>" : "<Pause/>"}</Response>`);
    });
    const callbackMap = [`https://example.com=http://127.0.0.1:${port}/a`];
    const { done, advance, twiml } = await twimlEmulator(t, {}, { callbackMap });
    const { sid } = await done("POST", "/calls", { url: "https://example.com/voice" });
    await advance(2);
    const [first, second] = take() as [Received, Received];
    t.same([first.url, second.url], ["/a/voice", "/a/next?b=1"]);
    t.ok(isSigned({ ...first, url: "/voice" }, "https://example.com"));
    t.ok(isSigned({ ...second, url: "/next?b=1" }, "https://example.com"));
    t.match(await twiml(sid), [
      "2 request POST https://example.com/voice",
      "2 document 1 verb",
      "2 request POST https://example.com/next?b=1",
    ]);
  });
  t.test("map of an account: requested from the mapped URL", async (t) => {
    const { documents, done, advance, port, requests, create } = await twimlEmulator(t);
    documents["/voice.xml"] = "<Pause/>";
    await done("PUT", "/callback-map", { "https://example.com": `http://127.0.0.1:${port}` });
    await create({ Url: URL });
    await advance(2);
    t.same(await requests(), ["POST /voice.xml"]);
  });
  t.test("link-local address, although public hosts are allowed: not requested", async (t) => {
    const { done, advance, twiml, statusOf } = await twimlEmulator(t, {}, { publicCallbacks: true });
    const { sid } = await done("POST", "/calls", { url: "http://169.254.169.254/voice" });
    await advance(2);
    t.match(await twiml(sid), [/request/, /^2 not-requested 169\.254\.169\.254 is a link-local address/]);
    t.equal(await statusOf(sid), "in-progress");
    await advance(10);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("public hosts allowed: requested", async (t) => {
    const { done, advance, twiml, statusOf } = await twimlEmulator(t, {}, { publicCallbacks: true });
    const { sid } = await done("POST", "/calls", { url: "http://nobody.invalid/voice" });
    await advance(2);
    t.match(await twiml(sid), ["2 request POST http://nobody.invalid/voice", /^2 error 11200: /]);
    t.equal(await statusOf(sid), "completed");
  });
});

t.test("runs_twiml false", async (t) => {
  t.test("no request, the call goes by its settings", async (t) => {
    const { start, requests, twiml, statusOf, advance } = await twimlEmulator(t);
    const sid = await start("<Hangup/>", { script: { runs_twiml: false } });
    t.same(await requests(), []);
    t.same(await twiml(sid), []);
    await advance(59);
    t.equal(await statusOf(sid), "in-progress");
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("instant call: over at once, with the length of its settings", async (t) => {
    const { ring, fetchCall, advance } = await twimlEmulator(t);
    const sid = await ring("<Hangup/>", { script: { runs_twiml: false, instant: true, lasts: 42 } });
    await advance(0);
    t.match(await fetchCall(sid), { status: "completed", duration: "42" });
  });
  t.test("setting of the account: Url and Twiml have no effect, nor has a redirect", async (t) => {
    const { configure, create, advance, post, statusOf, requests, base, participantsOf, done } = await twimlEmulator(t);
    await configure({ runs_twiml: false, lasts: null });
    const sid = await create({ Twiml: HANG_UP });
    await create({ Url: `${base}/voice` });
    await advance(2);
    t.equal((await post(callPath(sid), { Twiml: HANG_UP })).statusCode, 200);
    t.equal(await statusOf(sid), "in-progress");
    const member = await done("POST", "/calls", { status: "in-progress", conference: { friendly_name: "room" } });
    await post(callPath(member.sid), { Url: `${base}/voice` });
    t.equal((await participantsOf("room")).length, 1, "remains in its conference");
    t.same(await requests(), []);
  });
});
