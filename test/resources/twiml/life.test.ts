import { join } from "node:path";
import t, { type Test } from "tap";
import { callbackEmulator } from "../../support/callbacks.js";
import { callPath, NOON } from "../../support/calls.js";
import { emulator } from "../../support/emulator.js";
import { run } from "../../support/process.js";
import { type Received, receiver } from "../../support/receiver.js";
import { held, twimlEmulator } from "../../support/twiml.js";

// Some tests start processes.
t.jobs = 2;

const DOCUMENT = "<Response><Say>Hello</Say><Hangup/></Response>";
const tokenOf = ({ headers }: Received) => headers["i-twilio-idempotency-token"];

t.test("restart", async (t) => {
  /** Starts the program on a data folder. */
  async function start(t: Test, data: string) {
    const { child, ready, ended } = run(t, ["--port", "0", "--data", data]);
    const url = `${await ready}/_emulator`;
    // biome-ignore lint/suspicious/noExplicitAny: answers of many operations
    const control = async (method: string, path: string, body?: object): Promise<any> => {
      const answer = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) });
      if (answer.status >= 400) throw new Error(await answer.text());
      return answer.status === 204 ? undefined : answer.json();
    };
    const kill = async (signal: "SIGKILL" | "SIGTERM") => {
      child.kill(signal);
      await ended;
    };
    return { control, kill };
  }

  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    t.test(`${signal} between request and answer: requested again with the same token, executed once`, async (t) => {
      const data = t.testdir({});
      const { answer, release, arrival } = held("<Response><Hangup/></Response>");
      const { url, received } = await receiver(t, answer);
      const first = await start(t, data);
      const spec = { url, status: "in-progress", script: { lasts: null } };
      const { sid } = await first.control("POST", "/calls", spec);
      await arrival;
      await first.kill(signal);
      release();

      const second = await start(t, data);
      await second.control("GET", "/callbacks/wait?timeout=60&state=delivered");
      const [one, two, ...others] = received as [Received, Received];
      t.same(others, []);
      t.equal(tokenOf(one), tokenOf(two));
      t.equal(one.body, two.body);
      t.match((await second.control("GET", `/history?sid=${sid}`)).entries, [
        { event: "twiml.document" },
        { event: "twiml.Hangup" },
        { event: "call.completed" },
      ]);
    });
  }

  t.test("between two verbs: the call goes on at the next, relative URLs resolved as before", async (t) => {
    const data = join(t.testdir({}), "data");
    const { port, received } = await receiver(t, ({ url }, response) => {
      response.end(url === "/dir/a" ? "<Response><Pause length='60'/><Redirect>b</Redirect></Response>" : DOCUMENT);
    });
    const clock = Date.parse(NOON);
    const first = await emulator(t, { data, clock });
    await first.steer("POST", "/clock", { now: NOON, frozen: true });
    const script = { lasts: 900 };
    const { body } = await first.steer("POST", "/calls", { url: `http://127.0.0.1:${port}/dir/a`, script });
    await first.steer("POST", "/clock", { advance: "PT30S" });
    await first.app.close();

    const second = await emulator(t, { data, clock });
    await second.steer("POST", "/clock", { now: NOON, frozen: true });
    await second.steer("POST", "/clock", { advance: "PT63S" });
    t.same(
      received.map(({ url }) => url),
      ["/dir/a", "/dir/b"],
    );
    t.match((await second.send(callPath(body.sid))).json(), { status: "completed", duration: "61" });
  });
});

t.test("while a document is requested", async (t) => {
  /** Places a call whose document is requested, and not answered before the release. */
  async function requested(t: Test) {
    const { answer, release, arrival } = held(DOCUMENT);
    const running = await twimlEmulator(t);
    const sid = await running.ring(answer, { status: "in-progress", script: { lasts: null } });
    await arrival;
    return { ...running, sid, release };
  }

  t.test("reset: the answer has no effect", async (t) => {
    const { sid, release, done, entries, settle, due, send } = await requested(t);
    await done("POST", "/reset");
    release();
    await settle();
    t.same(await entries(sid), []);
    t.same(await due(), []);
    t.equal((await send(callPath(sid))).statusCode, 404);
  });
  t.test("removed account: the answer has no effect", async (t) => {
    const { answer, release, arrival } = held(DOCUMENT);
    const { done, documents, base, settle, steer } = await twimlEmulator(t);
    documents["/voice"] = answer;
    const { sid: account } = await done("POST", "/accounts", {});
    await done("POST", `/calls?account=${account}`, { url: `${base}/voice`, status: "in-progress" });
    await arrival;
    await done("DELETE", `/accounts/${account}`);
    release();
    await settle();
    t.equal((await steer("GET", `/history?account=${account}`)).status, 404);
  });
  t.test("clock advanced: it waits for the answer, and the TwiML is executed", async (t) => {
    const { ring, advance, fetchCall } = await twimlEmulator(t);
    const { answer, arrival, release } = held("<Response><Pause length='3'/></Response>");
    const sid = await ring(answer, { status: "in-progress" });
    const turned = advance(300);
    await arrival;
    release();
    await turned;
    t.match(await fetchCall(sid), { status: "completed", duration: "3" });
  });

  t.test("hang-up: the answer has no effect", async (t) => {
    const { sid, release, hangUp, settle, twiml } = await requested(t);
    await hangUp(sid);
    release();
    await settle();
    t.same(await twiml(sid), ["0 request POST /voice"]);
  });
  t.test("snapshot of it, restored after the answer: requested again, goes on", async (t) => {
    const { sid, release, done, takeAll, statusOf, settle, advance } = await requested(t);
    await done("PUT", "/snapshots/one");
    release();
    await settle();
    await advance(1);
    t.equal(await statusOf(sid), "completed");
    const [before] = takeAll() as [Received];

    await done("POST", "/snapshots/one/restore");
    t.equal(await statusOf(sid), "in-progress");
    await settle();
    const [again, ...others] = takeAll() as [Received];
    t.same(others, []);
    t.equal(tokenOf(again), tokenOf(before));
    await advance(1);
    t.equal(await statusOf(sid), "completed");
  });
  t.test("snapshot of before restored: the answer has no effect", async (t) => {
    const { answer, release, arrival } = held(DOCUMENT);
    const running = await twimlEmulator(t);
    const { documents, done, redirect, base, post, settle, statusOf, twiml } = running;
    const { sid } = await done("POST", "/calls", { status: "in-progress", script: { lasts: null } });
    await redirect(sid, { Twiml: "<Response><Pause length='5'/></Response>" });
    await done("PUT", "/snapshots/one");
    documents["/other"] = answer;
    await post(callPath(sid), { Url: `${base}/other` });
    await arrival;
    await done("POST", "/snapshots/one/restore");
    release();
    await settle();
    t.equal((await twiml(sid)).at(-1), "0 request POST /other");
    await running.advance(4);
    t.equal(await statusOf(sid), "in-progress");
    await running.advance(1);
    t.equal(await statusOf(sid), "completed", "the pause has ended");
  });
  t.test("status callbacks are not answered: the call goes on", async (t) => {
    const { answer, release } = held("");
    const running = await callbackEmulator(t, {}, (request, response) => {
      if (request.url === "/callback?status") return answer(request, response);
      return response.end("<Response><Say>Hello</Say></Response>");
    });
    const { done, url, state } = running;
    const { sid } = await done("POST", "/calls", {
      url,
      status: "in-progress",
      callback: { url: `${url}?status`, events: ["answered"] },
    });
    await done("GET", `/callbacks/wait?event=call.twiml&state=delivered&timeout=60`);
    t.match(
      state.history
        .list(`AC${"a".repeat(32)}`)
        .filter((entry) => entry.sid === sid)
        .at(-1),
      {
        event: "twiml.Say",
      },
    );
    release();
  });
  t.test("callbacks are held back: the document too, until they are released", async (t) => {
    const { ring, done, takeAll, advance, twiml, settle } = await twimlEmulator(t);
    await done("POST", "/callbacks/pause");
    const sid = await ring("<Say>Hello</Say>");
    await advance(2);
    t.same(takeAll(), []);
    t.same(await twiml(sid), ["2 request POST /voice"]);
    await done("POST", "/callbacks/release");
    await settle();
    t.equal((await twiml(sid)).at(-1), '2 Say "Hello", 1 s');
  });
});

t.test("action of a control call: its answer is not executed", async (t) => {
  const { startWith, done, advance, twiml, base, documents } = await twimlEmulator(t);
  documents["/action"] = "<Hangup/>";
  const sid = await startWith("<Pause length='30'/>");
  await done("POST", `/calls/${sid}/recordings`, { length: 8, action: { url: `${base}/action` } });
  await advance(9);
  t.same(await twiml(sid), ["2 document 1 verb", "2 Pause 30 s"]);
});

t.test("callback that is sent again: its answer is not executed", async (t) => {
  const { start, done, settle, twiml, requests } = await twimlEmulator(t);
  const sid = await start("<Pause length='30'/>");
  const { callbacks } = await done("GET", `/callbacks?sid=${sid}`);
  await done("POST", `/callbacks/${callbacks[0].id}/redeliver`);
  await settle();
  t.same(await requests(), ["POST /voice", "POST /voice"]);
  t.same((await twiml(sid)).slice(1), ["2 document 1 verb", "2 Pause 30 s"]);
});
