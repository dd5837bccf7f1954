import t from "tap";
import {
  basic,
  dumpOf,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../support/emulator.js";

/** Returns the rows of all tables except those that record changes. */
function rowsOf(state: Parameters<typeof dumpOf>[0]) {
  const { changes: _, ...rows } = dumpOf(state);
  return rows;
}

t.test("save, list, restore, remove: rows and clocks restored", async (t) => {
  const { steer, send, state } = await emulator(t);
  t.same((await steer("GET", "/snapshots")).body, { snapshots: [] });
  await steer("DELETE", `/recordings/${numbered("12")}`);
  await steer("POST", "/recordings", [{}, {}]);
  const { body: account } = await steer("POST", "/accounts", {});
  await steer("POST", "/clock", { now: "2030-01-01", frozen: true });
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { now: "2031-01-01", frozen: true });

  t.same(await steer("PUT", "/snapshots/one"), {
    status: 200,
    body: { name: "one", saved_at: "2030-01-01T00:00:00.000Z" },
  });
  const saved = rowsOf(state);
  t.same((await steer("GET", "/snapshots")).body.snapshots.length, 1);

  const created = pathOf(EXAMPLE, account.sid);
  const asCreated = { headers: { authorization: basic(account.sid, account.auth_token) } };
  t.equal((await send(created, { method: "DELETE", ...asCreated })).statusCode, 204);
  await steer("POST", "/recordings", {});
  await steer("DELETE", `/accounts/${SUBACCOUNT}`);
  await steer("POST", "/clock", { advance: "P1D" });
  t.same(await steer("POST", "/snapshots/one/restore"), { status: 204, body: undefined });
  t.strictSame(rowsOf(state), saved);
  t.same((await steer("GET", "/clock")).body.now, "2030-01-01T00:00:00.000Z");
  t.same((await steer("GET", `/clock?account=${SUBACCOUNT}`)).body.now, "2031-01-01T00:00:00.000Z");

  await send(created, { method: "DELETE", ...asCreated });
  await steer("POST", `/reset?account=${account.sid}`);
  t.equal((await send(created, asCreated)).statusCode, 200, "the restored account can be reset to its creation");
  await steer("POST", "/reset");
  t.equal((await send(created, asCreated)).statusCode, 401);

  t.equal((await steer("GET", "/snapshots")).body.snapshots.length, 1, "snapshots survive a reset");
  t.equal((await steer("DELETE", "/snapshots/one")).status, 204);
  t.same((await steer("GET", "/snapshots")).body, { snapshots: [] });
});

t.test("saved again with the same name: the later state is restored", async (t) => {
  const { steer, send } = await emulator(t);
  await steer("PUT", "/snapshots/one");
  await send(pathOf(EXAMPLE), { method: "DELETE" });
  await steer("PUT", "/snapshots/one");
  await steer("POST", "/reset");
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 200);
  await steer("POST", "/snapshots/one/restore");
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 404);
});

t.test("snapshot of one account: other accounts unchanged", async (t) => {
  const { steer, send } = await emulator(t);
  const ofSub = pathOf(numbered("13"), SUBACCOUNT);
  const subaccount = { headers: { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) } };
  await steer("PUT", `/snapshots/mine?account=${SUBACCOUNT}`);
  t.same((await steer("GET", "/snapshots")).body, { snapshots: [] });
  await send(ofSub, { method: "DELETE", ...subaccount });
  await send(pathOf(EXAMPLE), { method: "DELETE" });
  await steer("POST", `/snapshots/mine/restore?account=${SUBACCOUNT}`);
  t.equal((await send(ofSub, subaccount)).statusCode, 200);
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 404);
});

t.test("unknown names: 404; invalid names: 400", async (t) => {
  const { steer } = await emulator(t);
  const unknown = { status: 404, body: { error: 'there is no snapshot "nope"' } };
  t.same(await steer("POST", "/snapshots/nope/restore"), unknown);
  t.same(await steer("DELETE", "/snapshots/nope"), unknown);
  t.same(await steer("PUT", "/snapshots/..%2Fup"), {
    status: 400,
    body: { error: 'name is "../up"; expected: 1 to 64 letters, digits, dots, dashes and underscores' },
  });
});

t.test("export and import: same state, except for deleted results and transcriptions", async (t) => {
  const { steer, send, state } = await emulator(t);
  const { body: first } = await steer("GET", "/export");
  t.same(
    Object.values(first as Record<string, unknown[]>).map((list) => list.length),
    [2, 14, 2, 0, 13, 5, 2, 2],
  );
  const before = rowsOf(state);
  await steer("POST", "/recordings", {});
  await steer("POST", "/accounts", {});
  t.same(await steer("POST", "/import", first), { status: 204, body: undefined });
  t.strictSame(rowsOf(state), before);
  await steer("POST", "/reset");
  t.strictSame(rowsOf(state), before);

  await send(`/2010-04-01/Accounts/${`AC${"a".repeat(32)}`}/Transcriptions/TR${numbered("01").slice(2)}.json`, {
    method: "DELETE",
  });
  t.equal((await steer("GET", "/export")).body.transcriptions.length, 4);
});

t.test("export of one account, import into another: same recordings", async (t) => {
  const { steer, send } = await emulator(t);
  const { body: exported } = await steer("GET", `/export?account=${SUBACCOUNT}`);
  t.same([exported.accounts, exported.recordings.length], [[], 1]);
  const { body: account } = await steer("POST", "/accounts", {});
  const mine = exported.recordings.map((recording: object) => ({ ...recording, account_sid: account.sid }));
  t.equal((await steer("POST", `/import?account=${account.sid}`, { recordings: mine })).status, 204);
  const headers = { authorization: basic(account.sid, account.auth_token) };
  const list = (await send(`/2010-04-01/Accounts/${account.sid}/Recordings.json`, { headers })).json();
  t.same(
    list.recordings.map(({ sid }: { sid: string }) => sid),
    [numbered("13")],
  );
});

t.test("invalid import: 400, state unchanged", async (t) => {
  const { steer, state } = await emulator(t);
  const before = dumpOf(state);
  const other = { recordings: [{ sid: EXAMPLE, account_sid: SUBACCOUNT }] };
  for (const [url, body, message] of [
    ["/import", [], "the body is []; expected: an object such as an export"],
    ["/import", "null", "the body is null; expected: an object such as an export"],
    [
      "/import",
      other,
      `recordings[0] (${EXAMPLE}): account_sid is "${SUBACCOUNT}", and there is no such account; add it to accounts with its auth_token`,
    ],
    [
      `/import?account=${SUBACCOUNT}`,
      {
        add_on_results: [{ sid: `XR${"1".repeat(32)}`, account_sid: SUBACCOUNT, reference_sid: numbered("13") }],
        payloads: [{ sid: `XH${"1".repeat(32)}`, account_sid: SUBACCOUNT, add_on_result_sid: `XR${"2".repeat(32)}` }],
      },
      /reference_sid is .*; expected: the SID of a recording.*; .*add_on_result_sid is/,
    ],
    [`/import?account=${SUBACCOUNT}`, { recordings: [{}] }, /sid is missing; expected: .*account_sid is missing/],
    [`/import?account=AC${"a".repeat(32)}`, other, /account_sid is ACb+; expected: ACa+, the account of the call$/],
    [
      `/import?account=${SUBACCOUNT}`,
      { accounts: [{ sid: SUBACCOUNT, auth_token: "x" }] },
      "accounts is unknown; expected one of calls, conferences, participants, recordings, transcriptions, add_on_results, payloads",
    ],
  ] as const) {
    const answer = await steer("POST", url, body);
    t.equal(answer.status, 400);
    t.match(answer.body.error, message);
  }
  t.strictSame(dumpOf(state), before);
});

t.test("import without the account of the options: the account remains", async (t) => {
  const account = { sid: `AC${"c".repeat(32)}`, authToken: "given" };
  const { steer, send } = await emulator(t, { account });
  const { body } = await steer("GET", "/export");
  t.equal(body.accounts.length, 2);
  t.equal((await steer("POST", "/import", body)).status, 204);
  const headers = { authorization: basic(account.sid, "given") };
  t.equal((await send(`/2010-04-01/Accounts/${account.sid}/Recordings.json`, { headers })).statusCode, 200);
});
