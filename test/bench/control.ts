import { equal } from "node:assert/strict";
import { ACCOUNT, AUTHORIZED, DAY } from "../support/emulator.js";
import type { Cores } from "./pinning.js";
import { type Server, startServer } from "./servers.js";
import { comparisonRow, type Row } from "./table.js";

const ROUNDS = 51;
const CHANGED = 10;
const LIST = `/2010-04-01/Accounts/${ACCOUNT}/Recordings.json`;
const EMPTY = "an empty request";

/** Measures control calls, each compared with an empty request. */
export async function controlRows(recordings: number, cores: Cores | undefined): Promise<Row[]> {
  const few = await startServer("emulator", ["--port", "0", "--data", ":memory:"], cores);
  const many = await startServer(
    "emulator",
    ["--port", "0", "--data", ":memory:", "--generate", String(recordings)],
    cores,
  );
  const rows = [
    await timeCall("reset, default fixtures", few, () => call(few, "POST", "/reset", 204)),
    await timeCall(
      `reset, ${recordings.toLocaleString("en")} recordings, ${CHANGED} of them deleted`,
      many,
      () => call(many, "POST", "/reset", 204),
      await deletion(many),
    ),
    await timeCall("create an account, with the default recordings", few, () => call(few, "POST", "/accounts", 201)),
    await timeCall("create an account, without recordings", few, () =>
      call(few, "POST", "/accounts", 201, '{"recordings":"none"}'),
    ),
  ];
  for (const server of [few, many]) await server.stop();
  return rows;
}

/** Times calls one by one, alternating with an empty request. */
async function timeCall(
  title: string,
  server: Server,
  work: () => Promise<unknown>,
  prepare: () => Promise<unknown> = async () => {},
): Promise<Row> {
  const values: number[] = [];
  const besideValues: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await prepare();
    besideValues.push(await timeOf(() => call(server, "GET", "/health/live", 200)));
    values.push(await timeOf(work));
  }
  // The first calls load and compile code.
  return comparisonRow({
    title,
    values: values.slice(1),
    besideTitle: EMPTY,
    besideValues: besideValues.slice(1),
    unit: "ms",
  });
}

/** Deletes recordings, the same ones each time. */
async function deletion(server: Server): Promise<() => Promise<void>> {
  // The newest are in progress.
  const weekAgo = new Date(Date.now() - 7 * DAY).toISOString().slice(0, 10);
  const list = await fetch(`${server.url}${LIST}?PageSize=200&DateCreated%3C=${weekAgo}`, { headers: AUTHORIZED });
  const { recordings } = (await list.json()) as { recordings: { status: string; uri: string }[] };
  const uris = recordings.filter(({ status }) => status === "completed").slice(0, CHANGED);
  equal(uris.length, CHANGED);
  return async () => {
    for (const { uri } of uris) {
      equal((await fetch(server.url + uri, { method: "DELETE", headers: AUTHORIZED })).status, 204);
    }
  };
}

async function call(server: Server, method: string, path: string, status: number, body?: string): Promise<void> {
  const answer = await fetch(`${server.url}/_emulator${path}`, { method, ...(body !== undefined && { body }) });
  await answer.arrayBuffer();
  equal(answer.status, status);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
