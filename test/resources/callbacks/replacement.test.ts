import t from "tap";
import { callbackEmulator } from "../../support/callbacks.js";
import { CALLS } from "../../support/calls.js";
import { ACCOUNT, SUBACCOUNT } from "../../support/emulator.js";

t.test("reset", async (t) => {
  t.test("pending callbacks are not sent; the log, faults, pauses and maps are gone", async (t) => {
    const running = await callbackEmulator(t);
    const { done, url } = running;
    await done("POST", "/callbacks/pause");
    await done("POST", "/callback-faults", { fault: "drop" });
    await done("PUT", "/callback-map", { "https://app.example.com": url });
    await running.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
    t.match(await done("GET", "/callbacks"), { callbacks: [{ state: "pending" }] });
    await done("POST", "/reset");
    await running.delivered();
    t.same(await done("GET", "/callbacks"), { count: 0, callbacks: [], paused: null });
    t.same(await done("GET", "/callback-faults"), { faults: [] });
    t.same(await done("GET", "/callback-map"), {});
    t.same(running.received, []);
    await running.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
    await running.delivered();
    t.equal(running.received.length, 1, "neither paused nor dropped");
  });
  t.test("of one account: the other's are kept", async (t) => {
    const running = await callbackEmulator(t);
    const { done, url } = running;
    for (const account of [ACCOUNT, SUBACCOUNT]) {
      await done("POST", `/callbacks/pause?account=${account}`);
      await done("POST", `/callback-faults?account=${account}`, { fault: "duplicate" });
      await done("PUT", `/callback-map?account=${account}`, { "https://app.example.com": url });
      await done("POST", `/calls?account=${account}`, { status: "completed", callback: { url } });
    }
    await done("POST", `/reset?account=${SUBACCOUNT}`);
    t.match(await done("GET", "/callbacks"), { count: 1, callbacks: [{ account: ACCOUNT, state: "pending" }] });
    t.match(await done("GET", "/callback-faults"), { faults: [{ account: ACCOUNT }] });
    t.same(await done("GET", `/callback-map?account=${SUBACCOUNT}`), {});
    t.same(await done("GET", "/callback-map"), { "https://app.example.com": url });
    await done("POST", "/callbacks/release");
    await running.delivered();
    t.match(running.received, [{ form: { AccountSid: ACCOUNT } }, { form: { AccountSid: ACCOUNT } }]);
  });
  t.test("same requests after it: the same SIDs and tokens", async (t) => {
    const running = await callbackEmulator(t);
    const round = async () => {
      await running.done("POST", "/clock", { now: "2026-01-31T12:00:00Z", frozen: true });
      await running.place({ StatusCallback: running.url, StatusCallbackEvent: "initiated completed" });
      await running.advance(20);
      return running
        .takeAll()
        .map(({ body, headers }) => [body, headers["i-twilio-idempotency-token"], headers["x-twilio-signature"]]);
    };
    await running.done("POST", "/reset");
    const first = await round();
    t.equal(first.length, 2);
    await running.done("POST", "/reset");
    t.same(await round(), first);
  });
});

t.test("snapshots", async (t) => {
  t.test("pending callback that a restored snapshot undoes: dropped", async (t) => {
    const running = await callbackEmulator(t);
    const { done, url } = running;
    await done("PUT", "/snapshots/before");
    await done("POST", "/callbacks/pause");
    await running.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
    await done("POST", "/snapshots/before/restore");
    await done("POST", "/callbacks/release");
    await running.delivered();
    t.same(running.received, []);
    t.match(await done("GET", "/callbacks"), { callbacks: [{ state: "dropped", attempts: [] }] });
    t.same(
      (await running.send(CALLS)).json().calls.filter(({ status }: { status: string }) => status === "queued"),
      [],
    );
  });
  t.test("pending callback that a snapshot contains: sent once more after each restore", async (t) => {
    const running = await callbackEmulator(t);
    const { done, url } = running;
    await done("POST", "/callbacks/pause");
    const sid = await running.place({ StatusCallback: url, StatusCallbackEvent: "initiated" });
    await done("PUT", "/snapshots/pending");
    await done("POST", "/callbacks/release");
    await running.delivered();
    t.match(running.takeAll(), [{ form: { CallSid: sid } }]);
    await done("POST", "/snapshots/pending/restore");
    await running.delivered();
    t.match(running.takeAll(), [{ form: { CallSid: sid } }]);
    await running.delivered();
    t.same(running.received, []);
  });
  t.test("call in a snapshot: its later callbacks are sent after each restore", async (t) => {
    const running = await callbackEmulator(t);
    await running.place({ StatusCallback: running.url });
    await running.done("PUT", "/snapshots/placed");
    for (let round = 0; round < 2; round++) {
      await running.advance(60);
      t.same(await running.take("CallStatus"), ["completed"]);
      await running.done("POST", "/snapshots/placed/restore");
    }
  });
});

t.test("removed account: its callbacks are dropped, with its log and its faults", async (t) => {
  const running = await callbackEmulator(t);
  const { done, url } = running;
  const { sid } = await done("POST", "/accounts", {});
  await done("POST", `/callbacks/pause?account=${sid}`);
  await done("POST", `/callback-faults?account=${sid}`, { fault: "drop" });
  await done("POST", `/calls?account=${sid}`, { status: "completed", callback: { url } });
  t.equal((await done("GET", "/callbacks")).count, 1);
  await done("DELETE", `/accounts/${sid}`);
  await running.delivered();
  t.same(await done("GET", "/callbacks"), { count: 0, callbacks: [], paused: null });
  t.same(await done("GET", "/callback-faults"), { faults: [] });
  t.same(running.received, []);
});
