import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import t, { type Test } from "tap";
import { TABLES } from "../../src/resources/register.js";
import { readBody } from "../../src/seeding/import-body.js";
import { openState } from "../../src/state/state.js";
import {
  ACCOUNT,
  basic,
  configWith,
  dumpOf,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
} from "../support/emulator.js";

const MANY = 15_000;

/** Returns a digest of each table except `changes`; a diff of so many rows would take minutes to print. */
function rowsOf(state: Parameters<typeof dumpOf>[0]) {
  const { changes: _, ...rows } = dumpOf(state);
  return Object.fromEntries(
    Object.entries(rows).map(([table, list]) => [
      table,
      `${list.length} ${createHash("sha256").update(list.join()).digest("hex")}`,
    ]),
  );
}

/** Returns recordings of an account with distinct SIDs, each padded to make the body large. */
function many(count: number, account = ACCOUNT, padding = 0) {
  return Array.from({ length: count }, (_, index) => ({
    sid: `RE${(index + 1000).toString(16).padStart(32, "0")}`,
    account_sid: account,
    uri: "x".repeat(padding),
  }));
}

async function large(t: Test) {
  const one = await emulator(t, { generate: MANY });
  const { payload: exported } = await one.app.inject("/_emulator/export");
  return { ...one, exported };
}

t.test("import of a large export: 204, other requests served meanwhile, undone by a reset", async (t) => {
  const { steer, send, state, app, exported } = await large(t);
  const before = rowsOf(state);
  await steer("POST", "/recordings", {});
  await steer("DELETE", `/recordings/${EXAMPLE}`);
  const { body: created } = await steer("POST", "/accounts", { recordings: "none" });
  let served = 0;
  const done = app.inject({ method: "POST", url: "/_emulator/import", payload: exported }).then(({ statusCode }) => {
    t.equal(statusCode, 204);
    return true;
  });
  while (!(await Promise.race([done, turn().then(() => false)]))) {
    t.equal((await send(pathOf(numbered("05")))).statusCode, 200);
    served++;
  }
  t.ok(served > 20, `${served} requests served meanwhile`);
  t.strictSame(rowsOf(state), before);
  t.same(state.database.pragma("integrity_check"), [{ integrity_check: "ok" }]);
  t.same(state.database.pragma("foreign_key_check"), []);
  t.equal((await send(`/2010-04-01/Accounts/${created.sid}/Recordings.json`)).statusCode, 404);
  await steer("POST", "/import", { recordings: [], accounts: JSON.parse(exported).accounts });
  t.equal((await steer("GET", "/health")).body.counts.recordings, 0);
  await steer("POST", "/reset");
  t.strictSame(rowsOf(state), before);
  t.equal(dumpOf(state).changes?.length, 0);
});

t.test("body parsed in batches: imported, undone by a reset", async (t) => {
  const { steer, state, send } = await emulator(t);
  const before = rowsOf(state);
  const { body: any } = await steer("POST", "/accounts", {});
  const accounts = [any, { sid: ACCOUNT, auth_token: "new" }].map(({ sid, auth_token }) => ({ sid, auth_token }));
  const recordings = [...many(1100, ACCOUNT, 16_000), { sid: EXAMPLE, account_sid: any.sid }];
  const dependant = { account_sid: any.sid, sid: `XR${"1".repeat(32)}` };
  const body = {
    accounts,
    recordings,
    transcriptions: [],
    add_on_results: [{ ...dependant, reference_sid: EXAMPLE }],
    payloads: [{ account_sid: any.sid, sid: `XH${"1".repeat(32)}`, add_on_result_sid: dependant.sid, data: { a: 1 } }],
    page: 0,
  };
  t.same(await steer("POST", "/import", body), { status: 204, body: undefined });
  t.match((await steer("GET", "/health")).body.counts, { accounts: 2, recordings: 1101, payloads: 1 });
  const headers = { authorization: basic(ACCOUNT, "new") };
  t.equal((await send(pathOf(recordings[0]?.sid as string), { headers })).statusCode, 200);
  await steer("PUT", "/snapshots/imported");
  await steer("POST", "/reset");
  const { snapshots: _, snapshot_rows: __, ...rows } = rowsOf(state);
  t.match(before, rows);
  await steer("POST", "/snapshots/imported/restore");
  t.match((await steer("GET", "/health")).body.counts, { recordings: 1101, payloads: 1 });
});

t.test("large body for one account: 204", async (t) => {
  const { steer } = await emulator(t);
  const recordings = many(1100, SUBACCOUNT, 16_000);
  t.equal((await steer("POST", `/import?account=${SUBACCOUNT}`, { page: 0, recordings })).status, 204);
  t.equal((await steer("GET", "/health")).body.counts.recordings, 1112);
});

t.test("invalid large import: 400, state unchanged", async (t) => {
  const { steer, state } = await emulator(t);
  const before = rowsOf(state);
  const accounts = [{ sid: ACCOUNT, auth_token: "x" }];
  const recordings: object[] = many(1100, ACCOUNT, 16_000);
  const own = { account_sid: ACCOUNT };
  const result = { ...own, sid: `XR${"1".repeat(32)}`, reference_sid: numbered("99") };
  const text = JSON.stringify({ accounts, recordings });
  for (const [body, error] of [
    [
      { accounts, recordings: [...recordings, { ...recordings[0], status: 7 }] },
      /^recordings\[1100\] \(RE0+3e8\): status is 7/,
    ],
    [
      { accounts, recordings: [...recordings, recordings[0]] },
      /^recordings\[1100\] \(RE0+3e8\): sid "RE0+3e8" is a duplicate; expected: a unique SID$/,
    ],
    [
      { recordings },
      /^recordings\[0\] .* and 999 more: account_sid is "ACa+", and there is no such account; add it to acc/,
    ],
    [{ accounts, recordings, add_on_results: [result] }, /^add_on_results\[0\] .*: reference_sid is/],
    [
      { recordings, accounts },
      /^accounts follows recordings; expected order in a body of this size: accounts, calls, conferences, participants, recordings, trans/,
    ],
    [{ accounts, recordings, nope: 1 }, /^nope is unknown; expected one of/],
    [{ accounts, recordings: { x: recordings } }, /^recordings is \{"x":\[.*; expected: Array of recordings/],
    [{ sid: EXAMPLE, recordings }, /recordings is unknown/],
    [
      { accounts, recordings: recordings.map((one) => ({ ...one, sid: 1 })) },
      /; and more: only the first 100 errors are listed$/,
    ],
    [[recordings], "the body is not an object; expected: an object such as an export"],
    [JSON.stringify("x".repeat(17e6)), "the body is not an object; expected: an object such as an export"],
    [text.slice(0, -1), "the body is not JSON (truncated); expected: JSON"],
    [`${text}x`, /^the body is not JSON \(.*\); expected: JSON$/],
    [`{"a" ${text}`, /^the body is not JSON \(.*\); expected: JSON$/],
    [`{"a": ${"[".repeat(17e6)}`, /^the body is not JSON \(nested more than 1000 levels deep\); expected: JSON$/],
  ] as const) {
    const answer = await steer("POST", "/import", body);
    t.equal(answer.status, 400, String(error));
    t.match(answer.body.error, error);
    t.ok(answer.body.error.length < 100_000);
  }
  t.strictSame(rowsOf(state), before);
  t.equal(dumpOf(state).changes?.length, 0);
});

t.test("body over the size limit: rejected as too large without buffering it", async (t) => {
  const body = async function* () {
    yield Buffer.from('{"a": "');
    for (;;) yield Buffer.from("x".repeat(10));
  };
  const read = await readBody(body(), { whole: 10, size: 100 });
  const all = async () => {
    for await (const _ of "batches" in read ? read.batches : []);
  };
  await t.rejects(all(), { reason: "too large", message: "the body is larger than 100 bytes" });
});

t.test("resets during a large import: 204, and a later reset undoes it", async (t) => {
  const { steer, state, exported, app } = await large(t);
  const before = rowsOf(state);
  const changed = exported.replaceAll('"USD"', '"EUR"');
  const importing = app.inject({ method: "POST", url: "/_emulator/import", payload: changed });
  const noted = () => state.database.prepare("SELECT count(*) FROM changes").pluck().get() as number;
  for (let resets = 0; resets < 2; resets++) {
    while (noted() === 0) await turn();
    await steer("POST", "/reset");
  }
  t.equal((await importing).statusCode, 204);
  t.equal(
    (await steer("GET", "/export")).body.recordings.some((one: { price_unit: string }) => one.price_unit === "USD"),
    false,
  );
  await steer("POST", "/reset");
  t.strictSame(rowsOf(state), before);
});

t.test("repeated resets during a large import: 409, state unchanged", async (t) => {
  const { state, exported, app } = await large(t);
  const before = rowsOf(state);
  const { epoch } = state.changes;
  let count = 0;
  state.changes.epoch = () => epoch() + count++;
  const answer = await app.inject({ method: "POST", url: "/_emulator/import", payload: exported });
  t.equal(answer.statusCode, 409);
  t.match(answer.json().error, /^5 resets or new accounts interrupted the import; nothing was imported$/);
  t.strictSame(rowsOf(state), before);
});

t.test("account of anyAccount removed during a large import: 409", async (t) => {
  const { state, app, control } = await emulator(t, { anyAccount: true, generate: 25_000 });
  const any = `AC${"7".repeat(32)}`;
  await app.inject({ url: pathOf(EXAMPLE, any), headers: { authorization: basic(any, "x") } });
  const payload = JSON.stringify({ recordings: [{ sid: EXAMPLE, account_sid: any }] });
  const { epoch } = state.changes;
  // The import first calls epoch when all rows are staged.
  state.changes.epoch = () => {
    state.changes.epoch = epoch;
    void control.call(control.operations.accounts.remove, { key: any });
    return epoch();
  };
  const answer = await app.inject({ method: "POST", url: "/_emulator/import", payload });
  t.equal(answer.statusCode, 409);
  t.equal(answer.json().error, `account ${any} was removed during the import; nothing was imported`);
});

t.test("import that keeps the account of the options", async (t) => {
  const given = { sid: SUBACCOUNT, authToken: "given" };
  const key = { sid: `SK${"9".repeat(32)}`, secret: "x" };
  const accounts = [
    { sid: ACCOUNT, auth_token: "x" },
    { sid: SUBACCOUNT, auth_token: "y", keys: [key] },
  ];
  const fixtures = t.testdir({
    "a.json": JSON.stringify({ accounts: [accounts[0], { ...accounts[1], owner_account_sid: ACCOUNT }] }),
  });
  t.test("import without the parent of the kept account: 409", async (t) => {
    const { steer } = await emulator(t, { account: given, fixtures });
    t.same(await steer("POST", "/import", {}), {
      status: 409,
      body: {
        error: `the import keeps account ${SUBACCOUNT}, whose parent ${ACCOUNT} is not in accounts; add ${ACCOUNT} to accounts`,
      },
    });
  });
  t.test("import with an API key of the kept account in another account: 409", async (t) => {
    const { steer } = await emulator(t, { account: given, fixtures });
    t.same(await steer("POST", "/import", { accounts: [{ ...accounts[0], keys: [key] }] }), {
      status: 409,
      body: { error: `the import keeps account ${SUBACCOUNT}, which already has the key ${key.sid}` },
    });
  });
  t.test("import of the emulator's own export: 204, state unchanged", async (t) => {
    const { steer, state } = await emulator(t, { account: given, fixtures });
    const before = rowsOf(state);
    t.equal((await steer("POST", "/import", (await steer("GET", "/export")).body)).status, 204);
    t.strictSame(rowsOf(state), before);
  });
  t.test("import without recordings over a large database: 204, recordings replaced", async (t) => {
    const { steer, state } = await emulator(t, { account: given, fixtures, generate: MANY });
    t.equal((await steer("POST", "/import", { accounts: [accounts[0]] })).status, 204);
    t.match((await steer("GET", "/health")).body.counts, { accounts: 2, recordings: 0 });
    t.same(state.database.pragma("foreign_key_check"), []);
  });
});

t.test("export while results are created and deleted: can be imported", async (t) => {
  const { steer, app, send } = await emulator(t, { generate: 3000 });
  const exporting = app.inject("/_emulator/export");
  const result = `XR${"1".repeat(32)}`;
  const early = { sid: `RE${"0".repeat(31)}1`, account_sid: ACCOUNT };
  // The export, if it has begun, has already passed this recording.
  for (let turns = 0; turns < 3; turns++) await turn();
  await steer("DELETE", `/recordings/${early.sid}`);
  await steer("POST", "/recordings", {
    recordings: [early, { sid: `RE${"0".repeat(32)}` }],
    add_on_results: [early.sid, `RE${"0".repeat(32)}`].map((sid, index) => ({
      sid: `${result.slice(0, -1)}${index}`,
      reference_sid: sid,
    })),
    payloads: [0, 1].map((index) => ({ add_on_result_sid: `${result.slice(0, -1)}${index}` })),
  });
  const { payload } = await exporting;
  t.equal((await steer("POST", "/import", payload)).status, 204);
  const root = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${numbered("05")}/AddOnResults`;
  const [{ sid }] = (await send(`${root}.json`)).json().add_on_results;
  t.equal((await send(`${root}/${sid}.json`, { method: "DELETE" })).statusCode, 204);
  const without = await steer("GET", "/export");
  t.notOk(without.body.payloads.some((one: { add_on_result_sid: string }) => one.add_on_result_sid === sid));
  t.equal((await steer("POST", "/import", without.body)).status, 204, "without the payloads of a deleted result");
});

t.test("recording that ends at the end of the year 9999: exported and imported", async (t) => {
  const { steer, state } = await emulator(t);
  await steer("POST", "/clock", { now: "9999-12-31T23:59:59Z", frozen: true });
  await steer("POST", "/recordings", { date_created: "9999-12-31T23:59:50Z", duration: "3600" });
  const before = rowsOf(state);
  t.equal((await steer("POST", "/import", (await steer("GET", "/export")).body)).status, 204);
  t.strictSame(rowsOf(state), before);
});

t.test("unfinished import: discarded at the next start", async (t) => {
  const config = configWith({ data: t.testdir({}) });
  const first = openState(config, TABLES);
  first.database.exec("CREATE TABLE incoming_recordings (a); CREATE INDEX incoming_b ON incoming_recordings (a)");
  first.database.close();
  const second = openState(config, TABLES);
  t.same(
    Object.keys(dumpOf(second)).filter((name) => name.startsWith("incoming_")),
    [],
  );
  second.database.close();
});

t.test("in process: large objects, concurrent imports run one after the other", async (t) => {
  const { control } = await emulator(t);
  const accounts = [{ sid: ACCOUNT, auth_token: "x" }];
  await Promise.all([
    control.for().import({ accounts, recordings: many(MANY) }),
    control.for().import({ accounts, recordings: many(MANY + 1) }),
  ]);
  t.equal(control.health().counts.recordings, MANY + 1);
  await t.rejects(
    control.for().import({ sid: EXAMPLE, account_sid: SUBACCOUNT } as object),
    /there is no such account/,
  );
  await t.rejects(control.for().import(Readable.from([Buffer.from("")]) as object), /the body is undefined; expected/);
});

t.test("large body that is not JSON: rejected, and read to its end", async (t) => {
  const chunks = ["[no JSON at all".padEnd(50), "x".repeat(50), "x".repeat(50)].map((text) => Buffer.from(text));
  const body = Readable.from(chunks);
  const read = await readBody(body, { whole: 10, size: 1000 });
  const batches = (read as { batches: AsyncIterable<unknown> }).batches;
  await t.rejects(async () => {
    for await (const _ of batches);
  });
  t.equal(body.readableEnded, true);
});

t.test("soft-deleted payload: not in the export", async (t) => {
  const { steer, send } = await emulator(t);
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Recordings/${numbered("05")}/AddOnResults/XR${"0".repeat(30)}01/Payloads`;
  const sid = `XH${"0".repeat(30)}01`;
  const exported = async () =>
    (await steer("GET", "/export")).body.payloads.map((payload: { sid: string }) => payload.sid);
  t.ok((await exported()).includes(sid));
  t.equal((await send(`${path}/${sid}.json`, { method: "DELETE" })).statusCode, 204);
  t.notOk((await exported()).includes(sid));
});
