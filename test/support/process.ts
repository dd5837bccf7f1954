import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";

const SOURCES = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** For a process that runs what the build made: tap would take its lines for others of the sources. */
export const UNCOVERED = { PATH: process.env.PATH, _TAPJS_PROCESSINFO_COVERAGE_: "0" };

export interface Program {
  child: ChildProcess;
  /** What it has written so far. */
  output: { stdout: string; stderr: string };
  /** Resolves with the URL of the line that says it is ready. */
  ready: Promise<string>;
  /** Resolves with its exit code, null if a signal killed it, once all its output was read. */
  ended: Promise<number | null>;
}

/**
 * Runs the program as a user would, with what stands in `env` and nothing of the test's own options.
 *
 * @param main - the program: what the build made of it, or else its sources.
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
