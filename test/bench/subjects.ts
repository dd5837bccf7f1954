import { deepEqual, equal } from "node:assert/strict";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { ACCOUNT, AUTHORIZED, TOKEN } from "../support/emulator.js";
import { fetchAnswer } from "./answers.js";
import type { Cores } from "./pinning.js";
import { readListPaths, readPaths } from "./recordings.js";
import { runScript, type Server, startServer, temporaryFolder } from "./servers.js";

/** An emulator on a database file of its own. */
export interface SeededEmulator {
  server: Server;
  /** Milliseconds from the spawn of the one that serves until it was ready. */
  restart: number;
  /** The paths of some of its recordings, by their status. */
  completed: string[];
  deleted: string[];
  /** The paths of the first page of its list, and of a deep page. */
  list: { first: string; deep: string };
}

/** Generates this many recordings, and starts a new emulator on them, with further `options`. */
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
 * A bare server that answers with the bytes that an emulator answers this path with.
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
 * Milliseconds from the spawn of an emulator that generates this many recordings until it is ready, and that a bare loop
 * needs to insert the same rows, in turns.
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
 * Milliseconds from the spawn of a server to its first answer; each pair is of the emulator, on a new database, and of bare
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

/** Milliseconds from SIGTERM until the emulator has ended, while this many connections are kept alive. */
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
