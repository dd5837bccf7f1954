import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { ACCOUNT, AUTHORIZED, TOKEN } from "../support/emulator.js";
import { fetchAnswer } from "./answers.js";
import type { Cores } from "./pinning.js";
import { readListPaths, readPaths } from "./recordings.js";
import { runScript, type Server, startServer, temporaryFolder } from "./servers.js";

/** An emulator on its own database file. */
export interface SeededEmulator {
  server: Server;
  /** Milliseconds from the spawn of the serving emulator until it was ready. */
  restart: number;
  /** Paths of some of its recordings, by status. */
  completed: string[];
  deleted: string[];
  /** The paths of the first page of its list, and of a deep page. */
  list: { first: string; deep: string };
}

/** Generates this many recordings and starts a new emulator on them with these further options. */
export async function seededEmulator(
  recordings: number,
  cores: Cores | undefined,
  options: readonly string[] = [],
): Promise<SeededEmulator> {
  const folder = temporaryFolder();
  const argv = ["--port", "0", "--data", folder, "--generate", String(recordings), ...options];
  const first = await startServer("emulator", argv, cores);
  await first.stop();
  const [completed, deleted] = [readPaths(folder, "completed"), readPaths(folder, "deleted")];
  const list = readListPaths(folder);
  const server = await startServer("emulator", argv, cores);
  const restart = performance.now() - server.spawnedAt;
  return { server, restart, completed, deleted, list };
}

/**
 * Starts a bare server that responds with the bytes of the emulator's response for this path.
 *
 * @param url - the route's, below the account.
 */
export async function bareFastify(
  emulator: Server,
  path: string,
  url: string,
  cores: Cores | undefined,
): Promise<Server> {
  const { status, headers, body } = await fetchAnswer(emulator.url + path, AUTHORIZED);
  equal(status, 200);
  const server = await startServer(
    "bare-fastify",
    [
      JSON.stringify({
        url: `/2010-04-01/Accounts/:AccountSid${url}`,
        username: ACCOUNT,
        password: TOKEN,
        headers,
        body,
      }),
    ],
    cores,
  );
  deepEqual(await fetchAnswer(server.url + path, AUTHORIZED), { status, headers, body });
  return server;
}

/**
 * Returns pairs of milliseconds: spawn of an emulator until it has generated this many recordings, and a bare loop that
 * inserts the same rows.
 */
export async function timeSeedings(
  times: number,
  recordings: number,
  cores: Cores | undefined,
): Promise<[emulator: number, bare: number][]> {
  const pairs: [number, number][] = [];
  for (let time = 0; time < times; time++) {
    const folder = temporaryFolder();
    const server = await startServer(
      "emulator",
      ["--port", "0", "--data", folder, "--generate", String(recordings)],
      cores,
    );
    const seeding = performance.now() - server.spawnedAt;
    await server.stop();
    pairs.push([seeding, Number(runScript("bare-insert.mjs", [folder], cores))]);
    rmSync(folder, { recursive: true });
  }
  return pairs;
}

/**
 * Returns pairs of milliseconds from spawn to first response: the emulator on a new database, and bare
 * node:http.
 */
export async function timeStarts(times: number, cores: Cores | undefined): Promise<[emulator: number, bare: number][]> {
  const pairs: [number, number][] = [];
  for (let time = 0; time < times; time++) {
    const argv = ["--port", "0", "--data", temporaryFolder()];
    const emulator = await firstAnswer(await startServer("emulator", argv, cores));
    const bare = await firstAnswer(await startServer("bare-http", [], cores));
    pairs.push([emulator, bare]);
  }
  return pairs;
}

async function firstAnswer(server: Server): Promise<number> {
  const { status } = await fetchAnswer(`${server.url}/_emulator/health`);
  const elapsed = performance.now() - server.spawnedAt;
  equal(status, 200);
  await server.stop();
  return elapsed;
}

/** Returns the milliseconds from SIGTERM to exit of an emulator with this many keep-alive connections. */
export async function timeStops(times: number, connections: number, cores: Cores | undefined): Promise<number[]> {
  const series: number[] = [];
  for (let time = 0; time < times; time++) {
    const server = await startServer("emulator", ["--port", "0", "--data", ":memory:"], cores);
    const agent = new Agent({ keepAlive: true });
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const [answer] = (await once(get(server.url, { agent }), "response")) as [IncomingMessage];
        await once(answer.resume(), "end");
      }),
    );
    const start = performance.now();
    await server.stop();
    series.push(performance.now() - start);
    agent.destroy();
  }
  return series;
}
