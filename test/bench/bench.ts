import { cpus } from "node:os";
import { ACCOUNT, AUTHORIZED, basic, pathOf, TOKEN } from "../support/emulator.js";
import { addLiveCalls, callRows } from "./calls.js";
import { controlRows } from "./control.js";
import { CONNECTIONS, type Load, neverAsked, type Run, runLoad, sendRequests } from "./load.js";
import { readOptions } from "./options.js";
import { pinLoadGenerator } from "./pinning.js";
import type { Server } from "./servers.js";
import { median, showNumber } from "./statistics.js";
import { bareFastify, seededEmulator, timeSeedings, timeStarts, timeStops } from "./subjects.js";
import { comparisonRow, loadRows, markdown, memoryRow, type Row } from "./table.js";

/** A load, and the titles of the loads that the table compares it with. */
interface Measurement extends Load {
  title: string;
  beside: string[];
  /** Sends a different URL each time, so that no response comes from the cache. */
  fresh?: boolean;
}

const FEW = 10;
const SOME = 1000;
const FETCHES = 1_000_000;
const BARE = "bare Fastify";
const BARE_LIST = "bare Fastify, the same page";

const { rounds, seconds, rows, starts } = readOptions(process.argv.slice(2));
const many = rows.toLocaleString("en");
const cores = pinLoadGenerator();

progress(`starting ${starts} times`);
const startTimes = await timeStarts(starts, cores);
const stopTimes = await timeStops(starts, CONNECTIONS, cores);
progress("controlling");
const control = await controlRows(100_000, cores);
progress("calling");
const calls = await callRows(cores);
progress(`generating ${many} recordings ${rounds} times`);
const seedingTimes = await timeSeedings(rounds, rows, cores);
progress(`generating ${many} recordings to ask for`);
const small = await seededEmulator(FEW, cores);
const medium = await seededEmulator(SOME, cores);
const large = await seededEmulator(rows, cores);
const unnoted = await seededEmulator(FEW, cores, ["--journal", "0"]);
const calling = await seededEmulator(SOME, cores);
await addLiveCalls(calling.server, SOME);
const bare = await bareFastify(small.server, small.completed[0] ?? "", "/Recordings/:Sid.json", cores);
const bareList = await bareFastify(medium.server, medium.list.first, "/Recordings.json", cores);
const memoryOf = (server: Server) => server.memory();
const servers = [small.server, large.server, bare] as const;
const memoryBefore = servers.map(memoryOf);

const { authorization } = AUTHORIZED;
const fetchSmall = `fetch, ${FEW} recordings`;
const fetchMedium = `fetch, ${SOME.toLocaleString("en")} recordings`;
const fetchLarge = `fetch, ${many} recordings`;
const measurements: Measurement[] = [
  { title: BARE, beside: [], server: bare, paths: small.completed, authorization, status: 200 },
  { title: fetchSmall, beside: [BARE], server: small.server, paths: small.completed, authorization, status: 200 },
  {
    title: `${fetchSmall}, without the journal`,
    beside: [fetchSmall],
    server: unnoted.server,
    paths: unnoted.completed,
    authorization,
    status: 200,
  },
  {
    title: fetchLarge,
    beside: [BARE, fetchSmall],
    server: large.server,
    paths: large.completed,
    authorization,
    status: 200,
  },
  {
    title: `${fetchLarge}, never asked before`,
    beside: [BARE, fetchLarge],
    server: large.server,
    paths: large.completed,
    authorization,
    status: 200,
    fresh: true,
  },
  {
    title: "deleted recording, with IncludeSoftDeleted",
    beside: [fetchLarge],
    server: large.server,
    paths: large.deleted.map((path) => `${path}?IncludeSoftDeleted=true`),
    authorization,
    status: 200,
  },
  {
    title: "unknown recording (404)",
    beside: [fetchLarge],
    server: large.server,
    paths: large.completed.map((_path, index) => pathOf(`RE${String(index).padStart(32, "f")}`)),
    authorization,
    status: 404,
  },
  { title: BARE_LIST, beside: [], server: bareList, paths: [medium.list.first], authorization, status: 200 },
  { title: fetchMedium, beside: [], server: medium.server, paths: medium.completed, authorization, status: 200 },
  ...[false, true].flatMap((fresh) => {
    const more = fresh ? ", never asked before" : "";
    const load = { authorization, status: 200, fresh };
    const quiet = fresh
      ? [{ title: `${fetchMedium}${more}`, beside: [], server: medium.server, paths: medium.completed, ...load }]
      : [];
    const title = `${fetchMedium}, ${SOME.toLocaleString("en")} live calls${more}`;
    const beside = [`${fetchMedium}${more}`];
    return [...quiet, { title, beside, server: calling.server, paths: calling.completed, ...load }];
  }),
  ...[
    { emulator: medium, count: SOME, fetch: fetchMedium, deep: "last page" },
    { emulator: large, count: rows, fetch: fetchLarge, deep: "page 1,000" },
  ].flatMap(({ emulator: { server, list }, count, fetch, deep }) =>
    [
      { page: "first page", path: list.first },
      { page: deep, path: list.deep },
    ].map(({ page, path }) => ({
      title: `${page} of 50, ${count.toLocaleString("en")} recordings`,
      beside: [fetch, BARE_LIST],
      server,
      paths: [path],
      authorization,
      status: 200,
    })),
  ),
  {
    title: `first page of 50, ${many} recordings, never asked before`,
    beside: [BARE_LIST],
    server: large.server,
    paths: [large.list.first],
    authorization,
    status: 200,
    fresh: true,
  },
  {
    title: "wrong auth token (401)",
    beside: [fetchLarge],
    server: large.server,
    paths: large.completed,
    authorization: basic(ACCOUNT, TOKEN.toUpperCase()),
    status: 401,
  },
];
const runs = await runInTurns();
const memoryAfter = servers.map(memoryOf);
const growth = await memoryGrowth();

const table: Row[] = [
  ...measurements.flatMap(({ title, beside }) =>
    beside.flatMap((other) => loadRows(title, runs.get(title) ?? [], other, runs.get(other) ?? [])),
  ),
  comparisonRow({
    title: "start: spawn to first answer",
    values: startTimes.map(([emulator]) => emulator),
    besideTitle: "bare node:http",
    besideValues: startTimes.map(([, other]) => other),
    unit: "ms",
  }),
  ...[
    { when: "after the start", memory: memoryBefore },
    { when: "after the loads", memory: memoryAfter },
  ].flatMap(({ when, memory: [ofSmall, ofLarge, ofBare] }) => [
    memoryRow(`resident memory ${when}, ${FEW} recordings`, ofSmall, BARE, ofBare),
    memoryRow(`resident memory ${when}, ${many} recordings`, ofLarge, BARE, ofBare),
  ]),
  ...growth,
  ...control,
  ...calls,
  {
    title: `stop on SIGTERM, ${CONNECTIONS} idle connections`,
    emulator: `${showNumber(median(stopTimes))} ms (to ${showNumber(Math.max(...stopTimes))})`,
  },
  comparisonRow({
    title: `generating and storing ${many} recordings`,
    values: seedingTimes.map(([emulator]) => emulator / 1000),
    besideTitle: "bare better-sqlite3, the same rows",
    besideValues: seedingTimes.map(([, other]) => other / 1000),
    unit: "s",
  }),
  { title: `start on ${many} stored recordings`, emulator: `${Math.round(large.restart)} ms` },
];
process.stdout.write(`\n${conditions()}\n\n${markdown(table)}`);
for (const server of [...servers, bareList, medium.server, calling.server, unnoted.server]) await server.stop();

/** Runs each load once a round, in alternating order, so that drift affects all loads equally. */
async function runInTurns(): Promise<Map<string, Run[]>> {
  const runs = new Map(measurements.map(({ title }) => [title, [] as Run[]]));
  for (const load of measurements) {
    progress(`warming up: ${load.title}`);
    await runLoad(asNew(load), seconds);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const load of round % 2 === 0 ? measurements.toReversed() : measurements) {
      progress(`round ${round} of ${rounds}: ${load.title}`);
      runs.get(load.title)?.push(await runLoad(asNew(load), seconds));
    }
  }
  return runs;
}

function asNew(load: Measurement): Load {
  return load.fresh ? { ...load, paths: neverAsked(load.paths) } : load;
}

/** Measures the memory of a new emulator and a new bare server before, halfway through and after FETCHES fetches. */
async function memoryGrowth(): Promise<Row[]> {
  const { server: emulator, completed: paths } = await seededEmulator(SOME, cores);
  const other = await bareFastify(emulator, paths[0] ?? "", "/Recordings/:Sid.json", cores);
  const sizes: Partial<Record<"emulator" | "bare", (number | undefined)[]>> = {};
  for (const [name, server] of [
    ["emulator", emulator],
    ["bare", other],
  ] as const) {
    progress(`${FETCHES.toLocaleString("en")} fetches: ${name}`);
    const series = [server.memory()];
    for (let half = 0; half < 2; half++) {
      await sendRequests({ server, paths, authorization, status: 200 }, FETCHES / 2);
      series.push(server.memory());
    }
    sizes[name] = series;
    await server.stop();
  }
  return [0, FETCHES / 2, FETCHES].map((count, index) =>
    memoryRow(
      `resident memory after ${count.toLocaleString("en")} fetches, ${SOME.toLocaleString("en")} recordings`,
      sizes.emulator?.[index],
      BARE,
      sizes.bare?.[index],
    ),
  );
}

function conditions(): string {
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`;
  const pinned = cores === undefined ? "not pinned to cores" : "pinned to a core each";
  const idle = measurements.filter(({ title }) => busy(runs.get(title) ?? []) < 0.9).map(({ title }) => title);
  return (
    `${machine}; server and load generator ${pinned}; ${CONNECTIONS} connections, kept alive.\n` +
    `Medians of ${rounds} runs of ${seconds} s and of ${starts} starts; ratios are medians of pairs measured in turns ` +
    "(lowest to highest)." +
    // For such a load the generator is the bottleneck: only its processor time is meaningful.
    (idle.length === 0 ? "" : `\nThe server was busy for less than 90 % of the time in: ${idle.join("; ")}.`)
  );
}

/** The share of the time in which the server's processor was busy; NaN if the system does not report it. */
function busy(series: readonly Run[]): number {
  return (
    median(series.map(({ requestsPerSecond, cpuPerRequest = Number.NaN }) => requestsPerSecond * cpuPerRequest)) / 1e6
  );
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
