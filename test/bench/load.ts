import autocannon from "autocannon";
import type { Server } from "./servers.js";
import { median } from "./statistics.js";

/** Requests that are repeated over keep-alive connections. */
export interface Load {
  server: Server;
  paths: readonly string[];
  authorization: string;
  /** The expected status of every response. */
  status: number;
}

/** The result of one run of a load. */
export interface Run {
  requestsPerSecond: number;
  /** Latencies in milliseconds. */
  p50: number;
  p99: number;
  /** The server's processor time in microseconds; undefined if the system does not report it. */
  cpuPerRequest: number | undefined;
}

export const CONNECTIONS = 50;

/** @throws if any response has another status. */
export async function runLoad(load: Load, seconds: number): Promise<Run> {
  const { server, paths, status } = load;
  const latencies: number[] = [];
  const options = { ...optionsOf(load), duration: seconds };
  const cpuBefore = server.cpu();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    // autocannon's own percentiles are whole milliseconds.
    run.on("response", (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  });
  const cpuAfter = server.cpu();

  const { errors, statusCodeStats = {} } = result;
  const answers = statusCodeStats[`${status}`]?.count ?? 0;
  if (errors > 0 || answers === 0 || answers !== latencies.length) {
    const statuses = JSON.stringify(statusCodeStats);
    throw new Error(`${server.url}${paths[0]}: every answer must be a ${status}, got ${statuses} and ${errors} errors`);
  }
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: answers / ((result.finish.getTime() - result.start.getTime()) / 1000),
    p50: median(latencies),
    p99: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
    cpuPerRequest:
      cpuBefore === undefined || cpuAfter === undefined ? undefined : ((cpuAfter - cpuBefore) / answers) * 1e6,
  };
}

/**
 * Sends this many requests of a load.
 *
 * @throws if any response has another status.
 */
export async function sendRequests(load: Load, amount: number): Promise<void> {
  const { errors, statusCodeStats = {} } = await autocannon({ ...optionsOf(load), amount });
  if (errors > 0 || statusCodeStats[`${load.status}`]?.count !== amount) {
    throw new Error(`every answer must be a ${load.status}, got ${JSON.stringify(statusCodeStats)}`);
  }
}

/** Returns the paths with a new query, so that no response comes from the cache. */
export function neverAsked(paths: readonly string[]): string[] {
  return Array.from({ length: MOST_IN_A_RUN }, () => {
    const path = paths[asked % paths.length] as string;
    return `${path}${path.includes("?") ? "&" : "?"}Asked=${asked++}`;
  });
}

let asked = 0;
const MOST_IN_A_RUN = 60_000;

function optionsOf({ server, paths, authorization }: Load): autocannon.Options {
  let connection = 0;
  return {
    url: server.url,
    connections: CONNECTIONS,
    headers: { authorization },
    // Otherwise all connections would request the same paths at the same time.
    setupClient: (client) => client.setRequests(shareOf(paths, connection++)),
  };
}

function shareOf(paths: readonly string[], connection: number): autocannon.Request[] {
  const size = Math.ceil(paths.length / CONNECTIONS);
  return Array.from({ length: size }, (_, index) => {
    const path = paths[(connection + index * CONNECTIONS) % paths.length];
    return { path };
  });
}
