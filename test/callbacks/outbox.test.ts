import { setImmediate } from "node:timers/promises";
import t, { type Test } from "tap";
import type { Delivery, Outgoing, Sender } from "../../src/callbacks/delivery.js";
import { type CallbackFault, createCallbackFaults } from "../../src/callbacks/faults.js";
import { createCallbackLog } from "../../src/callbacks/log.js";
import { createOutbox, type NewCallback } from "../../src/callbacks/outbox.js";
import type { State } from "../../src/state/state.js";
import { callbackEmulator } from "../support/callbacks.js";
import { ACCOUNT, EXAMPLE, emulator, SUBACCOUNT } from "../support/emulator.js";
import { receiver } from "../support/receiver.js";

const ONE = `RE${"1".repeat(32)}`;
const TWO = `RE${"2".repeat(32)}`;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/;
const EMPTY = { delivered: 0, failed: 0, refused: 0, dropped: 0 };

/** A request that the outbox sent. */
interface Sent extends Outgoing {
  /** Answers it. */
  end(outcome?: Delivery["outcome"]): void;
  fail(error: Error): void;
}

/** Returns an outbox on a state whose sender only collects. */
function outboxOn(state: State) {
  const sent: Sent[] = [];
  const sender: Sender = {
    send: (outgoing) =>
      new Promise((resolve, reject) => {
        const { deliverTo: requestedUrl } = outgoing;
        const rest = { requestedUrl, headers: {}, body: "", signedText: "", attempts: [] };
        sent.push({ ...outgoing, end: (outcome = "delivered") => resolve({ ...rest, outcome }), fail: reject });
      }),
    close: async () => {},
  };
  const [log, faults] = [createCallbackLog(), createCallbackFaults()];
  const outbox = createOutbox(
    state,
    sender,
    log,
    faults,
    (account) => `token of ${account}`,
    (_, url) => `${url}mapped`,
  );
  const add = (name: string, changes: Partial<NewCallback> = {}) =>
    outbox.add({
      account_sid: ACCOUNT,
      event: "recording.completed",
      subject_sid: ONE,
      url: `http://receiver/${name}/`,
      method: "POST",
      parameters: [["Name", name]],
      ...changes,
    });
  /** Returns the names of the callbacks that were sent so far. */
  const names = async () => {
    await setImmediate();
    return sent.map(({ parameters }) => parameters[0]?.[1]);
  };
  /** Answers the request with this number. */
  const end = async (index: number, outcome?: Delivery["outcome"]) => {
    sent[index]?.end(outcome);
    await setImmediate();
  };
  const states = () => log.list().map(({ state }) => state);
  const arm = (fault: CallbackFault["fault"], changes: Partial<CallbackFault> = {}) =>
    faults.arm({ account: undefined, fault, event: undefined, delay: 0, times: 1, ...changes });
  return { ...outbox, log, faults, sent, add, names, end, states, arm };
}

/** Returns an outbox on the state of a new emulator. */
async function newOutbox(t: Test) {
  const { state } = await emulator(t);
  const outbox = outboxOn(state);
  t.teardown(outbox.close);
  const pending = () => state.database.prepare("SELECT count(*) FROM pending_callbacks").pluck().get();
  return { ...outbox, state, pending };
}

t.test("callback: sent with its token, the account's auth token and the mapped URL, then removed", async (t) => {
  const { add, names, sent, end, pending, log, counts } = await newOutbox(t);
  add("a", {
    parameters: [
      ["Zzz", "1"],
      ["RecordingSid", ONE],
      ["RecordingSource", "x"],
    ],
  });
  t.equal(pending(), 1);
  await names();
  t.match(sent, [
    {
      url: "http://receiver/a/",
      deliverTo: "http://receiver/a/mapped",
      method: "POST",
      authToken: `token of ${ACCOUNT}`,
      idempotencyToken: UUID,
      hasBadSignature: false,
    },
  ]);
  t.match(log.list(), [{ state: "pending", finishedAt: undefined, delivery: undefined, subjectSid: ONE }]);
  await end(0);
  t.equal(pending(), 0);
  t.match(log.list(), [{ state: "delivered", finishedAt: Number, idempotencyToken: sent[0]?.idempotencyToken }]);
  t.same(counts(), { ...EMPTY, delivered: 1 });
});

t.test("idempotency token: another for each callback, unless one is given", async (t) => {
  const { add, names, sent } = await newOutbox(t);
  add("a");
  add("b", { subject_sid: TWO });
  add("c", { subject_sid: EXAMPLE, idempotencyToken: "given" });
  t.same(await names(), ["a", "b", "c"]);
  t.not(sent[0]?.idempotencyToken, sent[1]?.idempotencyToken);
  t.equal(sent[2]?.idempotencyToken, "given");
});

t.test("order: one after the other within a resource of an account, side by side otherwise", async (t) => {
  const { add, names, end, states } = await newOutbox(t);
  add("one-1");
  add("one-2");
  add("two-1", { subject_sid: TWO });
  add("one-3");
  add("sub-1", { account_sid: SUBACCOUNT });
  t.same(await names(), ["one-1", "two-1", "sub-1"]);
  await end(1);
  t.same(await names(), ["one-1", "two-1", "sub-1"]);
  await end(0, "failed");
  t.same(await names(), ["one-1", "two-1", "sub-1", "one-2"]);
  await end(3, "refused");
  t.same(await names(), ["one-1", "two-1", "sub-1", "one-2", "one-3"]);
  await end(4);
  await end(2);
  t.same(states(), ["failed", "refused", "delivered", "delivered", "delivered"]);
});

t.test("delivery that throws: stays pending, the next one is sent", async (t) => {
  const { add, names, sent, end, states, pending, settled } = await newOutbox(t);
  add("a");
  add("b");
  await names();
  sent[0]?.fail(new Error("oh no"));
  t.same(await names(), ["a", "b"]);
  await end(1);
  t.same(states(), ["pending", "delivered"]);
  t.equal(pending(), 1);
  t.equal(settled(), undefined);
});

t.test("transaction that is rolled back: nothing is sent, also when the next callback gets the same SID", async (t) => {
  const { state, add, names, states, end, pending } = await newOutbox(t);
  const fails = state.database.transaction(() => {
    add("undone");
    throw new Error("rolled back");
  });
  t.throws(fails, { message: "rolled back" });
  t.same(await names(), []);
  t.throws(fails, { message: "rolled back" });
  add("a");
  t.same(await names(), ["a"]);
  await end(0);
  t.same(states(), ["delivered"]);
  t.equal(pending(), 0);
});

t.test("transaction under way: sent when it is over", async (t) => {
  const { state, add, names, sent } = await newOutbox(t);
  state.database.transaction(() => {
    add("a");
    t.same(sent, []);
  })();
  t.same(await names(), ["a"]);
});

t.test("settled: ends when no delivery is under way, nor one that began meanwhile", async (t) => {
  const { add, names, end, settled } = await newOutbox(t);
  t.equal(settled(), undefined);
  t.equal(settled(ACCOUNT), undefined);
  add("a");
  add("sub", { account_sid: SUBACCOUNT });
  let isOver = false;
  const over = settled(ACCOUNT)?.then(() => {
    isOver = true;
  });
  t.same(await names(), ["a", "sub"]);
  add("b");
  await end(0);
  t.same(await names(), ["a", "sub", "b"]);
  t.equal(isOver, false);
  await end(2);
  await over;
  t.equal(isOver, true);
  t.equal(settled(ACCOUNT), undefined);
  const all = settled();
  t.type(all, Promise);
  await end(1);
  await all;
});

t.test("pause", async (t) => {
  t.test("callbacks of the account are held back until the release, in their order", async (t) => {
    const { add, names, end, pause, release, isPaused, states, settled } = await newOutbox(t);
    pause(ACCOUNT);
    pause(ACCOUNT);
    t.equal(isPaused(ACCOUNT), true);
    t.equal(isPaused(SUBACCOUNT), false);
    add("a");
    add("b");
    add("sub", { account_sid: SUBACCOUNT });
    t.same(await names(), ["sub"]);
    t.equal(settled(ACCOUNT), undefined, "nothing to wait for");
    release(SUBACCOUNT);
    t.same(await names(), ["sub"]);
    release(ACCOUNT);
    t.equal(isPaused(ACCOUNT), false);
    t.same(await names(), ["sub", "a"]);
    await end(1);
    t.same(await names(), ["sub", "a", "b"]);
    t.same(states(), ["delivered", "pending", "pending"]);
  });

  t.test("waits for deliveries under way end, although more callbacks follow", async (t) => {
    const { add, names, end, pause, settled } = await newOutbox(t);
    add("a");
    add("b");
    const over = settled();
    t.same(await names(), ["a"]);
    pause(ACCOUNT);
    await over;
    await end(0);
    t.same(await names(), ["a"]);
  });

  t.test("reset: releases, and clears log and faults; of one account or of all", async (t) => {
    const { add, names, pause, isPaused, reset, log, faults, arm } = await newOutbox(t);
    for (const [account, limit] of [
      [ACCOUNT, ACCOUNT],
      [SUBACCOUNT, undefined],
    ] as const) {
      arm("drop", { account, event: "another" });
      pause(account);
      add("a", { account_sid: account });
      await names();
      reset(limit);
      t.equal(isPaused(account), false);
      t.same(log.list(account), []);
      t.same(faults.list(account), []);
    }
    t.same(await names(), ["a", "a"]);
  });
});

t.test("callback that was undone while it waited: dropped, not sent", async (t) => {
  const { state, add, names, pause, release, states, arm } = await newOutbox(t);
  const undo = () => state.database.exec("DELETE FROM pending_callbacks");
  pause(ACCOUNT);
  add("a");
  await names();
  undo();
  release(ACCOUNT);
  t.same(await names(), []);
  t.same(states(), ["dropped"]);
  arm("reorder");
  add("b");
  t.same(await names(), []);
  undo();
  add("c", { subject_sid: TWO, event: "another" });
  t.same(await names(), ["c"]);
});

t.test("close", async (t) => {
  t.test("what was not delivered is sent after the next start, with the same token, in its order", async (t) => {
    const { state } = await emulator(t);
    const first = outboxOn(state);
    first.add("sent");
    first.add("waiting");
    first.pause(SUBACCOUNT);
    first.add("paused", { account_sid: SUBACCOUNT });
    first.arm("reorder", { event: "held" });
    first.add("held", { subject_sid: TWO, event: "held", method: "GET" });
    t.same(await first.names(), ["sent"]);
    const tokens = state.database.prepare("SELECT idempotency_token FROM pending_callbacks").pluck().all();
    t.equal(new Set(tokens).size, 4);
    await first.close();
    await first.end(0);
    t.same(await first.names(), ["sent"], "nothing more is sent");
    t.same(first.states(), ["pending", "pending", "pending", "pending"]);

    const second = outboxOn(state);
    t.teardown(second.close);
    second.start();
    t.same(await second.names(), ["sent", "held", "paused"]);
    await second.end(0);
    t.same(await second.names(), ["sent", "held", "paused", "waiting"]);
    t.same(new Set(second.sent.map(({ idempotencyToken }) => idempotencyToken)), new Set(tokens));
    t.equal(second.sent[0]?.idempotencyToken, first.sent[0]?.idempotencyToken);
    t.equal(second.sent[1]?.method, "GET");
  });

  t.test("during a delay: not sent", async (t) => {
    const { add, names, close, settled, arm, pending } = await newOutbox(t);
    arm("delay", { delay: 1 });
    add("a");
    const over = settled();
    await close();
    await over;
    t.same(await names(), []);
    t.equal(pending(), 1);
  });

  t.test("emulator on a data folder: the next one delivers, with the same token", async (t) => {
    const data = t.testdir({});
    const { url, port, received, take } = await receiver(t);
    const first = await emulator(t, { data });
    await first.steer("POST", "/callbacks/pause");
    const body = { event: "recording.completed", sid: EXAMPLE, url };
    const { idempotency_token } = (await first.steer("POST", "/callbacks", body)).body;
    t.match(idempotency_token, UUID);
    await first.app.close();
    t.same(received, []);
    const second = await emulator(t, { data });
    const { body: found } = await second.steer("GET", "/callbacks/wait?timeout=60");
    t.match(found, { count: 1, callbacks: [{ state: "delivered", idempotency_token }] });
    t.match(take(), [
      {
        headers: { host: `127.0.0.1:${port}`, "i-twilio-idempotency-token": idempotency_token },
        form: { RecordingSid: EXAMPLE },
      },
    ]);
    await second.app.close();
    const third = await emulator(t, { data });
    t.match((await third.steer("GET", "/callbacks")).body, { count: 0 });
    t.same(received, []);
  });
});

t.test("faults", async (t) => {
  t.test("drop: not sent, once", async (t) => {
    const { add, names, end, arm, states, counts, log } = await newOutbox(t);
    arm("drop");
    add("a");
    add("b");
    t.same(await names(), ["b"]);
    await end(0);
    t.same(states(), ["dropped", "delivered"]);
    t.same(counts(), { ...EMPTY, dropped: 1, delivered: 1 });
    t.match(log.list(), [{ faults: ["drop"], delivery: undefined }, { faults: [] }]);
  });

  t.test("delay: others overtake it, except those of its resource", async (t) => {
    const { add, names, end, arm, sent, settled } = await newOutbox(t);
    arm("delay", { delay: 1, event: "slow" });
    add("slow", { event: "slow" });
    add("after");
    add("other", { subject_sid: TWO });
    const over = settled();
    t.equal((await names())[0], "other");
    while (sent.length < 2) await setImmediate();
    t.same(await names(), ["other", "slow"]);
    await end(0);
    await end(1);
    t.same(await names(), ["other", "slow", "after"]);
    await end(2);
    await over;
  });

  t.test("duplicate: twice with one token, the first outcome counts", async (t) => {
    const { add, names, end, arm, sent, states } = await newOutbox(t);
    arm("duplicate");
    add("a");
    add("b");
    t.same(await names(), ["a"]);
    await end(0);
    t.same(await names(), ["a", "a"]);
    t.equal(sent[0]?.idempotencyToken, sent[1]?.idempotencyToken);
    await end(1, "failed");
    t.same(await names(), ["a", "a", "b"]);
    t.same(states(), ["delivered", "pending"]);
  });

  t.test("reorder: after the next one of the account, be it of the same resource or not", async (t) => {
    for (const subject_sid of [ONE, TWO]) {
      const { add, names, end, arm, settled, states } = await newOutbox(t);
      arm("reorder");
      add("a");
      const over = settled();
      t.same(await names(), []);
      await over;
      t.equal(settled(), undefined, "a held callback is not waited for");
      add("sub", { account_sid: SUBACCOUNT });
      await names();
      await end(0);
      t.same(await names(), ["sub"]);
      add("b", { subject_sid });
      const both = settled(ACCOUNT);
      t.same(await names(), ["sub", "b"]);
      await end(1);
      t.same(await names(), ["sub", "b", "a"]);
      await end(2);
      await both;
      t.same(states(), ["delivered", "delivered", "delivered"]);
    }
  });

  t.test("reorder of two in a row: the second ends the wait of the first", async (t) => {
    const { add, names, end, arm } = await newOutbox(t);
    arm("reorder", { times: 2 });
    add("a");
    add("b");
    t.same(await names(), ["a"]);
    await end(0);
    t.same(await names(), ["a"]);
    add("c");
    t.same(await names(), ["a", "c"]);
    await end(1);
    t.same(await names(), ["a", "c", "b"]);
  });

  t.test("reorder, then a reset: the held callback goes on", async (t) => {
    for (const account of [ACCOUNT, undefined]) {
      const { add, names, arm, reset } = await newOutbox(t);
      arm("reorder");
      add("a");
      t.same(await names(), []);
      reset(account);
      t.same(await names(), ["a"]);
    }
  });

  t.test("reorder of a callback on the way of a clock: the clock arrives", async (t) => {
    const { configure, place, advance, url, takeAll, done, state } = await callbackEmulator(t);
    await configure({ lasts: 5 });
    await done("POST", "/callback-faults", { fault: "reorder", event: "call.ringing" });
    await place({
      StatusCallback: url,
      StatusCallbackEvent: "initiated ringing answered completed",
    });
    const start = state.clock.now();
    await advance(20);
    t.equal(state.clock.now() - start, 20_000);
    t.same(
      takeAll().map(({ form }) => form.CallStatus),
      ["initiated", "in-progress", "ringing", "completed"],
    );
  });

  t.test("bad-signature: asked of the sender", async (t) => {
    const { add, names, arm, sent } = await newOutbox(t);
    arm("bad-signature");
    add("a");
    add("b", { subject_sid: TWO });
    await names();
    t.same(
      sent.map(({ hasBadSignature }) => hasBadSignature),
      [true, false],
    );
  });

  t.test("several at once: all strike, and the log names them", async (t) => {
    const { add, names, end, arm, log, sent } = await newOutbox(t);
    arm("duplicate");
    arm("bad-signature");
    add("a");
    t.same(await names(), ["a"]);
    await end(0);
    await end(1);
    t.same(
      sent.map(({ hasBadSignature }) => hasBadSignature),
      [true, true],
    );
    t.match(log.list(), [{ faults: ["duplicate", "bad-signature"], state: "delivered" }]);
  });
});
