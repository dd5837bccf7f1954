import { get } from "node:http";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { maskForm, maskHeaders } from "../../src/control/mask.js";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  EXAMPLE,
  emulator,
  KEY,
  KEY_SECRET,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
  TOKEN,
} from "../support/emulator.js";
import { eventStream } from "../support/events.js";

import { running, runningWithCa } from "../support/running.js";

const CALLS = `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`;
const CALL = { To: "+15005550001", From: "+15005550002", Url: "http://localhost/twiml" };

/** Starts an emulator that keeps answers. */
const keeping = (t: Test, overrides: Partial<Config> = {}) => emulator(t, { journalAnswers: true, ...overrides });
type Emulator = Awaited<ReturnType<typeof emulator>>;
/** Returns the details of the last request. */
async function last({ steer, state }: Emulator) {
  const { status, body } = await steer("GET", `/requests/${state.journal.latest()}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

t.test("request: its headers as received, its form as sent, its answer", async (t) => {
  const started = await keeping(t);
  const { statusCode, headers, body } = await started.post(CALLS, { ...CALL, Timeout: "20" });
  t.equal(statusCode, 201);
  const detail = await last(started);
  t.match(detail, { number: 1, operation: "CreateCall", status: 201, body_truncated: false });
  t.equal(detail.body, new URLSearchParams({ ...CALL, Timeout: "20" }).toString());
  t.match(Object.fromEntries(detail.headers), {
    host: /./,
    authorization: `Basic ${ACCOUNT}:***`,
    "content-type": "application/x-www-form-urlencoded",
  });
  t.equal(detail.answer.body, body);
  t.notOk(detail.answer.truncated);
  const answered = Object.fromEntries(detail.answer.headers);
  t.match(answered, {
    "Twilio-Request-Id": headers["twilio-request-id"],
    "Content-Type": headers["content-type"],
    "Content-Length": String(Buffer.byteLength(body)),
  });
});

t.test("request without a form: body is null", async (t) => {
  const started = await keeping(t);
  await started.send(pathOf(EXAMPLE));
  t.match(await last(started), { body: null, body_truncated: false });
  await started.send(CALLS, { method: "POST", payload: "{}", headers: { "content-type": "application/json" } });
  t.equal((await last(started)).body, null);
});

t.test("request that the log lacks: 404", async (t) => {
  const { steer, send, control } = await emulator(t);
  await send(pathOf(EXAMPLE));
  for (const url of ["/requests/2", "/requests/one", "/requests/01", `/requests/1?account=${SUBACCOUNT}`]) {
    t.match(await steer("GET", url), { status: 404, body: { error: /^there is no request/ } }, url);
  }
  t.match(await control.for().requests.get(1), {
    number: 1,
    bodyTruncated: false,
    answer: null,
    headers: [[/./, /./]],
  });
});

t.test("request for an unknown path: no operation", async (t) => {
  const started = await emulator(t);
  await started.send("/nope");
  t.match(await last(started), { operation: null, path: "/nope", status: 404 });
});

t.test("answer: kept while a client streams events, else null", async (t) => {
  const { url, control } = await running(t);
  const detail = async () => {
    await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED });
    const { requests } = control.for();
    const number = (await requests.list()).at(-1)?.number ?? 0;
    return requests.get(number);
  };
  t.equal((await detail()).answer, null);
  const { response, named } = await eventStream(t, `${url}/_emulator/events`);
  await named("ready");
  t.match(await detail(), { answer: { body: /"sid":/, truncated: false } });
  response.destroy();
  while (control.events.subscribers() > 0) await new Promise((resolve) => setImmediate(resolve));
  t.equal((await detail()).answer, null);
});

t.test("request of the response cache: the same details", async (t) => {
  const { url, control } = await running(t, { journalAnswers: true });
  const headers = { ...AUTHORIZED, "x-mine": "1" };
  const texts: string[] = [];
  for (let time = 0; time < 4; time++) texts.push(await (await fetch(url + pathOf(EXAMPLE), { headers })).text());
  const { requests } = control.for();
  await requests.waitFor({ count: 4 });
  const [first, ...others] = await Promise.all([1, 2, 3, 4].map(requests.get));
  const names = (pairs: [string, string][] | undefined) => pairs?.map(([name]) => name.toLowerCase()).sort();
  for (const one of others) {
    t.same(one.headers, first?.headers);
    t.equal(one.answer?.body, texts[0]);
    const added = names(one.answer?.headers)?.filter((name) => !["connection", "date"].includes(name));
    t.same(added, names(first?.answer?.headers));
    t.match(one, { body: null, headers: first?.headers });
  }
});

t.test("media, a HEAD, a broken body: no text of the answer; no answer: null", async (t) => {
  const started = await running(t, { journalAnswers: true });
  const { url, control } = started;
  const { requests, faults } = control.for();
  const media = `${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}.wav`;
  await (await fetch(media, { headers: AUTHORIZED })).arrayBuffer();
  await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED, method: "HEAD" });
  await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED, method: "DELETE" });
  await faults.arm({ body: "truncated", times: 1 });
  await (await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED })).text();
  await faults.arm({ drop: "before", times: 1 });
  await t.rejects(fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED }));
  await requests.waitFor({ count: 5 });
  const answers = (await Promise.all([1, 2, 3, 4, 5].map(requests.get))).map(({ answer }) => answer);
  t.match(answers[0], { body: null, truncated: false });
  t.equal(Object.fromEntries(answers[0]?.headers ?? [])["Content-Type"], "audio/x-wav");
  t.match(answers[1], { body: null });
  t.match(answers[2], { body: "" });
  t.match(answers[3], { body: null });
  t.equal(answers[4], null);
});

t.test("long headers, forms and answers: the first 8 KiB", async (t) => {
  const { url, control } = await running(t, { journalAnswers: true });
  const long = "é".repeat(6000);
  const headers: Record<string, string> = { ...AUTHORIZED };
  for (let index = 0; index < 12; index++) headers[`x-header-${index}`] = "x".repeat(1000);
  const form = { ...CALL, Twiml: long };
  const answer = await fetch(url + CALLS, { method: "POST", headers, body: new URLSearchParams(form) });
  await answer.text();
  const list = `${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?PageSize=1000`;
  const text = await (await fetch(list, { headers: AUTHORIZED })).text();
  const { requests } = control.for();
  await requests.waitFor({ count: 2 });
  const [created, listed] = await Promise.all([1, 2].map(requests.get));
  const sent = new URLSearchParams(form).toString();
  t.equal(created?.bodyTruncated, true);
  t.ok(created?.body?.startsWith("To=%2B15005550001&"));
  t.ok(sent.startsWith(created?.body ?? "-"));
  t.equal(created?.body?.length, 8192);
  const length = (created?.headers ?? []).flat().join("").length;
  t.ok(length > 7000 && length <= 8192, `${length}`);
  t.match(listed, { answer: { truncated: true } });
  t.ok(text.startsWith(listed?.answer?.body ?? "-"));
});

t.test("credentials of a request: masked, in headers, query, form and Referer", async (t) => {
  const started = await keeping(t);
  const url = `${CALLS}?StatusCallback=${encodeURIComponent("https://me:hidden1@host/x?y=1")}&Plain=https://a:hidden2@b/`;
  await started.post(
    url,
    { ...CALL, SipAuthUsername: "me", SipAuthPassword: "hidden3", RecordingStatusCallback: "http://a:hidden4@b:80/" },
    {
      headers: { cookie: "hidden5=1", referer: "http://me:hidden6@host/", "x-api-key": "hidden7", "x-plain": "1:2@3" },
    },
  );
  const detail = await last(started);
  t.notMatch(JSON.stringify(detail), "hidden");
  t.notMatch(JSON.stringify((await started.steer("GET", "/requests")).body), "hidden");
  t.notMatch(JSON.stringify((await started.steer("GET", "/requests/har")).body), "hidden");
  t.equal(detail.query, "StatusCallback=https%3A%2F%2Fme%3A***%40host%2Fx%3Fy%3D1&Plain=https%3A%2F%2Fa%3A***%40b%2F");
  t.match(detail.body, /&SipAuthUsername=me&SipAuthPassword=\*\*\*&/);
  t.match(Object.fromEntries(detail.headers), {
    cookie: "***",
    referer: "http://me:***@host/",
    "x-api-key": "***",
    "x-plain": "1:2@3",
  });
});

t.test("Authorization: only the user name of Basic remains", async (t) => {
  const masked = (value: string) => maskHeaders(["Authorization", value])[0]?.[1];
  t.equal(masked(basic(KEY, KEY_SECRET)), `Basic ${KEY}:***`);
  t.equal(masked(basic(KEY, "a:b")), `Basic ${KEY}:***`);
  t.equal(masked("Bearer abc"), "Bearer ***");
  t.equal(masked(`Basic ${Buffer.from("abc").toString("base64")}`), "Basic ***");
  t.equal(masked("abc"), "***");
  t.same(maskHeaders(["Proxy-Authorization", "Bearer abc"]), [["Proxy-Authorization", "Bearer ***"]]);
});

t.test("form that was cut off within a password: masked", async (t) => {
  t.equal(maskForm("a&b=1&Url=https%3A%2F%2Fme%3Ahid", true), "a&b=1&Url=https%3A%2F%2F");
  t.equal(maskForm("Url=https%3A%2F%2Fme%3Ahid%4", true), "Url=https%3A%2F%2F");
  t.equal(maskForm("Url=https%3A%2F%2Fhost%2Fpath", true), "Url=https%3A%2F%2Fhost%2Fpath");
  t.equal(maskForm("Url=https%3A%2F%2Fhost%3A80"), "Url=https%3A%2F%2Fhost%3A80");
  t.equal(maskForm("Bad=%zz"), "Bad=%zz");
  t.equal(maskForm("Bad=%zz+http%3A%2F%2Fme%3Ahidden%40host"), "Bad=%25zz%20http%3A%2F%2Fme%3A***%40host");
});

t.test("auth tokens in answers: masked, in each format", async (t) => {
  const started = await keeping(t);
  for (const path of [".json", ".xml", ".csv", `/${ACCOUNT}.json`, `/${ACCOUNT}.xml`]) {
    const { statusCode, body } = await started.send(`/2010-04-01/Accounts${path}`);
    t.equal(statusCode, 200, path);
    t.ok(body.includes(TOKEN), path);
    const text = JSON.stringify(await last(started));
    for (const token of [TOKEN, SUBACCOUNT_TOKEN]) t.notMatch(text, token, path);
    t.match(text, /"answer":.*\*\*\*/, path);
  }
});

t.test("HAR: the requests of the filter, as HAR 1.2", async (t) => {
  const started = await keeping(t);
  const { steer, send, post, control } = started;
  await send(`${pathOf(EXAMPLE)}?a=1&b=%20`, { headers: { host: "api.twilio.com" } });
  await post(CALLS, CALL);
  await send(pathOf(`RE${"9".repeat(32)}`));
  const { status, body } = await steer("GET", "/requests/har");
  t.equal(status, 200);
  const { version, creator, entries } = body.log;
  t.same([version, creator], ["1.2", { name: "twilio-recordings-emulator", version: "1.2.3" }]);
  t.match(entries, [
    {
      startedDateTime: /^\d{4}-.*Z$/,
      request: {
        method: "GET",
        url: `http://api.twilio.com${pathOf(EXAMPLE)}?a=1&b=%20`,
        queryString: [
          { name: "a", value: "1" },
          { name: "b", value: " " },
        ],
        bodySize: 0,
      },
      response: { status: 200, statusText: "OK", content: { mimeType: "application/json", text: /"sid"/ } },
      comment: "operation FetchRecording",
    },
    { request: { method: "POST", postData: { params: [{ name: "To", value: CALL.To }, {}, {}] } } },
    { response: { status: 404, statusText: "Not Found" }, comment: "operation FetchRecording, code 20404" },
  ]);
  t.equal(entries[0].response.bodySize, Buffer.byteLength(entries[0].response.content.text));
  t.same(
    (await control.for().requests.har({ operation: "CreateCall" })).log.entries.map(({ request }) => request.method),
    ["POST"],
  );
  t.equal((await steer("GET", "/requests/har?operation=Nope")).status, 400);
  t.equal((await (await emulator(t, { journal: 0 })).steer("GET", "/requests/har")).status, 409);
});

t.test("HAR over TLS: https; without answers, cut off or no answer: noted", async (t) => {
  const { url, ca, control } = await runningWithCa(t);
  const https = await import("node:https");
  const path = pathOf(EXAMPLE);
  await new Promise((resolve) =>
    https.get(url.replace("http:", "https:") + path, { ca, headers: AUTHORIZED }, (answer) =>
      answer.resume().once("end", resolve),
    ),
  );
  await control.for().faults.arm({ drop: "before", times: 1 });
  await t.rejects(fetch(url + path, { headers: AUTHORIZED }));
  const keeps = await eventStream(t, `${url}/_emulator/events`);
  await keeps.named("ready");
  const list = `${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;
  await (await fetch(list, { headers: AUTHORIZED })).text();
  await control.for().requests.waitFor({ count: 3 });
  const { entries } = (await control.for().requests.har()).log;
  t.match(entries, [
    { request: { url: /^https:\/\/127.0.0.1:\d+\/2010/ }, response: { status: 200, content: { comment: "not kept" } } },
    {
      response: { status: 0, statusText: "", bodySize: -1, content: { size: 0, mimeType: "x-unknown" } },
      comment: "operation FetchRecording, fault F1",
    },
    { response: { content: { comment: "the first 8 KiB" } } },
  ]);
});

t.test("request without a Host header: HAR names localhost", async (t) => {
  const { url, control } = await running(t);
  await new Promise((resolve) =>
    get(url + pathOf(EXAMPLE), { headers: AUTHORIZED, setHost: false }, (answer) =>
      answer.resume().once("end", resolve),
    ),
  );
  await control.for().requests.waitFor();
  const [entry] = (await control.for().requests.har()).log.entries;
  t.equal(entry?.request.url, `http://localhost${pathOf(EXAMPLE)}`);
});
