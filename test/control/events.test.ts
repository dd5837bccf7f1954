import { once } from "node:events";
import type { Readable } from "node:stream";
import { mock } from "node:test";
import t from "tap";
import type { Callbacks } from "../../src/callbacks/callbacks.js";
import { createCallbackLog } from "../../src/callbacks/log.js";
import { changeHints } from "../../src/control/change-hints.js";
import { createEventStream } from "../../src/control/event-stream.js";
import { eventCapability } from "../../src/control/events.js";
import {
  ACCOUNT,
  AUTHORIZED,
  basic,
  EXAMPLE,
  emulator,
  numbered,
  pathOf,
  SUBACCOUNT,
  SUBACCOUNT_TOKEN,
} from "../support/emulator.js";
import { eventStream } from "../support/events.js";
import { receiver } from "../support/receiver.js";
import { running } from "../support/running.js";

const RECORDINGS = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;

t.test("stream: headers of server-sent events, first the epoch and the last number", async (t) => {
  const { url, control } = await running(t);
  const { response, named } = await eventStream(t, `${url}/_emulator/events`);
  t.equal(response.statusCode, 200);
  t.match(response.headers, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  t.match(await named("ready"), { id: undefined, data: { epoch: /^[\w-]{36}$/, latest: 0 } });
  t.equal(control.events.subscribers(), 1);
});

t.test("HEAD of the stream: 404", async (t) => {
  const { url } = await running(t);
  t.equal((await fetch(`${url}/_emulator/events`, { method: "HEAD" })).status, 404);
});

t.test("request: sent as lists show it, with its number as id", async (t) => {
  const { url, control } = await running(t);
  const { named } = await eventStream(t, `${url}/_emulator/events`);
  await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED });
  const { id, data } = await named("request");
  t.equal(id, "1");
  const { requests } = await control.call(control.operations.requests.list, {});
  t.same(data, requests[0]);
});

t.test("Last-Event-ID or since: later requests of the log first; without them, none", async (t) => {
  const { url } = await running(t);
  for (let time = 0; time < 3; time++) await fetch(url + RECORDINGS, { headers: AUTHORIZED });
  const ids = async (query: string, headers = {}) => {
    const { next } = await eventStream(t, `${url}/_emulator/events${query}`, headers);
    await fetch(`${url}/_emulator/faults`, { method: "DELETE" });
    const all = [await next()];
    while (all.at(-1)?.event !== "changed") all.push(await next());
    return all.flatMap(({ id }) => id ?? []);
  };
  t.same(await ids("?since=1"), ["2", "3"]);
  t.same(await ids("", { "last-event-id": "2" }), ["3"]);
  t.same(await ids("?since=1", { "last-event-id": "2" }), ["3"], "the header overrides the query");
  t.same(await ids("?since=900"), ["1", "2", "3"], "a number of an earlier start");
  t.same(await ids(""), []);
});

t.test("account: only its requests, callbacks and changes", async (t) => {
  const { url, control } = await running(t);
  const { events, named } = await eventStream(t, `${url}/_emulator/events?account=${SUBACCOUNT}`);
  await named("ready");
  await fetch(url + RECORDINGS, { headers: AUTHORIZED });
  await control.for(ACCOUNT).recordings.create();
  await control.for(ACCOUNT).requests.clear();
  const authorization = basic(SUBACCOUNT, SUBACCOUNT_TOKEN);
  await fetch(url + pathOf(numbered("13"), SUBACCOUNT), { headers: { authorization } });
  t.equal((await named("request")).data.account, SUBACCOUNT);
  await control.for(SUBACCOUNT).recordings.create();
  t.match(await named("changed"), { data: { what: ["recordings", "calls", "clock"], account: SUBACCOUNT } });
  t.same(events, []);
  t.equal((await fetch(`${url}/_emulator/events?account=${`AC${"9".repeat(32)}`}`)).status, 404);
});

t.test("callback: sent at each change of its state; cleared log: a change", async (t) => {
  const { url, control } = await running(t);
  const receiving = await receiver(t);
  const { named } = await eventStream(t, `${url}/_emulator/events`);
  const other = await eventStream(t, `${url}/_emulator/events?account=${SUBACCOUNT}`);
  const controls = control.for(ACCOUNT);
  await controls.callbacks.send({ event: "recording.completed", sid: EXAMPLE, url: receiving.url });
  const [pending, delivered] = [await named("callback"), await named("callback")];
  t.match(pending, { id: undefined, data: { state: "pending", event: "recording.completed", sid: EXAMPLE } });
  t.match(delivered, { data: { id: pending.data.id, state: "delivered", attempts: [{ status: 200 }] } });
  await control.for().callbacks.clear();
  const isCleared = ({ data }: { data: { what?: string[] } }) => data.what?.includes("callbacks") ?? false;
  t.ok(await other.next(isCleared));
  t.notOk(other.events.some(({ event }) => event === "callback"));
});

t.test("changes: the lists to read again", async (t) => {
  const { url, control } = await running(t);
  const { next, named } = await eventStream(t, `${url}/_emulator/events`);
  await named("ready");
  const controls = control.for();
  const changed = async (list: string, change: () => Promise<unknown>, account: string | null = null) => {
    await change();
    const { data } = await next(({ event, data }) => event === "changed" && data.what.includes(list));
    t.equal(data.account, account, list);
  };
  await changed("recordings", () => controls.recordings.create(), ACCOUNT);
  await changed("clock", () => control.for(ACCOUNT).clock.freeze(), ACCOUNT);
  await changed("clock", () => controls.clock.freeze());
  await changed("faults", () => controls.faults.arm({ error: 20503, times: 1 }));
  await changed("faults", () => fetch(url + RECORDINGS, { headers: AUTHORIZED }));
  await changed("faults", () => controls.faults.remove("F1"));
  await changed("faults", () => controls.faults.clear());
  await changed("snapshots", () => controls.snapshots.save("one"));
  await changed("accounts", () => control.call(control.operations.accounts.create, { body: {} }));
  await changed("requests", () => controls.requests.clear());
});

t.test("reset: another epoch", async (t) => {
  const { url, control } = await running(t);
  const epoch = async () => (await (await eventStream(t, `${url}/_emulator/events`)).named("ready")).data.epoch;
  const first = await epoch();
  t.equal(await epoch(), first);
  await control.for(ACCOUNT).reset();
  t.equal(await epoch(), first);
  await control.for().reset();
  t.not(await epoch(), first);
});

t.test("silent stream: a comment at each interval", async (t) => {
  const { state } = await emulator(t);
  const { operations, subscribers } = eventCapability(state, { log: createCallbackLog() } as Callbacks, 1);
  const readable = operations.stream.run({ query: {} } as never) as unknown as Readable;
  let text = "";
  readable.on("data", (chunk) => {
    text += chunk;
  });
  while (!text.endsWith(":\n\n:\n\n")) await new Promise((resolve) => setImmediate(resolve));
  readable.destroy();
  await once(readable, "close");
  t.equal(subscribers(), 0);
});

t.test("closed connection: the stream ends", async (t) => {
  const { url, control } = await running(t);
  const { response, named } = await eventStream(t, `${url}/_emulator/events`);
  await named("ready");
  response.destroy();
  while (control.events.subscribers() > 0) await new Promise((resolve) => setImmediate(resolve));
  t.equal(control.events.subscribers(), 0);
});

t.test("emulator closes: streams end, also of clients that do not read", async (t) => {
  const { url, control, close } = await running(t);
  const reader = await eventStream(t, `${url}/_emulator/events`);
  const sleeper = await eventStream(t, `${url}/_emulator/events`);
  sleeper.response.pause();
  await fetch(url + RECORDINGS, { headers: AUTHORIZED });
  await reader.named("request");
  sleeper.response.resume();
  await Promise.all([close(), reader.ended, sleeper.ended]);
  t.equal(control.events.subscribers(), 0);
});

t.test("journal off: callbacks and changes only", async (t) => {
  const { url, control } = await running(t, { journal: 0 });
  const { named } = await eventStream(t, `${url}/_emulator/events?since=0`);
  await fetch(url + RECORDINGS, { headers: AUTHORIZED });
  await control.for().faults.clear();
  t.match(await named("changed"), { data: { what: ["faults"] } });
});

/** Reads a stream of text. */
async function textOf(readable: Readable): Promise<string> {
  let text = "";
  readable.on("data", (chunk) => {
    text += chunk;
  });
  await once(readable, "end");
  return text;
}

t.test("event stream, client reads: all events in order, whatever their number", async (t) => {
  const count = 20_000;
  const events = Array.from({ length: count }, (_, index) => `${index}\n`);
  const stream = createEventStream(events.slice(0, count / 2));
  const read = textOf(stream.readable);
  for (const event of events.slice(count / 2)) {
    stream.send(event);
    if (Number(event) % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setImmediate(resolve));
  stream.end();
  stream.send("after the end");
  stream.end();
  t.equal(await read, events.join(""));
});

t.test("event stream, client does not read: destroyed after 1,000 more events", async (t) => {
  const { readable, send } = createEventStream(["first\n"]);
  for (let count = 0; count < 1000; count++) send("x");
  t.notOk(readable.destroyed);
  send("x");
  t.ok(readable.destroyed);
  t.doesNotThrow(() => send("x"));
});

t.test("event stream ended with unread events: destroyed", async (t) => {
  const stream = createEventStream(["first\n"]);
  stream.end();
  t.ok(stream.readable.destroyed);
  const paused = createEventStream([]);
  paused.readable.on("data", () => {});
  paused.readable.pause();
  paused.end();
  t.ok(paused.readable.destroyed);
});

t.test("hints: combined, at most one in 250 ms, none after the end", async (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.teardown(() => mock.timers.reset());
  const sent: unknown[] = [];
  const { add, end } = changeHints((changed) => sent.push(changed));
  const after = (milliseconds: number) => {
    mock.timers.tick(milliseconds);
    return sent.splice(0);
  };
  add(["clock"], ACCOUNT);
  add(["clock", "calls"], SUBACCOUNT);
  t.same(after(1), [{ what: ["clock", "calls"], account: null }]);
  add(["faults"], undefined);
  t.same(after(249), []);
  t.same(after(1), [{ what: ["faults"], account: null }]);
  t.same(after(1000), []);
  add(["recordings"], ACCOUNT);
  t.same(after(1), [{ what: ["recordings"], account: ACCOUNT }]);
  add(["calls"], ACCOUNT);
  end();
  t.same(after(1000), []);
});
