import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import t, { type Test } from "tap";
import { ACCOUNT, AUTHORIZED, EXAMPLE, numbered, pathOf } from "./support/emulator.js";
import { type Program, run, UNCOVERED } from "./support/process.js";
import { ask, tlsTo } from "./support/tls.js";

const execute = promisify(execFile);
const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What the build makes, in a package of its own. */
async function build(t: Test): Promise<string> {
  const linked = ["package.json", "fixtures"].map((path) => [path, t.fixture("symlink", root(path))]);
  const folder = join(t.testdir({ dist: {}, ...Object.fromEntries(linked) }), "dist");
  await execute(process.execPath, ["--import=tsx", root("src/build/build.mjs"), folder], { env: UNCOVERED });
  return folder;
}

/** Starts what was built, in memory. */
function start(t: Test, folder: string, ...options: string[]): Program {
  return run(t, ["--port", "0", "--data", ":memory:", ...options], {}, [], join(folder, "main.cjs"));
}

/** Whether V8 refuses the code cache beside the program. */
async function refusesCache(folder: string): Promise<unknown> {
  const main = JSON.stringify(pathToFileURL(join(folder, "main.cjs")));
  const script = `process.argv[2] = "--version"; console.log((await import(${main})).script.cachedDataRejected)`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "-e", script, "x"], { env: UNCOVERED });
  return JSON.parse(
    stdout
      .trim()
      .split("\n")
      .findLast((line) => /^(true|false|undefined)$/.test(line)) ?? "null",
  );
}

t.test("the program: it serves, media and all, with what was compiled before", async (t) => {
  const folder = await build(t);
  t.equal(await refusesCache(folder), false);
  const { child, ready, ended } = start(t, folder, "--generate", "1");
  const url = await ready;
  for (const path of [EXAMPLE, numbered("05"), `${numbered("05")}.xml`, `${numbered("10")}.mp3`]) {
    t.equal((await fetch(url + pathOf(path).replace(/\.json$/, ""), { headers: AUTHORIZED })).status, 200, path);
  }
  t.equal((await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED })).status, 200);

  await t.test("what is loaded only when it is used: it is there", async (t) => {
    const filtered = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?DateCreated%3C=2016-10-15`, {
      headers: AUTHORIZED,
    });
    t.match(await filtered.json(), { recordings: { length: 1 } });
    const ca = await (await fetch(`${url}/_emulator/ca.pem`)).text();
    const socket = await tlsTo(Number(new URL(url).port), { ca, servername: "api.twilio.com" });
    t.match(await ask(socket, pathOf(EXAMPLE), { Host: "api.twilio.com", ...AUTHORIZED }), /^HTTP\/1\.1 200 OK/);
    const fixtures = t.testdir({
      "a.json": '{ "accounts": [,] }',
      "b.json": '{ "recordings": [{ "date_created": "2016-10-14" }] }',
    });
    const faulty = start(t, folder, "--fixtures", fixtures);
    t.equal(await faulty.ended, 1);
    t.match(faulty.output.stderr, "a.json line 1 column 16: is not JSON");
    t.notMatch(faulty.output.stderr, "date_created");
  });
  child.kill("SIGTERM");
  t.equal(await ended, 0);

  t.test("a code cache of something else, or none: it serves all the same", async (t) => {
    const cache = join(folder, "program.cjs.cache");
    writeFileSync(cache, "not a code cache");
    t.equal(await refusesCache(folder), true);
    await start(t, folder).ready;
    rmSync(cache);
    await start(t, folder).ready;
  });

  t.test("the library's entry: it serves", async (t) => {
    const { startEmulator } = await import(pathToFileURL(join(folder, "index.js")).href);
    const emulator = await startEmulator({ notice: t.fail });
    t.equal((await fetch(emulator.url + pathOf(EXAMPLE), { headers: AUTHORIZED })).status, 200);
    await emulator.close();
  });
});
