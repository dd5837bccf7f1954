import t from "tap";
import { ACCOUNT, DAY, emulator, numbered, pathOf, SUBACCOUNT } from "../support/emulator.js";

const NOON = "2030-01-31T12:00:00.000Z";

const NONE = { delivered: 0, failed: 0, refused: 0, dropped: 0 };

t.test("read, new emulator: 200, real clock", async (t) => {
  const { steer } = await emulator(t);
  const before = Date.now();
  const { status, body } = await steer("GET", "/clock");
  t.equal(status, 200);
  t.match(body, { frozen: false, real: true });
  t.ok(Date.parse(body.now) >= before && Date.parse(body.now) <= Date.now());
});

t.test("set: 200; dates and the Date header of responses follow it", async (t) => {
  const { steer, send } = await emulator(t);
  t.same(await steer("POST", "/clock", { now: NOON, frozen: true }), {
    status: 200,
    body: { now: NOON, frozen: true, real: false, events: 0, callbacks: NONE },
  });
  const { body } = await steer("POST", "/recordings", {});
  t.equal(body.date_updated, "Thu, 31 Jan 2030 11:00:00 +0000", "one hour ago, the default of fixtures");
  const answer = await send(pathOf(body.sid));
  t.equal(answer.headers.date, "Thu, 31 Jan 2030 12:00:00 GMT");
});

t.test("advance by calendar units, forwards and backwards, frozen or not: 200", async (t) => {
  const { steer } = await emulator(t);
  await steer("POST", "/clock", { now: NOON, frozen: true });
  t.equal((await steer("POST", "/clock", { advance: "P1M" })).body.now, "2030-02-28T12:00:00.000Z");
  t.equal((await steer("POST", "/clock", { advance: "-PT1H" })).body.now, "2030-02-28T11:00:00.000Z");
  const running = (await steer("POST", "/clock", { frozen: false, advance: "P1D" })).body;
  t.match(running, { frozen: false, real: false });
  t.match(running.now, /^2030-03-01T11:00:00/);
  t.match((await steer("POST", "/clock", { frozen: true })).body.now, /^2030-03-01T11:00:0/);
});

t.test("first and last time of the range: 200, dates with four-digit years", async (t) => {
  const { steer, send } = await emulator(t);
  for (const [now, year] of [
    ["1900-01-01T00:00:00.000Z", "1900"],
    ["9999-12-31T23:59:59.999Z", "9999"],
  ] as const) {
    t.match((await steer("POST", "/clock", { now })).body, { now: new RegExp(`^${year}-`) });
    const { body } = await steer("POST", "/recordings", { duration: "600" });
    const path = pathOf(body.sid);
    t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
    const answer = await send(`${path}?IncludeSoftDeleted=true`);
    t.match(String(answer.headers.date), ` ${year} `);
    for (const key of ["date_created", "date_updated", "start_time"]) t.match(answer.json()[key], / \d{4} \d\d:/, key);
    t.match((await steer("GET", "/requests")).body.requests.at(-1).time, /^\d{4}-/);
  }
});

t.test("41 days after the deletion: 404; after the clock is set back: 200", async (t) => {
  const { steer, send } = await emulator(t);
  const path = pathOf(numbered("05"));
  t.equal((await send(path, { method: "DELETE" })).statusCode, 204);
  const status = async () => (await send(`${path}?IncludeSoftDeleted=true`)).statusCode;
  t.equal(await status(), 200);
  await steer("POST", "/clock", { advance: "P39D" });
  t.equal(await status(), 200);
  await steer("POST", "/clock", { advance: "P2D" });
  t.equal(await status(), 404);
  t.match((await steer("DELETE", "/clock")).body, { frozen: false, real: true });
  t.equal(await status(), 200);
});

t.test("clock of one account: other accounts unchanged", async (t) => {
  const { steer, send, state } = await emulator(t);
  const of = (account: string) => `/clock?account=${account}`;
  t.equal((await steer("POST", of(SUBACCOUNT), { now: NOON })).status, 200);
  t.match((await steer("GET", of(SUBACCOUNT))).body, { real: false });
  t.match((await steer("GET", of(ACCOUNT))).body, { real: true });
  await send(pathOf(numbered("13"), SUBACCOUNT), { method: "DELETE" });
  await send(pathOf(numbered("05")), { method: "DELETE" });
  const deleted = (sid: string) =>
    state.database.prepare("SELECT date_deleted FROM recordings WHERE sid = ?").pluck().get(sid) as number;
  t.ok(deleted(numbered("13")) - deleted(numbered("05")) > 365 * DAY);
  t.match((await steer("DELETE", of(SUBACCOUNT))).body, { real: true });
});

t.test("invalid values: 400, with the value and the allowed values", async (t) => {
  const { steer } = await emulator(t);
  for (const [body, message] of [
    [{}, "the call is given {}; expected: An object with now, advance or frozen."],
    [{ now: "soon" }, 'now is "soon"; expected: A date, ISO 8601 or RFC 2822, such as 2026-01-31T12:00:00Z.'],
    [{ advance: "41 days" }, 'advance is "41 days"; expected: An ISO 8601 duration such as P41D or -PT1H.'],
    [{ advance: "P9999Y" }, "the clock would leave the years 1900 to 9999"],
    [{ now: "1899-12-31T23:59:59Z" }, "the clock would leave the years 1900 to 9999"],
    [{ frozen: "yes" }, 'frozen is "yes"; expected: true to freeze the clock, false to unfreeze it.'],
    [{ nope: 1 }, "nope is unknown; expected one of now, advance, frozen"],
  ] as const) {
    t.same(await steer("POST", "/clock", body), { status: 400, body: { error: message } });
  }
  t.same(await steer("GET", "/clock?account=nope"), {
    status: 400,
    body: { error: 'account is "nope"; expected: AC and 32 hexadecimal digits' },
  });
  const nobody = `AC${"9".repeat(32)}`;
  t.same(await steer("GET", `/clock?account=${nobody}`), {
    status: 404,
    body: { error: `there is no account ${nobody}` },
  });
});

t.test("option clock: the emulator starts there, and a reset returns there", async (t) => {
  const { steer } = await emulator(t, { clock: Date.parse(NOON) });
  t.match((await steer("GET", "/clock")).body.now, /^2030-01-31T12:00/);
  await steer("DELETE", "/clock");
  t.match((await steer("GET", "/clock")).body, { real: true });
  await steer("POST", "/reset");
  t.match((await steer("GET", "/clock")).body.now, /^2030-01-31T12:0/);
});
