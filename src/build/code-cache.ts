import { fork } from "node:child_process";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/**
 * Starts the program in `dist` once and writes the code that V8 has compiled by the first response.
 *
 * Later requests compile more, but each start would have to read it.
 *
 * @throws Error if the program does not start.
 */
export async function recordCodeCache(dist: string): Promise<void> {
  const recorder = fileURLToPath(new URL("record-code-cache.ts", import.meta.url));
  const child = fork(recorder, ["--port", "0", "--data", ":memory:", "--log-level", "warn"], {
    // EMULATOR_* and NODE_OPTIONS of the user would change the program that is recorded.
    env: { PATH: process.env.PATH, PROGRAM_FOLDER: dist },
    execArgv: ["--import", import.meta.resolve("tsx")],
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const ended = once(child, "close");
  const [output] = await Promise.race([once(child.stdout as Readable, "data"), ended]);
  const url = /listening on (\S+)/.exec(String(output))?.[1];
  if (url !== undefined) {
    await fetchHealth(url);
    child.send("write");
  }
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`the program in ${dist} does not start`);
}

async function fetchHealth(url: string): Promise<void> {
  const [response] = (await once(get(`${url}/_emulator/health`, { agent: false }), "response")) as [IncomingMessage];
  await once(response.resume(), "end");
}
