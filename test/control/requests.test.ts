import { request } from "node:http";
import t from "tap";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
  TOKEN,
} from "../support/emulator.js";
import { controlsOf, onEachHandle } from "../support/handles.js";
import { running } from "../support/running.js";

const LIST = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;

t.test("every request: logged with its response, without credentials", async (t) => {
  const { steer, send } = await emulator(t);
  const answer = await send(`${pathOf(EXAMPLE)}?IncludeSoftDeleted=true`, { headers: { "user-agent": "test/1" } });
  await send(pathOf(numbered("99")), { method: "DELETE" });
  await send(LIST, { headers: { authorization: basic(ACCOUNT, "wrong") } });
  const { status, body } = await steer("GET", "/requests");
  t.equal(status, 200);
  t.equal(body.count, 3);
  t.match(body.requests, [
    {
      number: 1,
      time: /^\d{4}-.*Z$/,
      method: "GET",
      path: pathOf(EXAMPLE),
      query: "IncludeSoftDeleted=true",
      operation: "FetchRecording",
      account: ACCOUNT,
      user_agent: "test/1",
      request_id: answer.headers["twilio-request-id"],
      status: 200,
      code: null,
      fault: null,
    },
    { number: 2, method: "DELETE", operation: "DeleteRecording", query: "", status: 404, code: 20404 },
    { number: 3, operation: "ListRecording", account: null, status: 401, code: 20003 },
  ]);
  t.ok(body.requests.every(({ duration }: { duration: number }) => duration >= 0));
  const text = JSON.stringify(body);
  for (const secret of [TOKEN, AUTHORIZED.authorization, "wrong"]) t.notMatch(text, secret);
});

t.test("requests with each filter: 200", async (t) => {
  const { steer, send } = await emulator(t);
  await send(pathOf(EXAMPLE));
  await send(LIST);
  await send(pathOf(numbered("13"), SUBACCOUNT));
  await send(pathOf(numbered("05")), { method: "DELETE" });
  const numbers = async (query: string) =>
    (await steer("GET", `/requests?${query}`)).body.requests.map(({ number }: { number: number }) => number);
  t.same(await numbers("method=GET"), [1, 2, 3]);
  t.same(await numbers("operation=ListRecording"), [2]);
  t.same(await numbers(`sid=${EXAMPLE.replaceAll("a", "A")}`), [1]);
  t.same(await numbers(`path=${encodeURIComponent("/2010-04-01/*/Recordings/*.json")}`), [1, 3, 4]);
  t.same(await numbers(`path=${LIST}`), [2]);
  t.same(await numbers("status=204"), [4]);
  t.same(await numbers("code=20404"), []);
  t.same(await numbers("fault=F1"), []);
  t.same(await numbers("since=2"), [3, 4]);
  t.same(await numbers(`account=${SUBACCOUNT}`), [3]);
  t.match(await steer("GET", "/requests?nope=1"), {
    status: 400,
    body: { error: /^the parameter nope is unknown; expected one of account, method, / },
  });
  t.same((await steer("GET", "/requests?status=ok")).body, {
    error: 'status is "ok"; expected: An HTTP status such as 200.',
  });
});

t.test("clear, for one account or all: 204", async (t) => {
  const { steer, send } = await emulator(t);
  await send(LIST);
  await send(pathOf(numbered("13"), SUBACCOUNT));
  t.equal((await steer("DELETE", `/requests?account=${ACCOUNT}`)).status, 204);
  t.equal((await steer("GET", "/requests")).body.count, 1);
  await steer("DELETE", "/requests");
  t.equal((await steer("GET", "/requests")).body.count, 0);
});

t.test("--journal 2: the last two requests of each account are kept", async (t) => {
  const { steer, send } = await emulator(t, { journal: 2 });
  await send(pathOf(numbered("13"), SUBACCOUNT));
  for (let time = 0; time < 5; time++) await send(LIST);
  const { requests } = (await steer("GET", "/requests")).body;
  t.same(
    requests.map(({ number }: { number: number }) => number),
    [1, 5, 6],
  );
});

t.test("--journal 0: no entries, 409", async (t) => {
  const { steer, send, state } = await emulator(t, { journal: 0 });
  await send(LIST);
  t.same(state.journal.entries(), []);
  const off = { status: 409, body: { error: "the journal is off; expected: a start with --journal above 0" } };
  t.same(await steer("GET", "/requests"), off);
  t.same(await steer("GET", "/requests/wait"), off);
});

t.test("wait: 200 after count requests, at once if the log contains them", async (t) => {
  const { steer, send } = await emulator(t);
  await send(pathOf(EXAMPLE));
  t.equal((await steer("GET", "/requests/wait")).body.count, 1);
  const waiting = steer("GET", `/requests/wait?operation=FetchRecording&sid=${EXAMPLE}&count=3&timeout=60`);
  await send(LIST);
  await send(pathOf(EXAMPLE));
  await send(pathOf(EXAMPLE));
  const { status, body } = await waiting;
  t.equal(status, 200);
  t.equal(body.count, 3);
  t.ok(body.requests.every(({ path }: { path: string }) => path === pathOf(EXAMPLE)));
});

t.test("wait: 408 after the timeout, 400 for invalid values", async (t) => {
  const { steer, send } = await emulator(t);
  await send(LIST);
  t.same(await steer("GET", "/requests/wait?count=2&timeout=0"), {
    status: 408,
    body: { error: "1 of 2 requests were seen in 0 s" },
  });
  t.match(await steer("GET", "/requests/wait?count=0"), { status: 400, body: { error: /^count is "?0"?; expected/ } });
});

t.test("wait: 408 when the emulator closes", async (t) => {
  const { control, app } = await emulator(t);
  const waiting = control.for().requests.waitFor({ timeout: 600 });
  await app.ready();
  await Promise.all([t.rejects(waiting, /^0 of 1 requests were seen/), app.close()]);
});

t.test("wait, connection closed: the wait ends", async (t) => {
  const { url, control } = await running(t);
  const asked = request(`${url}/_emulator/requests/wait?timeout=600`).on("error", () => {});
  asked.end();
  const waits = () => control.requests.waiting();
  while (waits() !== 1) await new Promise((resolve) => setImmediate(resolve));
  asked.destroy();
  while (waits() !== 0) await new Promise((resolve) => setImmediate(resolve));
  t.equal(waits(), 0);
});

onEachHandle("wait, signal aborted: rejects with its reason", async (t, name) => {
  const running = await emulator(t);
  const { control } = running;
  const { requests } = (await controlsOf(running, name))();
  const controller = new AbortController();
  const waiting = requests.waitFor({ timeout: 600, signal: controller.signal });
  while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error("enough"));
  await t.rejects(waiting, { message: "enough" });
  while (control.requests.waiting() !== 0) await new Promise((resolve) => setImmediate(resolve));
  await t.rejects(requests.waitFor({ timeout: 600, signal: controller.signal }), { message: "enough" });
});

t.test("wait: requests cleared meanwhile are not counted", async (t) => {
  const { steer, send, control } = await emulator(t);
  const waiting = steer("GET", "/requests/wait?count=3&timeout=60");
  while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
  await send(LIST);
  await send(pathOf(numbered("13"), SUBACCOUNT));
  await steer("DELETE", `/requests?account=${ACCOUNT}`);
  await send(pathOf(EXAMPLE));
  await steer("DELETE", "/requests");
  t.equal(control.requests.waiting(), 1);
  for (let time = 0; time < 3; time++) await send(LIST);
  const { body } = await waiting;
  t.same(
    body.requests.map(({ number, operation }: { number: number; operation: string }) => [number, operation]),
    [4, 5, 6].map((number) => [number, "ListRecording"]),
  );
});

t.test("wait for more requests than the log keeps: 200", async (t) => {
  const { steer, send, control } = await emulator(t, { journal: 2 });
  const waiting = steer("GET", "/requests/wait?count=4&timeout=60");
  while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
  for (let time = 0; time < 4; time++) await send(LIST);
  t.equal((await waiting).body.count, 4);
});

t.test("wait: 408 with the other requests and the keys in which they differ", async (t) => {
  const { send, control, app } = await emulator(t);
  await app.ready();
  const path = pathOf(EXAMPLE);
  const texts = async (filter: object) => {
    const { signal } = new AbortController();
    const waiting = control.for(ACCOUNT).requests.waitFor({ timeout: 600, ...filter, signal });
    const refused = t.rejects(waiting);
    while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
    await send(path);
    await send(pathOf(numbered("99")), { method: "DELETE" });
    control.requests.close();
    await refused;
    return waiting.catch(({ message }: Error) => message);
  };
  const [fetched, deleted] = [
    `GET ${path}, FetchRecording, 200`,
    `DELETE ${pathOf(numbered("99"))}, DeleteRecording, 404`,
  ];
  const others = (one: string, other: string) =>
    `0 of 1 requests were seen before the emulator closed; the last others that came meanwhile: ${fetched} (differs in ${one}); ${deleted} (differs in ${other})`;
  t.equal(await texts({ status: 503 }), others("status", "status"));
  t.equal(await texts({ method: "PUT" }), others("method", "method"));
  t.equal(await texts({ operation: "ListRecording" }), others("operation", "operation"));
  t.equal(await texts({ sid: numbered("98") }), others("sid", "sid"));
  t.equal(await texts({ path: "/nope*", method: "GET" }), others("path", "method"));
  t.equal(await texts({ code: 20503 }), others("code", "code"));
  t.equal(await texts({ fault: "F1" }), others("fault", "fault"));
  t.equal(await texts({ since: 1000 }), others("since", "since"));
  await control.for().requests.clear();

  const waiting = control.for(SUBACCOUNT).requests.waitFor({ timeout: 600 });
  const refused = t.rejects(waiting, {
    message: [...Array(4)].reduce(
      (text: string) => `${text}; ${fetched} (differs in account)`,
      `0 of 1 requests were seen before the emulator closed; the last others that came meanwhile: GET /nope, no operation, 404 (differs in account)`,
    ),
    statusCode: 408,
  });
  while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
  await send(path);
  await send("/nope");
  for (let time = 0; time < 4; time++) await send(path);
  control.requests.close();
  await refused;
});

t.test("wait: 408 with a request that has no response yet", async (t) => {
  const { url, control } = await running(t);
  await control.for().faults.arm({ drop: "before" });
  const waiting = control.for().requests.waitFor({ status: 200, timeout: 600 });
  const refused = t.rejects(waiting, { message: /FetchRecording, no answer \(differs in status\)$/ });
  while (control.requests.waiting() !== 1) await new Promise((resolve) => setImmediate(resolve));
  await t.rejects(fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED }));
  await control.for().requests.waitFor();
  control.requests.close();
  await refused;
});

t.test("unknown operation: 400 with the allowed ones", async (t) => {
  const { steer } = await emulator(t);
  const refused =
    /^operation is "FetchRecordings"; expected: one of .*DeleteRecording, .*FetchRecording, FetchRecordingAddOnResult, /;
  for (const url of ["/requests", "/requests/wait"]) {
    const { status, body } = await steer("GET", `${url}?operation=FetchRecordings`);
    t.equal(status, 400);
    t.match(body.error, refused);
  }
  const { status, body } = await steer("POST", "/faults", { error: 20503, operation: "FetchRecordings" });
  t.equal(status, 400);
  t.match(body.error, refused);
  t.same((await steer("GET", "/faults")).body, { faults: [] });
  const known = body.error.replace(/.*one of /, "").split(", ");
  for (const operation of known) {
    t.equal((await steer("POST", "/faults", { error: 20503, operation })).status, 201, operation);
  }
  t.ok(known.includes("FetchRecordingMedia") && known.includes("ListRecordingTranscription"));
});

t.test("operation called without a signal: completes", async (t) => {
  const { control } = await emulator(t);
  const waiting = control.call(control.operations.requests.wait, { query: { timeout: 0 } as never });
  await t.rejects(waiting, { message: /^0 of 1 requests were seen in 0 s/ });
});
