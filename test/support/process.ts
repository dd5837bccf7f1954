import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";

const SOURCES = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Environment without coverage, for a process that runs dist: tap would count its lines as lines of the sources. */
export const UNCOVERED = { PATH: process.env.PATH, _TAPJS_PROCESSINFO_COVERAGE_: "0" };

export interface Program {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  /** Resolves with the URL of the first line. */
  ready: Promise<string>;
  /** Resolves with the exit code, null after a signal, once all output was read. */
  ended: Promise<number | null>;
}

/**
 * Runs the program.
 *
 * @param main - the program in dist; default: the sources.
 */
export function run(
  t: Test,
  argv: readonly string[],
  env: Record<string, string> = {},
  nodeOptions: readonly string[] = [],
  main = SOURCES,
): Program {
  const child = spawn(process.execPath, [...process.execArgv, ...nodeOptions, main, ...argv], {
    env: { ...process.env, ...(main !== SOURCES && UNCOVERED), ...env },
  });
  const output = { stdout: "", stderr: "" };
  const ended = once(child, "close").then(([code]) => code as number | null);
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output.stdout += chunk;
      const url = /listening on (\S+)\n/.exec(output.stdout)?.[1];
      if (url !== undefined) resolve(url);
    });
    ended.then(() => reject(new Error(`it ended before it was ready: ${output.stderr}`)));
  });
  ready.catch(() => {});
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr += chunk;
  });
  t.teardown(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, output, ready, ended };
}
