import { equal } from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { request } from "undici";
import { ACCOUNT, AUTHORIZED } from "../support/emulator.js";
import type { Cores } from "./pinning.js";
import { type Server, startServer } from "./servers.js";
import { comparisonRow, type Row } from "./table.js";

/** Ring, answer, end, and the end of the recording's processing. */
const EVENTS_OF_CALL = 4;
const CALLS = 500;
const EVENTS = 10_000;
const ROUNDS = 7;
const CONNECTIONS = 10;
const FORM = new URLSearchParams({
  To: "+12025550123",
  From: "+12025550100",
  Url: "http://a.test/",
  Record: "true",
}).toString();

/** Measures recorded calls on a frozen clock: placed one by one, and ended by turns of the clock. */
export async function callRows(cores: Cores | undefined): Promise<Row[]> {
  const server = await startServer("emulator", ["--port", "0", "--data", ":memory:", "--journal", "0"], cores);
  const calls: number[] = [];
  const empty: number[] = [];
  const events: number[] = [];
  // The first round loads and compiles code.
  for (let round = 0; round <= ROUNDS; round++) {
    await control(server, "/reset", {});
    await control(server, "/clock", { now: "2026-01-31T12:00:00Z", frozen: true });
    const nothing = await timeOf(() => repeat(CALLS, () => ask(`${server.url}/_emulator/health/live`, 200)));
    const placed = await timeOf(async () => {
      await repeat(CALLS, () => place(server));
      await advance(server, CALLS * EVENTS_OF_CALL);
    });
    await repeat(EVENTS / EVENTS_OF_CALL, () => place(server));
    const turned = await timeOf(() => advance(server, EVENTS));
    if (round === 0) continue;
    calls.push((CALLS / placed) * 1000);
    empty.push((CALLS / nothing) * 1000);
    events.push((EVENTS / turned) * 1000);
  }
  const { sent, posted, whole } = await callbackRates(server);
  await server.stop();
  return [
    comparisonRow({
      title: "callbacks delivered, frozen clock",
      values: sent,
      besideTitle: "undici, the same bodies",
      besideValues: posted,
      unit: "a second",
    }),
    comparisonRow({
      title: "calls placed, recorded, completed and called back, frozen clock",
      values: whole,
      besideTitle: "empty requests",
      besideValues: empty,
      unit: "a second",
    }),
    comparisonRow({
      title: "calls placed, recorded and completed, frozen clock",
      values: calls,
      besideTitle: "empty requests",
      besideValues: empty,
      unit: "a second",
    }),
    comparisonRow({
      title: `advance over ${EVENTS.toLocaleString("en")} due events`,
      values: events,
      besideTitle: "empty requests",
      besideValues: empty,
      unit: "a second",
    }),
  ];
}

/** Measures deliveries to a receiver in this process, beside the same bodies posted one after the other by undici alone. */
async function callbackRates(server: Server) {
  const bodies: string[] = [];
  const receiver = createServer(async (incoming, response) => {
    const body = await text(incoming);
    if (body.startsWith("RecordingSource")) bodies.push(body);
    response.end();
  });
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const called = `${FORM}&${new URLSearchParams({ RecordingStatusCallback: url })}`;
  const rates = { sent: [] as number[], posted: [] as number[], whole: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    await control(server, "/reset", {});
    await control(server, "/clock", { now: "2026-01-31T12:00:00Z", frozen: true });
    const placing = await timeOf(() => repeat(CALLS, () => place(server, called)));
    bodies.length = 0;
    const turning = await timeOf(() => advance(server, CALLS * EVENTS_OF_CALL));
    equal(bodies.length, CALLS);
    const same = [...bodies];
    const posting = await timeOf(async () => {
      for (const body of same) await (await request(url, { method: "POST", body })).body.dump();
    });
    if (round === 0) continue;
    rates.sent.push((CALLS / turning) * 1000);
    rates.posted.push((CALLS / posting) * 1000);
    rates.whole.push((CALLS / (placing + turning)) * 1000);
  }
  receiver.close();
  return rates;
}

/** Adds calls that are under way, and end after a day. */
export async function addLiveCalls(server: Server, count: number): Promise<void> {
  await repeat(count, () =>
    control(server, "/calls", { status: "in-progress", script: { lasts: 86_400 }, recording: {} }, 201),
  );
}

async function place(server: Server, body = FORM): Promise<void> {
  const headers = { ...AUTHORIZED, "content-type": "application/x-www-form-urlencoded" };
  await ask(`${server.url}/2010-04-01/Accounts/${ACCOUNT}/Calls.json`, 201, { method: "POST", headers, body });
}

async function advance(server: Server, expected: number): Promise<void> {
  const answer = await fetch(`${server.url}/_emulator/clock`, { method: "POST", body: '{"advance":"PT1M"}' });
  equal(((await answer.json()) as { events: number }).events, expected);
}

async function control(server: Server, path: string, body: object, status?: number): Promise<void> {
  const answer = await fetch(`${server.url}/_emulator${path}`, { method: "POST", body: JSON.stringify(body) });
  await answer.arrayBuffer();
  equal(status === undefined ? answer.ok : answer.status === status, true);
}

async function ask(url: string, status: number, options: RequestInit = {}): Promise<void> {
  const answer = await fetch(url, options);
  await answer.arrayBuffer();
  equal(answer.status, status);
}

async function repeat(times: number, work: () => Promise<void>): Promise<void> {
  for (let done = 0; done < times; done += CONNECTIONS) {
    await Promise.all(Array.from({ length: Math.min(CONNECTIONS, times - done) }, work));
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
