import { fork } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { fileURLToPath } from "node:url";

/**
 * Starts the program once, and lets V8 write down what it has compiled by the first answer, no more: what a start does not
 * need would only be one more thing to read.
 *
 * @param {string} folder - of the program.
 */
export async function writeCodeCache(folder) {
  const recorder = fileURLToPath(new URL("record-code-cache.mjs", import.meta.url));
  const child = fork(recorder, ["--port", "0", "--data", ":memory:", "--log-level", "warn"], {
    // No EMULATOR_ variable, which might change what is started.
    env: { PATH: process.env.PATH, PROGRAM: folder },
    execArgv: [],
    silent: true,
  });
  const ended = once(child, "close");
  child.stderr.pipe(process.stderr);
  const ready = await Promise.race([once(child.stdout, "data"), ended]);
  const [, url] = /listening on (\S+)/.exec(String(ready[0])) ?? [];
  if (url !== undefined) {
    const [answer] = await once(get(`${url}/_emulator/health`, { agent: false }), "response");
    await once(answer.resume(), "end");
    child.send("write");
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the program in ${folder} does not start`);
}
