import { join } from "node:path";
import t from "tap";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  dumpOf,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../support/emulator.js";

const ROOT = `/2010-04-01/Accounts/${ACCOUNT}`;

t.test("reset after changes of every kind: 204, state of a new emulator", async (t) => {
  const one = await emulator(t);
  const newborn = await emulator(t);
  const { steer, send, state } = one;
  const before = dumpOf(state);
  const firstId = (await newborn.send(`${ROOT}/nope`)).headers["twilio-request-id"];

  await send(pathOf(EXAMPLE), { method: "DELETE" });
  await send(`${ROOT}/Transcriptions/TR${numbered("01").slice(2)}.json`, { method: "DELETE" });
  await steer("PATCH", `/recordings/${numbered("01")}`, { status: "completed" });
  await steer("DELETE", `/recordings/${numbered("05")}`);
  await steer("POST", "/recordings", [{}, { status: "absent" }]);
  await steer("POST", "/recordings/generate", { count: 30 });
  await steer("POST", "/clock", { advance: "P41D" });
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { frozen: true });
  await steer("POST", "/faults", { error: 20503 });
  const { body: account } = await steer("POST", "/accounts", {});
  await send(pathOf(EXAMPLE, account.sid), { headers: { authorization: basic(account.sid, account.auth_token) } });
  await steer("DELETE", `/accounts/${SUBACCOUNT}`);
  t.strictNotSame(dumpOf(state), before);

  t.same(await steer("POST", "/reset"), { status: 204, body: undefined });
  t.strictSame(dumpOf(state), before);
  t.strictSame(state.faults.list(), []);
  t.strictSame(state.journal.entries(), []);
  t.ok(state.clock.isReal() && state.clock.isReal(SUBACCOUNT));
  t.equal((await send(`${ROOT}/nope`)).headers["twilio-request-id"], firstId);
  await steer("POST", "/reset");
  t.strictSame((await steer("POST", "/accounts", {})).body, account, "random sequences restart");
});

t.test("reset of one account: other accounts unchanged", async (t) => {
  const { steer, send, state } = await emulator(t);
  const subaccount = { headers: { authorization: basic(SUBACCOUNT, SUBACCOUNT_TOKEN) } };
  const ofSub = pathOf(numbered("13"), SUBACCOUNT);
  await send(pathOf(EXAMPLE), { method: "DELETE" });
  await send(ofSub, { method: "DELETE", ...subaccount });
  await steer("POST", `/faults?account=${ACCOUNT}`, { error: 20503, operation: "ListRecording" });
  await steer("POST", `/faults?account=${SUBACCOUNT}`, { error: 20503, operation: "ListRecording" });
  await steer("POST", `/clock?account=${ACCOUNT}`, { advance: "P1D" });
  await steer("POST", `/clock?account=${SUBACCOUNT}`, { advance: "P1D" });

  t.equal((await steer("POST", `/reset?account=${ACCOUNT}`)).status, 204);
  t.equal((await send(ofSub, subaccount)).statusCode, 404);
  t.equal((await send(pathOf(EXAMPLE))).statusCode, 200);
  t.same(
    state.faults.list().map(({ match }) => match.account),
    [SUBACCOUNT],
  );
  t.same(
    state.journal.entries().map(({ account, method }) => [account, method]),
    [
      [SUBACCOUNT, "DELETE"],
      [SUBACCOUNT, "GET"],
      [ACCOUNT, "GET"],
    ],
  );
  t.same([state.clock.isReal(ACCOUNT), state.clock.isReal(SUBACCOUNT)], [true, false]);
});

t.test("created account: its own reset restores it as created, a global reset removes it", async (t) => {
  const { steer, send } = await emulator(t);
  const { body: account } = await steer("POST", "/accounts", {});
  const options = { headers: { authorization: basic(account.sid, account.auth_token) } };
  const path = pathOf(EXAMPLE, account.sid);
  t.equal((await send(path, { method: "DELETE", ...options })).statusCode, 204);
  t.equal((await send(path, options)).statusCode, 404);
  await steer("POST", `/reset?account=${account.sid}`);
  t.equal((await send(path, options)).statusCode, 200);
  await steer("POST", "/reset");
  t.equal((await send(path, options)).statusCode, 401);
  t.equal((await steer("POST", `/reset?account=${account.sid}`)).status, 404);
});

t.test("reset to empty, of one account or all: accounts without recordings", async (t) => {
  const { steer, send } = await emulator(t);
  const count = async (account: string) =>
    (await send(`/2010-04-01/Accounts/${account}/Recordings.json`)).json().recordings.length;
  t.equal((await steer("POST", `/reset?account=${SUBACCOUNT}`, { to: "empty" })).status, 204);
  t.same([await count(ACCOUNT), await count(SUBACCOUNT)], [11, 0]);
  await steer("POST", "/reset", { to: "empty" });
  t.same([await count(ACCOUNT), await count(SUBACCOUNT)], [0, 0]);
  t.same((await steer("GET", "/health")).body.counts, {
    accounts: 2,
    calls: 0,
    conferences: 0,
    participants: 0,
    recordings: 0,
    transcriptions: 0,
    add_on_results: 0,
    payloads: 0,
  });
  await steer("POST", "/reset");
  t.same([await count(ACCOUNT), await count(SUBACCOUNT)], [11, 1]);
});

t.test("reset after a restart: changes before the restart are undone", async (t) => {
  const data = join(t.testdir({}), "data");
  const first = await emulator(t, { data });
  const before = dumpOf(first.state);
  await first.send(pathOf(EXAMPLE), { method: "DELETE" });
  await first.steer("POST", "/accounts", {});
  await first.app.close();
  const second = await emulator(t, { data });
  t.equal((await second.send(pathOf(EXAMPLE))).statusCode, 404);
  const { body: another } = await second.steer("POST", "/accounts", { recordings: "none" });
  t.ok(another.sid, "random SID is unused, although the random sequence restarted");
  await second.steer("POST", "/reset");
  t.strictSame(dumpOf(second.state), before);
});

t.test("invalid target: 400, state unchanged", async (t) => {
  const { steer, send, control } = await emulator(t);
  await send(pathOf(EXAMPLE), { method: "DELETE" });
  t.same(await steer("POST", "/reset", { to: "yesterday" }), {
    status: 400,
    body: {
      error:
        'to is "yesterday"; expected: seeded, the default: the state after seeding; or empty: accounts without resources.',
    },
  });
  await t.rejects(control.for().reset("yesterday" as "empty"), {
    message: /^to is "yesterday"; expected: seeded, /,
    statusCode: 400,
  });
  t.equal((await send(pathOf(EXAMPLE), { headers: AUTHORIZED })).statusCode, 404);
});

t.test("same requests with the same seed: same responses, byte for byte", async (t) => {
  const script = async () => {
    const { steer, send } = await emulator(t, { clock: Date.parse("2030-01-01") });
    const answers: unknown[] = [];
    const note = async (answer: Promise<{ statusCode: number; headers: object; body: string }>) => {
      const { statusCode, headers, body } = await answer;
      answers.push([statusCode, { ...headers, "twilio-request-duration": "", date: "" }, body]);
    };
    await steer("POST", "/clock", { now: "2030-01-01", frozen: true });
    await steer("POST", "/reset", { to: "empty" });
    await steer("POST", "/clock", { now: "2030-01-01", frozen: true });
    const { body: account } = await steer("POST", "/accounts", {});
    answers.push(account, await steer("POST", `/recordings?account=${account.sid}`, {}));
    await steer("POST", `/faults?account=${account.sid}`, { error: 20503, probability: 0.5 });
    const options = { headers: { authorization: basic(account.sid, account.auth_token) } };
    for (let round = 0; round < 10; round++) await note(send(pathOf(EXAMPLE, account.sid), options));
    await note(send(`/2010-04-01/Accounts/${account.sid}/Recordings.json?PageSize=5`, options));
    await note(send(pathOf(EXAMPLE), { headers: { authorization: "" } }));
    answers.push(await steer("POST", `/recordings/generate?account=${account.sid}`, { count: 20 }));
    answers.push((await steer("GET", "/requests")).body.requests.map((one: object) => ({ ...one, duration: 0 })));
    return JSON.stringify(answers);
  };
  const [first, second] = [await script(), await script()];
  t.equal(first, second);
  t.match(first, /20503/);
});
