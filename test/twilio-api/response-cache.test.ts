import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import type { Config } from "../../src/config/config.js";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  DAY,
  EXAMPLE,
  emulator,
  KEY,
  KEY_SECRET,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../support/emulator.js";
import { run } from "../support/process.js";
import { mockTime } from "../support/time.js";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Header names in the order and case of the response. */
  names: string[];
  body: string;
  /** False for a response from the cache. */
  made: boolean;
}

const COMPLETED = pathOf(numbered("05"));
const DELETED = `${pathOf(numbered("07"))}?IncludeSoftDeleted=true`;
const THEIRS = pathOf(numbered("13"), SUBACCOUNT);
const OWN = `/2010-04-01/Accounts/${ACCOUNT}.json`;
const ACCOUNTS = "/2010-04-01/Accounts.json";
const LIST = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;

/** A listening emulator; `ask` sets `made` to false for responses from the cache. */
async function caching(t: Test, overrides: Partial<Config> = {}) {
  const whole = await emulator(t, overrides);
  let made = 0;
  whole.app.addHook("onSend", async () => void made++);
  await whole.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = whole.app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());

  async function ask(path: string, headers: OutgoingHttpHeaders = {}, method = "GET", sent = ""): Promise<Answer> {
    const before = made;
    const asked = request({ port, path, method, agent, headers: { ...AUTHORIZED, ...headers } }).end(sent);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const body = await text(answer);
    const names = answer.rawHeaders.filter((_text, index) => index % 2 === 0);
    return { status: answer.statusCode as number, headers: answer.headers, names, body, made: made > before };
  }

  /** Repeats the request until the response comes from the cache; only the id and the times may differ. */
  async function warm(path: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    let answer = await ask(path, headers);
    for (let time = 0; answer.made && time < 2; time++) {
      const next = await ask(path, headers);
      t.strictSame(lasting(next), lasting(answer));
      t.not(next.headers["twilio-request-id"], answer.headers["twilio-request-id"]);
      answer = next;
    }
    t.notOk(answer.made, `from the cache: ${path}`);
    return answer;
  }
  return { ...whole, ask, warm };
}

/** Returns the response without the headers that differ each time: id, duration and date. */
function lasting({ status, headers, names, body }: Answer) {
  const { "twilio-request-id": id, "twilio-request-duration": duration, date, ...rest } = headers;
  return { status, headers: rest, names, body };
}

t.test("repeated request: cached response, equal except for Twilio-Request-Id and times", async (t) => {
  const { warm } = await caching(t);
  for (const [status, path, headers] of [
    [200, COMPLETED],
    [200, DELETED],
    [200, LIST],
    [200, COMPLETED.replace(".json", ".xml")],
    [200, LIST.replace(".json", ".csv")],
    [200, THEIRS],
    [200, OWN],
    [200, ACCOUNTS],
    [200, ACCOUNTS, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) }],
    [200, LIST.replace("Recordings.json", `Transcriptions/TR${"0".repeat(30)}01.txt`)],
    [200, COMPLETED, { authorization: basic(KEY, KEY_SECRET) }],
    [400, `${LIST}?PageSize=0`],
    [404, pathOf(numbered("99"))],
    [404, "/unknown"],
    [401, COMPLETED, { authorization: "" }],
    [401, THEIRS, { authorization: basic(ACCOUNT, "wrong") }],
  ] as [number, string, OutgoingHttpHeaders?][]) {
    const answer = await warm(path, headers);
    t.equal(answer.status, status);
    t.match(answer.headers["twilio-request-id"], /^RQ[0-9a-f]{32}$/);
    t.match(answer.headers["twilio-request-duration"], /^0\.\d{3}$/);
    t.equal(Number(answer.headers["content-length"]), Buffer.byteLength(answer.body));
  }
});

t.test("other host, credentials, method, body or URL: not served from the cache", async (t) => {
  const { ask, warm } = await caching(t);
  t.match((await warm(COMPLETED, { host: "one" })).body, "http://one/2010-04-01/");
  t.match(await ask(COMPLETED, { host: "two" }), { made: true, body: /http:\/\/two\/2010-04-01/ });
  t.match(await ask(COMPLETED, { host: "one", authorization: "" }), { made: true, status: 401 });
  t.match(await ask(COMPLETED, { host: "one" }, "HEAD"), { made: true, body: "" });
  t.match(await ask(COMPLETED, { host: "one", "content-length": "1" }, "GET", "x"), { made: true });
  t.match(await ask(`${COMPLETED}?`, { host: "one" }), { made: true });
  t.match(await ask(COMPLETED, { host: "one" }), { made: false });
});

t.test("media (200) and unimplemented operations (501): never cached", async (t) => {
  const { ask } = await caching(t);
  for (const [path, status] of [
    [COMPLETED.replace(".json", ".wav"), 200],
    [`/2010-04-01/Accounts/${ACCOUNT}/Calls/CA${"a".repeat(32)}/Events.json`, 501],
  ] as const) {
    for (let time = 0; time < 3; time++) t.match(await ask(path), { made: true, status });
  }
});

t.test("cached response: same request log entry as any other, with its own number and id", async (t) => {
  const { control, warm } = await caching(t);
  await warm(pathOf(numbered("99")), { "user-agent": "a client" });
  const [made, , cached] = await control.for(ACCOUNT).requests.list();
  const { number, requestId, time, duration, ...rest } = cached as NonNullable<typeof cached>;
  t.match(made, rest);
  t.match(rest, { operation: "FetchRecording", status: 404, code: 20404, userAgent: "a client", fault: null });
  t.match({ number, requestId }, { number: 3, requestId: /^RQ/ });
  t.ok(duration >= 0 && Date.parse(time) >= Date.parse(made?.time as string));
});

t.test("cached response with journal 0: no request log entry", async (t) => {
  const { state, warm } = await caching(t, { journal: 0 });
  await warm(COMPLETED);
  t.same(state.journal.entries(), []);
});

t.test("log level info: one line per request, cached or not", async (t) => {
  const { child, output, ready, ended } = run(t, ["--port", "0", "--data", ":memory:", "--log-level", "info"]);
  const url = await ready;
  // Responses are cached from the second request on.
  for (let time = 0; time < 3; time++) await (await fetch(url + COMPLETED, { headers: AUTHORIZED })).text();
  child.kill("SIGTERM");
  t.equal(await ended, 0);
  const lines = output.stdout.split("\n").filter((line) => line.includes(`GET ${COMPLETED} 200`));
  t.equal(lines.length, 3);
  t.equal(new Set(lines.map((line) => JSON.parse(line).request)).size, 3);
});

/** An action that makes cached responses stale. */
type Change = [title: string, change: () => unknown];

t.test("changed rows: cached responses of the account are invalidated, those of others are not", async (t) => {
  const { ask, warm, steer, state } = await caching(t);
  const transcription = `${LIST.replace(".json", "")}/${numbered("05")}/Transcriptions/TR${"0".repeat(30)}01.json`;
  const changes: Change[] = [
    ["DELETE of a recording", () => ask(pathOf(numbered("10")), {}, "DELETE")],
    ["DELETE of a transcription", () => ask(transcription, {}, "DELETE")],
    ["change by the control API", () => steer("PATCH", `/recordings/${EXAMPLE}`, { channels: 2 })],
    ["new recording", () => steer("POST", "/recordings", {})],
    ["hard-delete", () => steer("DELETE", `/recordings/${numbered("05")}`)],
    ["generated recordings", () => steer("POST", "/recordings/generate", { count: 2 })],
    ["restore of the account's snapshot", () => steer("POST", `/snapshots/before/restore?account=${ACCOUNT}`)],
    ["reset of the account", () => steer("POST", `/reset?account=${ACCOUNT}`)],
  ];
  await steer("PUT", `/snapshots/before?account=${ACCOUNT}`);
  await warm(THEIRS);
  for (const [title, change] of changes) {
    await warm(LIST);
    const before = state.revisions.of(ACCOUNT);
    await change();
    t.not(state.revisions.of(ACCOUNT), before, title);
    t.match(await ask(LIST), { made: true }, title);
    t.match(await ask(THEIRS), { made: false }, `${title}: other account stays cached`);
    await steer("POST", `/reset?account=${ACCOUNT}`);
  }
});

t.test("reset, import, restore or new account: all cached responses are invalidated", async (t) => {
  const { ask, warm, steer } = await caching(t);
  await steer("PUT", "/snapshots/before");
  await steer("PATCH", `/recordings/${EXAMPLE}`, { channels: 2 });
  const { body: exported } = await steer("GET", "/export");
  for (const [title, change] of [
    ["reset", () => steer("POST", "/reset")],
    ["import", () => steer("POST", "/import", exported)],
    ["restore of a snapshot", () => steer("POST", "/snapshots/before/restore")],
    ["new account", () => steer("POST", "/accounts", {})],
  ] as Change[]) {
    await warm(LIST);
    await warm(COMPLETED, { authorization: "" });
    await change();
    t.match(await ask(LIST), { made: true }, title);
    t.match(await ask(COMPLETED, { authorization: "" }), { made: true }, title);
  }
});

t.test("account created, then removed: cached 401 and 404 change at once", async (t) => {
  const { ask, warm, steer } = await caching(t);
  const [sid, auth_token] = [`AC${"d".repeat(32)}`, "d".repeat(32)];
  const list = `/2010-04-01/Accounts/${sid}/Recordings.json`;
  const authorization = basic(sid, auth_token);
  t.equal((await warm(list, { authorization })).status, 401);
  t.equal((await warm(list)).status, 404);
  await steer("POST", "/accounts", { sid, auth_token });
  t.equal((await warm(list, { authorization })).status, 200);
  t.equal((await warm(list)).status, 401);
  await steer("DELETE", `/accounts/${sid}`);
  t.equal((await ask(list, { authorization })).status, 401);
  t.equal((await ask(list)).status, 404);
});

t.test("account created, removed or reset: cached account and account list change at once", async (t) => {
  const { ask, warm, steer } = await caching(t);
  const sidsIn = ({ body }: Answer) => JSON.parse(body).accounts.map(({ sid }: { sid: string }) => sid);
  const sid = `AC${"d".repeat(32)}`;
  const one = OWN.replace(ACCOUNT, sid);
  const before = sidsIn(await warm(ACCOUNTS));
  t.equal((await warm(one)).status, 404);
  const spec = { sid, owner_account_sid: ACCOUNT, recordings: "none" };
  for (const remove of [() => steer("DELETE", `/accounts/${sid}`), () => steer("POST", "/reset")]) {
    await steer("POST", "/accounts", spec);
    t.same(sidsIn(await warm(ACCOUNTS)).sort(), [...before, sid].sort());
    t.equal((await warm(one)).status, 200);
    await remove();
    t.same(sidsIn(await warm(ACCOUNTS)), before);
    t.equal((await warm(one)).status, 404);
  }
  t.match(await ask(ACCOUNTS), { made: false });
});

t.test("add-on result 30 days old: not in a cached list, to the millisecond", async (t) => {
  const { ask, warm, steer, state } = await caching(t);
  const created = state.database.prepare("SELECT min(date_created) FROM add_on_results").pluck().get() as number;
  const end = created + 30 * DAY;
  await steer("POST", "/clock", { now: new Date(end - 1).toISOString(), frozen: true });
  const path = COMPLETED.replace(".json", "/AddOnResults.json");
  t.equal(JSON.parse((await warm(path)).body).add_on_results.length, 2);
  // Time passes; setting the clock would clear the cache.
  t.intercept(state.clock, "now", { value: () => end });
  const after = await ask(path);
  t.ok(after.made);
  t.equal(JSON.parse(after.body).add_on_results.length, 1);
});

t.test("purged recording: 404, not the cached 200", async (t) => {
  const pass = mockTime(t);
  const { ask, warm } = await caching(t, { retentionDays: 20 });
  t.equal((await warm(DELETED)).status, 200);
  pass(15 * DAY);
  t.equal((await ask(DELETED)).status, 404);
});

t.test("clock set, frozen or reset, globally or per account: cached responses are invalidated", async (t) => {
  const { ask, warm, steer } = await caching(t);
  for (const query of ["", `?account=${ACCOUNT}`]) {
    for (const [title, change] of [
      ["set forward", () => steer("POST", `/clock${query}`, { advance: "P41D" })],
      ["set back", () => steer("POST", `/clock${query}`, { advance: "-P1D" })],
      ["frozen", () => steer("POST", `/clock${query}`, { frozen: true })],
      ["unfrozen", () => steer("POST", `/clock${query}`, { frozen: false })],
      ["back to the real clock", () => steer("DELETE", `/clock${query}`)],
      ["reset", () => steer("POST", `/reset${query}`)],
    ] as Change[]) {
      await warm(DELETED);
      await change();
      t.match(await ask(DELETED), { made: true }, title);
    }
  }
  await steer("POST", "/clock", { advance: "P41D" });
  t.equal((await warm(DELETED)).status, 404);
  await steer("DELETE", "/clock");
  t.equal((await warm(DELETED)).status, 200);
  await warm(DELETED);
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { advance: "P1D" });
  t.match(await ask(DELETED), { made: false }, "clock of another account");
});

t.test("offset clock: Date header of cached responses follows it", async (t) => {
  const pass = mockTime(t);
  const { ask, warm, steer } = await caching(t);
  await steer("POST", "/clock", { now: "2030-01-31T12:00:00Z" });
  t.equal((await warm(COMPLETED)).headers.date, "Thu, 31 Jan 2030 12:00:00 GMT");
  // mockTime adds one minute.
  pass(5000);
  t.match(await ask(COMPLETED), { made: false, headers: { date: "Thu, 31 Jan 2030 12:01:05 GMT" } });
});

t.test("recording past the retention cutoff, before the purge: not in a cached list, to the millisecond", async (t) => {
  const { ask, warm, steer, state } = await caching(t);
  const end = (state.database.prepare("SELECT min(date_deleted) FROM recordings").pluck().get() as number) + 40 * DAY;
  await steer("POST", "/clock", { now: new Date(end - 1).toISOString(), frozen: true });
  const path = `${LIST}?IncludeSoftDeleted=true`;
  const before = await warm(path);
  // Time passes; setting the clock would clear the cache.
  t.intercept(state.clock, "now", { value: () => end });
  const after = await ask(path);
  t.ok(after.made);
  t.ok(JSON.parse(after.body).recordings.length < JSON.parse(before.body).recordings.length);
});

t.test("wall clock set back: cached responses with a later time are not served", async (t) => {
  const { ask, warm, state } = await caching(t);
  await warm(COMPLETED);
  t.intercept(state.clock, "now", { value: () => Date.now() - DAY });
  t.match(await ask(COMPLETED), { made: true });
});

t.test("armed fault: applies despite the cache, and its response is not cached", async (t) => {
  const { ask, warm, steer } = await caching(t);
  await warm(COMPLETED);
  await steer("POST", "/faults", { error: 20429 });
  for (const status of [429, 429, 429]) t.match(await ask(COMPLETED), { made: true, status });
  await steer("DELETE", "/faults");
  t.match(await ask(COMPLETED), { made: false, status: 200 });
});

t.test("change during a request: its response is not cached", async (t) => {
  const { ask } = await caching(t, { anyAccount: true });
  const sid = `AC${"d".repeat(32)}`;
  const list = `/2010-04-01/Accounts/${sid}/Recordings.json`;
  const headers = { authorization: basic(sid, "any") };
  const made = [];
  for (let time = 0; time < 4; time++) made.push((await ask(list, headers)).made);
  t.same(made, [true, true, true, false]);
});

t.test("cache over its size limit: least recently used responses are evicted", async (t) => {
  const { ask, warm, steer } = await caching(t);
  await steer("POST", "/recordings/generate", { count: 1000 });
  await warm(COMPLETED);
  for (let page = 0; page < 9; page++) await warm(`${LIST}?PageSize=1000&Other=${page}`);
  t.match(await ask(COMPLETED), { made: true });
  t.match(await ask(`${LIST}?PageSize=1000&Other=8`), { made: false });
});

t.test("request ids are drawn per account, for cached responses too", async (t) => {
  const ids = async (cached: boolean) => {
    const { ask, steer } = await caching(t);
    if (cached)
      for (let time = 0; time < 3; time++) await ask(THEIRS, { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) });
    await steer("POST", "/reset");
    const drawn = [];
    for (const path of [COMPLETED, THEIRS, COMPLETED, THEIRS])
      drawn.push((await ask(path)).headers["twilio-request-id"]);
    return drawn;
  };
  t.same(await ids(true), await ids(false));
});
