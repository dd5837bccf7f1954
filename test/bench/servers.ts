import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cores } from "./pinning.js";

/** A server in a separate process. */
export interface Server {
  url: string;
  /** When it was spawned, by `performance.now()`. */
  spawnedAt: number;
  /** Resident memory in MiB; undefined if the system does not report it. */
  memory(): number | undefined;
  /** Processor time in seconds so far; undefined if the system does not report it. */
  cpu(): number | undefined;
  stop(): Promise<void>;
}

const SCRIPTS = {
  emulator: "../../dist/main.cjs",
  "bare-fastify": "bare-fastify.mjs",
  "bare-http": "bare-http.mjs",
} as const;

/** USER_HZ, the unit of processor time in /proc. */
const TICKS_PER_SECOND = 100;

const children = new Set<ChildProcess>();
const folders: string[] = [];

// Also when the run ends by an error or a signal.
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

/** Creates a folder that is removed when the run ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-bench-"));
  folders.push(folder);
  return folder;
}

/** Spawns a server, pinned to its core if `cores` are given, and resolves when it is ready. */
export async function startServer(
  script: keyof typeof SCRIPTS,
  argv: readonly string[],
  cores: Cores | undefined,
): Promise<Server> {
  const [file = "", ...rest] = commandOf(SCRIPTS[script], argv, cores);
  const spawnedAt = performance.now();
  // EMULATOR_ variables would configure the server, and NODE_EXTRA_CA_CERTS slows every start of Node.js.
  const child = spawn(file, rest, { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const ended = once(child, "close").finally(() => children.delete(child));
  return {
    url: await untilReady(child, ended),
    spawnedAt,
    memory: () => memoryOf(child),
    cpu: () => cpuOf(child),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Runs a script on the servers' core and returns its output. */
export function runScript(script: string, argv: readonly string[], cores: Cores | undefined): string {
  const [file = "", ...rest] = commandOf(script, argv, cores);
  return execFileSync(file, rest, { env: { PATH: process.env.PATH }, encoding: "utf8" });
}

function commandOf(script: string, argv: readonly string[], cores: Cores | undefined): string[] {
  const node = [process.execPath, fileURLToPath(new URL(script, import.meta.url)), ...argv];
  return cores === undefined ? node : ["taskset", "-c", String(cores.server), ...node];
}

function untilReady(child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let stdout = "";
  let stderr = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk;
      const url = /listening on (\S+)\n/.exec(stdout)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    ended.then(() => reject(new Error(`it ended before it was ready: ${stderr}`)), reject);
  });
}

function memoryOf({ pid }: ChildProcess): number | undefined {
  const kibibytes = /^VmRSS:\s*(\d+) kB$/m.exec(procFile(pid, "status"))?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuOf({ pid }: ChildProcess): number | undefined {
  // The second field, the program's name in brackets, may contain spaces.
  const [, after] = /^.*\) (.*)$/s.exec(procFile(pid, "stat")) ?? [];
  const [user, system] = after?.split(" ").slice(11, 13) ?? [];
  return user === undefined || system === undefined ? undefined : (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

function procFile(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
