import { once } from "node:events";
import { connect } from "node:net";
import { mock } from "node:test";
import t, { type Test } from "tap";
import { ACCOUNT, AUTHORIZED, basic, EXAMPLE, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";
import { running } from "../support/running.js";

const MEDIA = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${numbered("05")}`;

t.test("error by code: Twilio's error response; only the request log contains the fault", async (t) => {
  const { steer, send } = await emulator(t);
  const real = await send(pathOf(numbered("99")));
  const path = pathOf(EXAMPLE);
  for (const [code, status, message] of [
    [20003, 401, "Authenticate"],
    [20004, 405, "The requested method is not allowed"],
    [20404, 404, `The requested resource ${path} was not found`],
    [20429, 429, "Too Many Requests"],
    [20500, 500, "Internal Server Error"],
    [20503, 503, "Service Unavailable"],
  ] as const) {
    await steer("DELETE", "/faults");
    const { status: armed, body: fault } = await steer("POST", "/faults", { error: code });
    t.equal(armed, 201);
    const answer = await send(path);
    t.equal(answer.statusCode, status);
    t.same(answer.json(), { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
    t.equal(answer.headers["x-twilio-error-code"], String(code));
    t.notOk("x-emulator-fault" in answer.headers || "retry-after" in answer.headers);
    if (status === 404) t.same(Object.keys(answer.headers), Object.keys(real.headers));
    if (status === 401) t.equal(answer.headers["www-authenticate"], 'Basic realm="Twilio API"');
    const { requests } = (await steer("GET", `/requests?fault=${fault.id}`)).body;
    t.match(requests, [{ status, code, fault: fault.id }]);
  }
});

t.test("error in XML, with Retry-After, and with custom code, status and message", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("POST", "/faults", { error: 20429, retry_after: 3, times: 1 });
  const answer = await send(MEDIA);
  t.equal(answer.headers["retry-after"], "3");
  t.match(answer.body, "<Code>20429</Code><Message>Too Many Requests</Message>");
  await steer("POST", "/faults", { error: { code: 21220, status: 400, message: "not eligible" } });
  t.same((await send(pathOf(EXAMPLE))).json(), {
    code: 21220,
    message: "not eligible",
    more_info: "https://www.twilio.com/docs/errors/21220",
    status: 400,
  });
});

t.test("times 2: 404 twice, then 200", async (t) => {
  const { steer, send } = await emulator(t);
  const { body } = await steer("POST", "/faults", { error: 20404, times: 2 });
  t.same(body, { id: "F1", error: 20404, times: 2, seen: 0, struck: 0 });
  const statuses = [];
  for (let time = 0; time < 4; time++) statuses.push((await send(pathOf(EXAMPLE))).statusCode);
  t.same(statuses, [404, 404, 200, 200]);
  t.match((await steer("GET", "/faults")).body.faults, [{ id: "F1", seen: 4, struck: 2 }]);
});

t.test("after: skips requests; probability: the same requests for the same seed", async (t) => {
  const statusesOf = async (fault: object) => {
    const { steer, send } = await emulator(t);
    await steer("POST", "/faults", { error: 20503, ...fault });
    const statuses = [];
    for (let time = 0; time < 20; time++) statuses.push((await send(pathOf(EXAMPLE))).statusCode);
    return statuses.join();
  };
  t.match(await statusesOf({ after: 2, times: 1 }), /^200,200,503,200,/);
  const half = await statusesOf({ probability: 0.5 });
  t.ok(half.includes("200") && half.includes("503"));
  t.equal(await statusesOf({ probability: 0.5 }), half);
  t.notMatch(await statusesOf({ probability: 0 }), "503");
});

t.test("fault with keys: applies only to requests that match all of them", async (t) => {
  const { steer, send } = await emulator(t);
  const list = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;
  for (const [match, met] of [
    [{ method: "DELETE" }, [200, 200, 503, 200]],
    [{ operation: "ListRecording" }, [200, 503, 404, 200]],
    [{ sid: EXAMPLE }, [503, 200, 404, 200]],
    [{ path: "/2010-04-01/Accounts/*/Recordings/RE*" }, [503, 200, 503, 503]],
    [{ path: list }, [200, 503, 404, 200]],
    [{ path: list, method: "POST" }, [200, 200, 404, 200]],
  ] as const) {
    await steer("DELETE", "/faults");
    await steer("POST", "/faults", { error: 20503, ...match });
    const answers = [
      await send(pathOf(EXAMPLE)),
      await send(list),
      await send(pathOf(numbered("99")), { method: "DELETE" }),
      await send(pathOf(numbered("13"), SUBACCOUNT)),
    ];
    t.same(
      answers.map(({ statusCode }) => statusCode),
      met,
      JSON.stringify(match),
    );
  }
});

t.test("faults of one account: listed and cleared by account; a single fault: removed by id", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("POST", `/faults?account=${SUBACCOUNT}`, { error: 20503 });
  t.same((await steer("GET", `/faults?account=${SUBACCOUNT}`)).body.faults, [
    { id: "F1", error: 20503, account: SUBACCOUNT, seen: 0, struck: 0 },
  ]);
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 200);
  t.equal((await send(pathOf(numbered("13"), SUBACCOUNT))).statusCode, 503);
  await steer("POST", "/faults", { error: 20500 });
  await steer("DELETE", `/faults?account=${SUBACCOUNT}`);
  t.match((await steer("GET", "/faults")).body.faults, [{ id: "F2" }]);
  t.equal((await steer("DELETE", "/faults/F2")).status, 204);
  t.same(await steer("DELETE", "/faults/F2"), { status: 404, body: { error: 'there is no fault "F2"' } });
});

t.test("requests with invalid credentials: 401, and no fault applies", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("POST", "/faults", { error: 20503 });
  t.equal((await send(pathOf(EXAMPLE), { headers: { authorization: basic(ACCOUNT, "no") } })).statusCode, 401);
});

t.test("payload storage: faults of the account in its path apply", async (t) => {
  const { steer, send } = await emulator(t);
  const payload = `/_storage/${ACCOUNT}/XH${numbered("01").slice(2)}`;
  t.equal((await send(payload)).statusCode, 200);
  t.equal((await send(`/_storage/nope/XH${numbered("01").slice(2)}`)).statusCode, 404);
  await steer("POST", `/faults?account=${ACCOUNT}`, { error: 20503 });
  t.equal((await send(payload)).statusCode, 503);
  await steer("POST", "/faults", { delay: [0, 1] });
  t.equal((await send("/_storage/nope/nope")).statusCode, 404);
  t.match((await steer("GET", "/requests")).body.requests, [
    { account: ACCOUNT },
    { account: null },
    { account: ACCOUNT },
    { account: null, fault: "F2" },
  ]);
});

t.test("delay: response after that time, not before", async (t) => {
  for (const [delay, least] of [
    [5000, 5000],
    [[4000, 6000], 4000],
  ] as const) {
    const { steer, send } = await emulator(t);
    await steer("POST", "/faults", { delay });
    mock.timers.enable({ apis: ["setTimeout"] });
    t.teardown(() => mock.timers.reset());
    let answered = false;
    const answer = send(pathOf(EXAMPLE)).then(({ statusCode }) => {
      answered = true;
      return statusCode;
    });
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    mock.timers.tick(least - 1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    t.notOk(answered);
    mock.timers.tick(2001);
    t.equal(await answer, 200);
    mock.timers.reset();
  }
});

t.test("truncated and malformed: complete HTTP responses with invalid bodies", async (t) => {
  const { steer, send } = await emulator(t);
  const whole = await send(MEDIA);
  for (const path of [pathOf(EXAMPLE), pathOf(numbered("99")), MEDIA]) {
    const { rawPayload: real } = await send(path);
    await steer("POST", "/faults", { body: "truncated" });
    const half = await send(path);
    t.same(half.rawPayload, real.subarray(0, Math.floor(real.length / 2)));
    t.equal(half.headers["content-length"], String(half.rawPayload.length));
    await steer("DELETE", "/faults");
    await steer("POST", "/faults", { body: "malformed" });
    const malformed = await send(path);
    t.same(malformed.rawPayload, Buffer.concat([Buffer.from("<"), real]));
    t.equal(malformed.headers["content-length"], String(malformed.rawPayload.length));
    t.equal((await send(pathOf(numbered("06")), { method: "DELETE" })).statusCode, 409);
    await steer("DELETE", "/faults");
  }
  await steer("POST", "/faults", { body: "malformed" });
  t.equal((await send(MEDIA, { method: "HEAD" })).headers["content-length"], whole.headers["content-length"]);
});

async function serve(t: Test) {
  const { control, port, url, close } = await running(t);
  /** Returns all bytes until the connection closes. */
  const bytesOf = async (path: string) => {
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${AUTHORIZED.authorization}\r\n\r\n`,
    );
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {});
    await once(socket, "close");
    return Buffer.concat(chunks);
  };
  return { control, url, close, bytesOf };
}

t.test("drop before: no bytes; the request log contains the fault", async (t) => {
  const { control, bytesOf } = await serve(t);
  await control.for().faults.arm({ drop: "before", delay: 0 });
  t.equal((await bytesOf(pathOf(EXAMPLE))).length, 0);
  t.match(await control.for().requests.waitFor(), [{ status: null, fault: "F1", request_id: null }]);
});

t.test("drop middle: half of the Content-Length", async (t) => {
  const { control, url, bytesOf } = await serve(t);
  for (const path of [pathOf(EXAMPLE), MEDIA]) {
    const real = Buffer.from(await (await fetch(url + path, { headers: AUTHORIZED })).arrayBuffer());
    await control.for().faults.arm({ drop: "middle", times: 1 });
    const bytes = await bytesOf(path);
    const body = bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
    t.match(bytes.toString("latin1"), new RegExp(`content-length: ${real.length}\r\n`, "i"));
    t.equal(body.length, Math.floor(real.length / 2));
  }
  t.match(await control.for().requests.waitFor({ fault: "F2" }), [{ status: 200 }]);
});

t.test("connection closed or emulator closing during a delay: the delay ends", async (t) => {
  const { control, url, close } = await serve(t);
  await control.for().faults.arm({ delay: 600_000 });
  const gone = new AbortController();
  const request = fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED, signal: gone.signal });
  const armed = async () => (await control.for().faults.list())[0]?.struck;
  while ((await armed()) !== 1) await new Promise((resolve) => setImmediate(resolve));
  gone.abort();
  await t.rejects(request, { name: "AbortError" });
  t.equal((await control.for().requests.waitFor({ fault: "F1" })).length, 1);
  const late = fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED });
  while ((await armed()) !== 2) await new Promise((resolve) => setImmediate(resolve));
  const [answer] = await Promise.all([late, close()]);
  t.equal(answer.status, 200);
});

t.test("invalid values: 400, with the value and the allowed values", async (t) => {
  const { steer } = await emulator(t);
  for (const [body, message] of [
    [{}, /^the call is given \{\}; expected: An object with error, delay, drop or body\.$/],
    [{ error: 1 }, /^error is 1; expected: One of the codes 20003, 20004, 20404, 20500, 20429, 20503; or an object/],
    [{ error: { code: 1 } }, /^error is \{"code":1\}; expected: One of the codes/],
    [{ delay: -1 }, /^delay is -1; expected: Milliseconds to wait, 0 to 600000; or an array/],
    [{ delay: [2, 1] }, "delay is [2,1]; expected: the least before the most"],
    [{ error: 20404, times: 0 }, /^times is 0; expected: A whole number from 1/],
    [{ error: 20404, probability: 2 }, "probability is 2; expected: A number from 0 to 1."],
    [{ error: 20404, drop: "before" }, "drop goes with neither error nor body; expected: one of them"],
    [{ body: "truncated", drop: "before" }, "drop goes with neither error nor body; expected: one of them"],
    [{ drop: "middle", retry_after: 1 }, "retry_after is 1 without error; expected: both"],
    [{ error: 20404, method: "get" }, 'method is "get"; expected: An HTTP method in capitals, such as GET.'],
    [{ error: 20404, sid: "x" }, 'sid is "x"; expected: A SID anywhere in the path.'],
    [{ error: 20404, sids: "x" }, /^sids is unknown; expected one of error, /],
  ] as const) {
    const answer = await steer("POST", "/faults", body);
    t.equal(answer.status, 400);
    t.match(answer.body.error, message);
  }
  t.same((await steer("GET", "/faults")).body, { faults: [] });
});
