import { join } from "node:path";
import t from "tap";
import { ACCOUNT, basic, EXAMPLE, emulator, numbered, pathOf, SUBACCOUNT, TOKEN } from "../support/emulator.js";

const listOf = (account: string) => `/2010-04-01/Accounts/${account}/Recordings.json`;

t.test("create: 201, isolated account with the default recordings, a token and an API key", async (t) => {
  const { steer, send } = await emulator(t);
  const { status, body: account } = await steer("POST", "/accounts");
  t.equal(status, 201);
  t.match(account, {
    sid: /^AC[0-9a-f]{32}$/,
    auth_token: /^[0-9a-f]{32}$/,
    friendly_name: account.sid,
    owner_account_sid: null,
    keys: [{ sid: /^SK[0-9a-f]{32}$/, secret: /^[0-9a-f]{32}$/ }],
  });
  const [key] = account.keys;
  for (const [username, secret] of [
    [account.sid, account.auth_token],
    [key.sid, key.secret],
  ]) {
    const headers = { authorization: basic(username, secret) };
    const { recordings } = (await send(listOf(account.sid), { headers })).json();
    t.equal(recordings.length, 11);
    t.match(recordings.at(-1), { sid: EXAMPLE, account_sid: account.sid });
    t.equal((await send(listOf(ACCOUNT), { headers })).statusCode, 401);
  }
  t.equal((await send(listOf(account.sid))).statusCode, 401, "no access with the main account's credentials");
});

t.test("create with SID, token, parent and without recordings: 201", async (t) => {
  const { steer, send } = await emulator(t);
  const sid = `AC${"d".repeat(32)}`;
  const spec = { sid, auth_token: "mine", friendly_name: "Mine", owner_account_sid: ACCOUNT, recordings: "none" };
  const { body } = await steer("POST", "/accounts", spec);
  t.match(body, { sid, auth_token: "mine", friendly_name: "Mine", owner_account_sid: ACCOUNT });
  t.same((await send(listOf(sid))).json().recordings, [], "access with the parent's credentials");
  t.match((await steer("GET", "/accounts")).body.accounts, [{ sid: ACCOUNT }, { sid: SUBACCOUNT }, { sid }]);
  t.notMatch(JSON.stringify((await steer("GET", "/accounts")).body), /mine/);
});

t.test("get: the account with its token and API keys; a token of the options is not returned", async (t) => {
  const { steer } = await emulator(t);
  const { body: account } = await steer("POST", "/accounts");
  t.same(await steer("GET", `/accounts/${account.sid}`), { status: 200, body: account });
  t.match((await steer("GET", `/accounts/${ACCOUNT}`)).body, { auth_token: TOKEN, friendly_name: "Main account" });
  const unknown = `AC${"9".repeat(32)}`;
  t.same(await steer("GET", `/accounts/${unknown}`), {
    status: 404,
    body: { error: `there is no account ${unknown}` },
  });
  const given = await emulator(t, { account: { sid: ACCOUNT, authToken: "real" } });
  t.match((await given.steer("GET", `/accounts/${ACCOUNT}`)).body, { sid: ACCOUNT, auth_token: null });
});

t.test("create with invalid values: 400; with an existing SID: 409", async (t) => {
  const { steer } = await emulator(t);
  for (const [status, body, message] of [
    [400, { sid: "nope" }, 'sid is "nope"; expected: AC and 32 lower-case hexadecimal digits. Omitted: random.'],
    [
      400,
      { nope: 1 },
      "nope is unknown; expected one of sid, auth_token, friendly_name, owner_account_sid, recordings",
    ],
    [400, { owner_account_sid: SUBACCOUNT }, /^owner_account_sid is "ACb+"; expected: the SID of an account that/],
    [400, { owner_account_sid: `AC${"9".repeat(32)}` }, /^owner_account_sid is "AC9+"; expected/],
    [409, { sid: ACCOUNT }, `there is an account ${ACCOUNT} already`],
  ] as const) {
    const answer = await steer("POST", "/accounts", body);
    t.equal(answer.status, status);
    t.match(answer.body.error, message);
  }
  t.equal((await steer("GET", "/accounts")).body.accounts.length, 2);
});

t.test("create with invalid fixtures on a seeded database: 409; without recordings: 201", async (t) => {
  const folder = t.testdir({ data: {}, fixtures: { "a.json": "{}" } });
  const data = join(folder, "data");
  await (await emulator(t, { data })).app.close();
  const { steer } = await emulator(t, { data, fixtures: join(folder, "fixtures") });
  const { status, body } = await steer("POST", "/accounts");
  t.equal(status, 409);
  t.match(body.error, /no account in any file/);
  t.equal((await steer("POST", "/accounts", { recordings: "none" })).status, 201);
});

t.test("remove: 204, with its rows, faults, request log, clock and snapshots", async (t) => {
  const { steer, send, state } = await emulator(t);
  const { body: account } = await steer("POST", "/accounts");
  const headers = { authorization: basic(account.sid, account.auth_token) };
  await send(listOf(account.sid), { headers });
  await steer("POST", `/faults?account=${account.sid}`, { error: 20503 });
  await steer("POST", `/clock?account=${account.sid}`, { frozen: true });
  await steer("PUT", `/snapshots/one?account=${account.sid}`);
  t.same(await steer("DELETE", `/accounts/${account.sid}`), { status: 204, body: undefined });
  t.equal((await send(listOf(account.sid), { headers })).statusCode, 401);
  t.equal((await steer("DELETE", `/accounts/${account.sid}`)).status, 404);
  t.same([state.faults.list(), state.journal.entries(account.sid)], [[], []]);
  t.ok(state.clock.isReal(account.sid));
  t.match((await steer("GET", "/health")).body.counts, { accounts: 2, recordings: 13 });
  await steer("POST", "/accounts", { sid: account.sid });
  t.same((await steer("GET", `/snapshots?account=${account.sid}`)).body, { snapshots: [] });
});

t.test("remove the account of the options: 409", async (t) => {
  const sid = `AC${"c".repeat(32)}`;
  const { steer } = await emulator(t, { account: { sid, authToken: "given" } });
  t.same(await steer("DELETE", `/accounts/${sid}`), {
    status: 409,
    body: { error: `the credentials of ${sid} were given at start: it stays` },
  });
});

t.test("option anyAccount", async (t) => {
  const sid = `AC${"E".repeat(32)}`;
  const listed = listOf(sid.toUpperCase().replace(/E/g, "e"));
  const data = t.testdir({});
  const { steer, send, app } = await emulator(t, { anyAccount: true, data });
  t.test("unknown account with any token: 200, the default recordings", async (t) => {
    for (const token of ["one", "other"]) {
      const answer = await send(listed, { headers: { authorization: basic(sid, token) } });
      t.equal(answer.statusCode, 200);
      t.equal(answer.json().recordings.length, 11);
    }
    const path = pathOf(numbered("05"), sid.toLowerCase().replace("ac", "AC"));
    const options = { headers: { authorization: basic(sid, "third") } };
    t.equal((await send(path, { method: "DELETE", ...options })).statusCode, 204);
    await steer("POST", `/reset?account=${sid}`);
    t.equal((await send(path, options)).statusCode, 200);
  });
  t.test("account of the fixtures with another token: 401; user name that is not a SID: 401", async (t) => {
    t.equal((await send(listOf(ACCOUNT), { headers: { authorization: basic(ACCOUNT, "any") } })).statusCode, 401);
    t.equal((await send(listOf(ACCOUNT), { headers: { authorization: basic(ACCOUNT, TOKEN) } })).statusCode, 200);
    t.equal((await send(listOf(ACCOUNT), { headers: { authorization: basic("nobody", "any") } })).statusCode, 401);
  });
  t.test("restart without the option: account is unknown, 401", async (t) => {
    await app.close();
    const later = await emulator(t, { data });
    const answer = await later.send(listed, { headers: { authorization: basic(sid, "one") } });
    t.equal(answer.json().message, "Authentication Error - invalid username");
    t.equal((await later.steer("GET", "/export")).body.accounts.length, 2, "not in the export");
  });
});
