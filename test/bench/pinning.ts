import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The cores of the servers and of the load generator. */
export interface Cores {
  server: number;
  load: number;
}

/**
 * Pins this process to one core, so that the servers have another core for themselves.
 *
 * @returns the cores, or undefined if there are fewer than two or no `taskset`.
 */
export function pinLoadGenerator(): Cores | undefined {
  try {
    const allowed = allowedCores();
    // Adjacent entries may be two threads of one core; the first and the last are not.
    const [server, load] = [allowed.at(0), allowed.at(-1)];
    if (server === undefined || load === undefined || server === load) return undefined;
    execFileSync("taskset", ["-a", "-c", "-p", String(load), String(process.pid)], { stdio: "ignore" });
    return { server, load };
  } catch {
    return undefined;
  }
}

/** @throws if the system has no /proc. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
