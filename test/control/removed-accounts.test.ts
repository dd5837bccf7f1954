import { statSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { createRandomSequences } from "../../src/state/random.js";
import { ACCOUNT, basic, dumpOf, EXAMPLE, emulator, pathOf, SUBACCOUNT, TOKEN } from "../support/emulator.js";

type Emulator = Awaited<ReturnType<typeof emulator>>;

/** Creates an account and uses every kind of state: rows, a deletion, a snapshot, a clock, random numbers, a fault, requests. */
async function usedAccount({ steer, send }: Emulator, spec: object = {}) {
  const { body: account } = await steer("POST", "/accounts", spec);
  const { sid, auth_token } = account;
  const headers = { authorization: basic(sid, auth_token) };
  await send(pathOf(EXAMPLE, sid), { headers, method: "DELETE" });
  await steer("POST", `/recordings?account=${sid}`, {});
  await steer("PUT", `/snapshots/mine?account=${sid}`);
  await steer("POST", `/clock?account=${sid}`, { now: "2030-01-01", frozen: true });
  await steer("POST", `/faults?account=${sid}`, { error: 20503 });
  return { sid, headers } as { sid: string; headers: { authorization: string } };
}

/** Expects no trace of the account in the state, except in snapshots of all accounts. */
function nothingOf(t: Test, { state }: Emulator, sid: string): void {
  const { snapshots = [], snapshot_rows = [], ...tables } = dumpOf(state);
  const own = [...snapshots, ...snapshot_rows].filter((row) => !row.includes('"scope":""'));
  t.same(
    Object.values(tables)
      .flat()
      .concat(own)
      .filter((row) => row.includes(sid)),
    [],
  );
  t.same(state.faults.list(sid), []);
  t.same(state.journal.entries(sid), []);
  t.notOk(state.clock.save().own.some(([account]) => account === sid));
  t.equal(state.random.of(sid).hex(32), createRandomSequences(1).of(sid).hex(32));
}

t.test("removed account: no rows of it and its subaccounts remain", async (t) => {
  const one = await emulator(t);
  const { sid } = await usedAccount(one);
  const below = await usedAccount(one, { owner_account_sid: sid });
  t.equal((await one.steer("DELETE", `/accounts/${sid}`)).status, 204);
  for (const gone of [sid, below.sid]) nothingOf(t, one, gone);
});

t.test("account removed by a global reset: no state of it remains", async (t) => {
  for (const body of [{}, { to: "empty" }]) {
    const one = await emulator(t);
    const { sid } = await usedAccount(one);
    await one.steer("PUT", `/snapshots/theirs?account=${SUBACCOUNT}`);
    t.equal((await one.steer("POST", "/reset", body)).status, 204);
    nothingOf(t, one, sid);
    t.equal((await one.steer("GET", `/snapshots?account=${SUBACCOUNT}`)).body.snapshots.length, 1);
    await one.steer("POST", "/accounts", { sid, recordings: "none" });
    t.same(await one.steer("POST", `/snapshots/mine/restore?account=${sid}`), {
      status: 404,
      body: { error: 'there is no snapshot "mine"' },
    });
  }
});

t.test("restored global snapshot: no state of removed accounts remains; kept accounts keep their faults", async (t) => {
  const one = await emulator(t);
  const kept = await usedAccount(one);
  await one.steer("DELETE", `/accounts/${SUBACCOUNT}`);
  await one.steer("PUT", "/snapshots/all");
  const { sid } = await usedAccount(one);
  t.equal((await one.steer("POST", "/snapshots/all/restore")).status, 204);
  nothingOf(t, one, sid);
  t.equal(one.state.faults.list(kept.sid).length, 1);
  t.ok(one.state.journal.entries(kept.sid).length > 0);
  t.same((await one.steer("GET", `/snapshots?account=${kept.sid}`)).body, { snapshots: [] });

  await one.steer("POST", "/reset");
  await one.steer("PUT", `/snapshots/theirs?account=${SUBACCOUNT}`);
  await one.steer("POST", `/faults?account=${SUBACCOUNT}`, { error: 20503 });
  t.equal((await one.steer("POST", "/snapshots/all/restore")).status, 204);
  t.same(one.state.faults.list(SUBACCOUNT), []);
  t.equal((await one.steer("GET", "/accounts")).body.accounts.length, 2);
  await one.steer("POST", "/reset");
  t.same((await one.steer("GET", `/snapshots?account=${SUBACCOUNT}`)).body, { snapshots: [] });
});

t.test("created or imported account removed by an import: no state of it remains", async (t) => {
  const one = await emulator(t);
  const { body: seeded } = await one.steer("GET", "/export");
  const { sid } = await usedAccount(one);
  const { body: exported } = await one.steer("GET", "/export");
  t.equal((await one.steer("POST", "/import", exported)).status, 204);
  t.equal(one.state.faults.list(sid).length, 1, "not removed");
  t.equal((await one.steer("POST", `/snapshots/mine/restore?account=${sid}`)).status, 404);
  t.equal((await one.steer("PUT", `/snapshots/other?account=${sid}`)).status, 200);
  t.equal((await one.steer("POST", "/import", seeded)).status, 204);
  nothingOf(t, one, sid);
});

t.test("imported account: its own reset restores it as imported, a global reset removes it", async (t) => {
  const one = await emulator(t);
  const { sid, headers } = await usedAccount(one);
  await one.steer("DELETE", "/faults");
  const { body: exported } = await one.steer("GET", "/export");
  await one.steer("POST", "/reset");
  t.equal((await one.steer("POST", "/import", exported)).status, 204);
  const count = async () =>
    (await one.send(`/2010-04-01/Accounts/${sid}/Recordings.json`, { headers })).json().recordings?.length;
  const imported = await count();
  await one.steer("PUT", `/snapshots/mine?account=${sid}`);
  await one.steer("POST", `/reset?account=${sid}`, { to: "empty" });
  t.equal(await count(), 0);
  await one.steer("POST", `/snapshots/mine/restore?account=${sid}`);
  t.equal(await count(), imported);
  await one.steer("POST", `/reset?account=${sid}`, { to: "empty" });
  t.equal((await one.steer("POST", `/reset?account=${sid}`)).status, 204);
  t.equal(await count(), imported);
  await one.steer("POST", "/reset");
  nothingOf(t, one, sid);
});

t.test("reset of a subaccount whose parent is gone: 409, state unchanged", async (t) => {
  const one = await emulator(t);
  const sid = SUBACCOUNT;
  const accounts = [{ sid, auth_token: "mine" }];
  t.equal((await one.steer("POST", "/import", { accounts, recordings: [] })).status, 204);
  const before = dumpOf(one.state);
  t.same(await one.steer("POST", `/reset?account=${sid}`), {
    status: 409,
    body: { error: "a reset would bring back what refers to an account that is gone" },
  });
  t.strictSame(dumpOf(one.state), before);
  t.equal((await one.steer("POST", "/reset")).status, 204);
  t.equal((await one.send(pathOf(EXAMPLE), { headers: { authorization: basic(ACCOUNT, TOKEN) } })).statusCode, 200);
});

t.test("database error during a reset: 500, state unchanged", async (t) => {
  const one = await emulator(t);
  await one.steer("POST", "/recordings", {});
  one.state.database.exec(
    "CREATE TRIGGER refuse BEFORE DELETE ON recordings BEGIN SELECT raise(ABORT, 'refused'); END",
  );
  const before = dumpOf(one.state);
  t.match(await one.steer("POST", "/reset"), { status: 500, body: { error: "refused" } });
  t.strictSame(dumpOf(one.state), before);
});

t.test("queries that remove an account: use an index", async (t) => {
  const { state } = await emulator(t);
  const planOf = (sql: string) =>
    state.database
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join();
  const tables = ["keys", "recordings", "transcriptions", "add_on_results", "payloads", "changes"];
  for (const table of tables) t.match(planOf(`DELETE FROM ${table} WHERE account_sid = 'AC'`), /^SEARCH .* USING /);
  // The query of a foreign key for its child rows.
  t.match(planOf("SELECT sid FROM accounts WHERE owner_account_sid = 'AC'"), /USING .*INDEX accounts_by_owner/);
  t.match(planOf("DELETE FROM snapshots WHERE scope = 'AC'"), /^SEARCH .* USING /);
});

t.test("write-ahead log after seeding: truncated", async (t) => {
  const data = t.testdir({});
  await emulator(t, { data, generate: 2000 });
  t.ok(statSync(join(data, "emulator.db")).size > 500_000);
  t.ok(statSync(join(data, "emulator.db-wal")).size < 100_000);
});
