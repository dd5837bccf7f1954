import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { buildApp } from "../../src/app.js";
import type { Config } from "../../src/config/config.js";
import { TABLES } from "../../src/resources/register.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { openState } from "../../src/state/state.js";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  configWith,
  dumpOf,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
} from "../support/emulator.js";

/** Starts an emulator on a database file, runs a callback and closes it. */
async function run<T>(config: Config, work: (send: (url: string, method?: "DELETE") => Promise<number>) => T) {
  const notices: string[] = [];
  const state = openState(config, TABLES);
  const { app } = await buildApp(config, state, openFixtureFolder(config.fixtures), {
    notice: (line) => notices.push(line),
  }).catch((error: unknown) => {
    state.database.close();
    throw error;
  });
  const send = async (url: string, method: "GET" | "DELETE" = "GET") =>
    (await app.inject({ method, url, headers: AUTHORIZED })).statusCode;
  const count = () => state.database.prepare("SELECT count(*) FROM recordings").pluck().get() as number;
  const result = await work(send);
  const recordings = count();
  await app.close();
  return { result, notices, recordings };
}

function folder(t: Test) {
  const fixtures = t.testdir({
    data: {},
    "all.json": JSON.stringify({
      accounts: [{ sid: ACCOUNT, auth_token: "0123456789abcdef0123456789abcdef" }],
      recordings: [{ sid: EXAMPLE, account_sid: ACCOUNT }],
    }),
  });
  return configWith({ fixtures, data: join(fixtures, "data") });
}

t.test("new database: seeded; after a restart: changes kept", async (t) => {
  const config = folder(t);
  t.equal((await run(config, (send) => send(pathOf(EXAMPLE), "DELETE"))).result, 204);
  const { result, notices } = await run(config, (send) => send(pathOf(EXAMPLE)));
  t.equal(result, 404);
  t.same(notices, []);
});

t.test("reset: seeded again", async (t) => {
  const config = folder(t);
  await run(config, (send) => send(pathOf(EXAMPLE), "DELETE"));
  t.equal((await run({ ...config, reset: true }, (send) => send(pathOf(EXAMPLE)))).result, 200);
});

t.test("reset with invalid fixtures: error, database unchanged", async (t) => {
  const config = folder(t);
  await run(config, () => {});
  writeFileSync(join(config.fixtures, "all.json"), "{");
  await t.rejects(
    run({ ...config, reset: true }, () => {}),
    /is not JSON/,
  );
  t.equal((await run(config, (send) => send(pathOf(EXAMPLE)))).result, 200);
});

t.test("fixtures changed since the seeding: notice, database unchanged", async (t) => {
  const config = folder(t);
  await run(config, () => {});
  const changed = JSON.stringify({ sid: numbered("77"), account_sid: ACCOUNT });
  writeFileSync(join(config.fixtures, "more.json"), changed);
  const { notices, recordings } = await run(config, () => {});
  t.equal(recordings, 1);
  t.match(notices, [
    /^the fixtures in .* have changed since the database was seeded at \d{4}-.*Z: --reset loads them$/,
  ]);
});

t.test("generate: that many recordings; changed without a reset: notice", async (t) => {
  const config = { ...folder(t), generate: 20 };
  t.equal((await run(config, () => {})).recordings, 21);
  t.same((await run(config, () => {})).notices, []);
  const more = await run({ ...config, generate: 30 }, () => {});
  t.equal(more.recordings, 21);
  t.match(more.notices, [/^the database was seeded at .* with --generate 20 --random-seed 1: --reset seeds it again$/]);
  t.equal((await run({ ...config, randomSeed: 2 }, () => {})).notices.length, 1);
  t.equal((await run({ ...config, generate: 30, reset: true }, () => {})).recordings, 31);
});

t.test("generate over 100,000: one progress line per 100,000", async (t) => {
  const { notices } = await emulator(t, { generate: 100_001 });
  t.same(notices, ["generated 100000 of 100001 recordings"]);
});

t.test("seeding aborted: nothing stored", async (t) => {
  const config = { ...folder(t), generate: 20_000 };
  const state = openState(config, TABLES);
  const ended = buildApp(config, state, openFixtureFolder(config.fixtures), {
    notice() {},
    signal: AbortSignal.abort(),
  });
  await t.rejects(ended, { name: "AbortError" });
  t.equal(state.database.prepare("SELECT count(*) FROM accounts").pluck().get(), 0);
  state.database.close();
  t.equal((await run(config, () => {})).recordings, 20_001);
});

t.test("export as the only fixture file: same state", async (t) => {
  const { control, state } = await emulator(t);
  const fixtures = t.testdir({ "all.json": JSON.stringify(await control.for().export()) });
  const again = await emulator(t, { fixtures });
  const { seeding: _, ...rows } = dumpOf(state);
  const { seeding: __, ...rowsAgain } = dumpOf(again.state);
  t.strictSame(rowsAgain, rows);
});

t.test("account of the options", async (t) => {
  const sid = `AC${"c".repeat(32)}`;
  const account = { sid, authToken: "given" };
  t.test("new or seeded database: account added", async (t) => {
    const config = folder(t);
    const statusOf = async (changes: Partial<Config>) => {
      const state = openState(config, TABLES);
      const { app } = await buildApp({ ...config, ...changes }, state, openFixtureFolder(config.fixtures), {
        notice() {},
      });
      const url = pathOf(EXAMPLE, sid);
      const { statusCode } = await app.inject({ url, headers: { authorization: basic(sid, "given") } });
      await app.close();
      return statusCode;
    };
    t.equal(await statusOf({}), 401);
    t.equal(await statusOf({ account }), 404, "authenticated; no such recording");
    t.equal(await statusOf({ account, reset: true }), 404);
  });
  t.test("same SID as an account of the fixtures: overrides its token", async (t) => {
    const { send } = await emulator(t, { account: { ...account, sid: ACCOUNT } });
    t.equal((await send(pathOf(EXAMPLE))).statusCode, 401);
    t.equal((await send(pathOf(EXAMPLE), { headers: { authorization: basic(ACCOUNT, "given") } })).statusCode, 200);
  });
  t.test("fixtures with its recordings but without the account: recordings seeded", async (t) => {
    const pasted = { recordings: [{ sid: EXAMPLE, account_sid: sid }], page: 0 };
    const { app, control } = await emulator(t, { account, fixtures: t.testdir({ "a.json": JSON.stringify(pasted) }) });
    const headers = { authorization: basic(sid, "given") };
    t.equal((await app.inject({ url: pathOf(EXAMPLE, sid), headers })).statusCode, 200);
    t.same((await control.call(control.operations.accounts.list, {})).accounts, [
      { sid, friendly_name: sid, owner_account_sid: null },
    ]);
  });
  t.test("restart without it: the fixtures' token applies, its token was not stored", async (t) => {
    const config = folder(t);
    const given = { ...account, sid: ACCOUNT };
    t.equal((await run({ ...config, account: given }, (send) => send(pathOf(EXAMPLE)))).result, 401);
    t.equal((await run(config, (send) => send(pathOf(EXAMPLE)))).result, 200);
    t.notOk(readFileSync(join(config.data, "emulator.db")).includes("given"));
  });
  t.test("fixtures without accounts: generated recordings belong to it", async (t) => {
    const { state } = await emulator(t, { account, fixtures: t.testdir({ "a.json": "{}" }), generate: 3 });
    t.equal(state.database.prepare("SELECT count(*) FROM recordings WHERE account_sid = ?").pluck().get(sid), 3);
  });
});

t.test("health without credentials: 200, no Twilio headers", async (t) => {
  const { app } = await emulator(t);
  const answer = await app.inject("/_emulator/health");
  t.equal(answer.statusCode, 200);
  t.match(answer.json(), { status: "ok", version: "1.2.3" });
  t.notOk(answer.headers["access-control-allow-origin"]);
});

t.test("malformed control request: body with error only", async (t) => {
  const { app } = await emulator(t);
  const headers = { "content-type": "application/json" };
  const answer = await app.inject({ method: "POST", url: "/_emulator/nope", payload: "{", headers });
  t.same(Object.keys(answer.json()), ["error"]);
});

t.test("unknown control path: 404, with error", async (t) => {
  const { app } = await emulator(t);
  const answer = await app.inject({ method: "POST", url: "/_emulator/nope" });
  t.equal(answer.statusCode, 404);
  t.same(answer.json(), { error: "there is no POST /_emulator/nope in the control API" });
});
