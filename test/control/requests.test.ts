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

const LIST = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;

t.test("every request is noted, with what was answered, and without credentials (200)", async (t) => {
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

t.test("filtered by everything that it tells (200)", async (t) => {
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

t.test("cleared: of one account, or all (204)", async (t) => {
  const { steer, send } = await emulator(t);
  await send(LIST);
  await send(pathOf(numbered("13"), SUBACCOUNT));
  t.equal((await steer("DELETE", `/requests?account=${ACCOUNT}`)).status, 204);
  t.equal((await steer("GET", "/requests")).body.count, 1);
  await steer("DELETE", "/requests");
  t.equal((await steer("GET", "/requests")).body.count, 0);
});

t.test("only the last ones of each account are kept, as many as asked for", async (t) => {
  const { steer, send } = await emulator(t, { journal: 2 });
  await send(pathOf(numbered("13"), SUBACCOUNT));
  for (let time = 0; time < 5; time++) await send(LIST);
  const { requests } = (await steer("GET", "/requests")).body;
  t.same(
    requests.map(({ number }: { number: number }) => number),
    [1, 5, 6],
  );
});

t.test("off, by option: nothing is kept, and asking for it says so (409)", async (t) => {
  const { steer, send, state } = await emulator(t, { journal: 0 });
  await send(LIST);
  t.same(state.journal.entries(), []);
  const off = { status: 409, body: { error: "the journal is off; expected: a start with --journal above 0" } };
  t.same(await steer("GET", "/requests"), off);
  t.same(await steer("GET", "/requests/wait"), off);
});

t.test("wait: answered when as many as asked for have been seen, at once if they have (200)", async (t) => {
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

t.test("wait: not in time (408), nor with what makes no sense (400)", async (t) => {
  const { steer, send } = await emulator(t);
  await send(LIST);
  t.same(await steer("GET", "/requests/wait?count=2&timeout=0"), {
    status: 408,
    body: { error: "1 of 2 requests were seen in 0 s" },
  });
  t.match(await steer("GET", "/requests/wait?count=0"), { status: 400, body: { error: /^count is "?0"?; expected/ } });
});

t.test("wait: nobody waits any longer when the emulator closes (408)", async (t) => {
  const { control, app } = await emulator(t);
  const waiting = control.requests.wait({ timeout: 600 });
  await app.ready();
  await Promise.all([t.rejects(waiting, /^0 of 1 requests were seen/), app.close()]);
});
