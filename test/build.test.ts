import { execFile } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { compileFunction } from "node:vm";
import t, { type Test } from "tap";
import { ACCOUNT, AUTHORIZED, EXAMPLE, numbered, pathOf } from "./support/emulator.js";
import { type Program, run, UNCOVERED } from "./support/process.js";
import { ask, tlsTo } from "./support/tls.js";

const execute = promisify(execFile);
const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Builds into the dist folder of a new package. */
async function build(t: Test): Promise<string> {
  const content = readFileSync(root("package.json"), "utf8");
  const folders = { dist: {}, fixtures: t.fixture("symlink", root("fixtures")) };
  const dist = join(t.testdir({ "package.json": content, ...folders }), "dist");
  await execute(process.execPath, ["--import=tsx", root("src/build/build.ts"), dist], { env: UNCOVERED });
  return dist;
}

/** Starts the built program, in memory. */
function start(t: Test, dist: string, ...options: string[]): Program {
  return run(t, ["--port", "0", "--data", ":memory:", ...options], {}, [], join(dist, "main.cjs"));
}

/** Returns false if V8 accepted the code cache, true if V8 rejected it, undefined without a code cache. */
async function cachedDataRejected(dist: string, ...nodeOptions: string[]): Promise<boolean | undefined> {
  const print = `String(require(${JSON.stringify(join(dist, "main.cjs"))}).program.cachedDataRejected)`;
  const argv = [...nodeOptions, "-p", print, "main.cjs", "--version"];
  const { stdout } = await execute(process.execPath, argv, { env: UNCOVERED });
  const rejected = stdout.trimEnd().split("\n").at(-1);
  return rejected === "undefined" ? undefined : JSON.parse(String(rejected));
}

t.test("build", async (t) => {
  const dist = await build(t);
  const [cache = "", ...otherCaches] = readdirSync(dist).filter((name) => name.endsWith(".cache"));
  const cachePath = join(dist, cache);

  await t.test("code cache of this Node: named by V8's version and the architecture, accepted", async (t) => {
    t.equal(cache, `program.${process.versions.v8}-${process.arch}.cache`);
    t.same(otherCaches, []);
    t.equal(await cachedDataRejected(dist), false);
  });

  await t.test("npm package: contains the program, no code cache", async (t) => {
    const argv = ["pack", "--dry-run", "--ignore-scripts", "--json"];
    const { stdout } = await execute("npm", argv, { cwd: join(dist, ".."), env: UNCOVERED });
    t.match(stdout, '"dist/program.cjs"');
    t.notMatch(stdout, /\.cache"/);
  });

  await t.test("program: serves JSON, XML and MP3, exits with 0 at SIGTERM", async (t) => {
    const { child, ready, ended } = start(t, dist, "--generate", "1");
    const url = await ready;
    for (const path of [EXAMPLE, numbered("05"), `${numbered("05")}.xml`, `${numbered("10")}.mp3`]) {
      t.equal((await fetch(url + pathOf(path).replace(/\.json$/, ""), { headers: AUTHORIZED })).status, 200, path);
    }
    child.kill("SIGTERM");
    t.equal(await ended, 0);
  });

  await t.test("lazily loaded modules: date filter, TLS, OpenAPI, CSV", async (t) => {
    const url = await start(t, dist).ready;
    const filtered = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings.json?DateCreated%3C=2016-10-15`, {
      headers: AUTHORIZED,
    });
    t.match(await filtered.json(), { recordings: { length: 1 } });
    const csv = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings.csv`, { headers: AUTHORIZED });
    t.match(await csv.text(), EXAMPLE);
    t.match(await (await fetch(`${url}/_emulator/openapi.json`)).json(), { openapi: /^3/ });
    const ca = await (await fetch(`${url}/_emulator/ca.pem`)).text();
    const socket = await tlsTo(Number(new URL(url).port), { ca, servername: "api.twilio.com" });
    t.match(await ask(socket, pathOf(EXAMPLE), { Host: "api.twilio.com", ...AUTHORIZED }), /^HTTP\/1\.1 200 OK/);
  });

  await t.test("lazily loaded modules: error for invalid JSON, date without a time", async (t) => {
    const fixtures = t.testdir({
      "a.json": '{ "accounts": [,] }',
      "b.json": '{ "recordings": [{ "date_created": "2016-10-14" }] }',
    });
    const { ended, output } = start(t, dist, "--fixtures", fixtures);
    t.equal(await ended, 1);
    t.match(output.stderr, "a.json line 1 column 16: is not JSON");
    t.notMatch(output.stderr, "date_created");
  });

  await t.test("separate bundles: all that the program requires exist and load", async (t) => {
    const program = join(dist, "program.cjs");
    const required = readFileSync(program, "utf8").matchAll(/require\("(\.\/[\w-]+\.cjs)"\)/g);
    const names = new Set(Array.from(required, ([, name = ""]) => name));
    const others = ["index.cjs", "main.cjs", "program.cjs", "testcontainers.cjs"];
    const bundles = readdirSync(dist).filter((name) => name.endsWith(".cjs") && !others.includes(name));
    t.equal(names.size, bundles.length);
    for (const name of names) t.doesNotThrow(() => createRequire(program)(name), name);
  });

  await t.test("library: 200", async (t) => {
    const { startEmulator } = await import(pathToFileURL(join(dist, "index.js")).href);
    const emulator = await startEmulator({ notice: t.fail });
    t.equal((await fetch(emulator.url + pathOf(EXAMPLE), { headers: AUTHORIZED })).status, 200);
    await emulator.close();
  });

  await t.test("client of an emulator elsewhere: loads no package", async (t) => {
    const url = await start(t, dist).ready;
    // Outside of this project, where no package is found.
    const folder = mkdtempSync(join(tmpdir(), "client-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    cpSync(dist, join(folder, "dist"), { recursive: true });
    const program = `import { connect } from "./dist/index.js";
      const { sid } = await (await connect("${url}")).recordings.create({ duration: "61" });
      console.log(/^RE/.test(sid), await connect("${url}/x").catch(({ name }) => name));`;
    writeFileSync(join(folder, "program.mjs"), program);
    const { stdout } = await execute(process.execPath, [join(folder, "program.mjs")], { env: UNCOVERED });
    t.equal(stdout, "true ConnectionError\n");
  });

  await t.test(
    "entry for testcontainers: the same classes and errors as the library, also from CommonJS",
    async (t) => {
      const native = createRequire(join(dist, "index.cjs"));
      for (const [library, entry] of [
        [
          await import(pathToFileURL(join(dist, "index.js")).href),
          await import(pathToFileURL(join(dist, "testcontainers.js")).href),
        ],
        [native("./index.cjs"), native("./testcontainers.cjs")],
      ]) {
        const container = { getHost: () => "127.0.0.1", getMappedPort: () => 1 };
        const started = new entry.StartedTwilioRecordingsEmulatorContainer(container);
        await t.rejects(started.connect(), library.ConnectionError);
        t.ok(new entry.TwilioRecordingsEmulatorContainer() instanceof native("testcontainers").GenericContainer);
      }
    },
  );

  await t.test("other V8 flags: code cache rejected, the program runs", async (t) => {
    t.equal(await cachedDataRejected(dist, "--max-lazy"), true);
  });

  await t.test("damaged code cache: rejected, the program serves", async (t) => {
    const content = readFileSync(cachePath);
    writeFileSync(cachePath, "not a code cache");
    t.teardown(() => writeFileSync(cachePath, content));
    t.equal(await cachedDataRejected(dist), true);
    await start(t, dist).ready;
  });

  await t.test("code cache of another V8 version only: not read, the program serves", async (t) => {
    const other = join(dist, cache.replace(process.versions.v8, "1.2.3.4-node.5"));
    renameSync(cachePath, other);
    t.teardown(() => renameSync(other, cachePath));
    t.equal(await cachedDataRejected(dist), undefined);
    await start(t, dist).ready;
  });

  await t.test("code cache missing: the program serves", async (t) => {
    rmSync(cachePath);
    t.equal(await cachedDataRejected(dist), undefined);
    await start(t, dist).ready;
  });

  await t.test("CommonJS entry: serves, also where require() does not load ES modules, as in Jest", async (t) => {
    const path = join(dist, "index.cjs");
    const native = createRequire(path);
    t.match(native("./index.cjs"), {
      startEmulator: Function,
      connect: Function,
      StartupError: Function,
      ControlError: Function,
    });
    const module = {
      exports: {} as typeof import("../src/index.js"),
    };
    const requireOfJest = (name: string) => {
      if (name.startsWith(".")) throw new Error("Must use import to load ES Module");
      return native(name);
    };
    const code = compileFunction(readFileSync(path, "utf8"), ["require", "module", "exports", "__dirname"]);
    code(requireOfJest, module, module.exports, dist);
    const emulator = await module.exports.startEmulator({ notice: t.fail });
    t.equal((await fetch(emulator.url + pathOf(EXAMPLE), { headers: AUTHORIZED })).status, 200);
    t.equal((await module.exports.connect(emulator.url)).accountSid, ACCOUNT);
    await emulator.close();
  });
});

t.test("prepare: builds; after npm ci or without development dependencies: does not", async (t) => {
  const folder = t.testdir({ src: { build: {} }, "package.json": '{ "scripts": { "build": "exit 1" } }' });
  const prepare = join(folder, "src", "build", "prepare.mjs");
  copyFileSync(root("src/build/prepare.mjs"), prepare);
  await t.resolves(execute(process.execPath, [prepare], { env: UNCOVERED }));
  for (const name of ["typescript", "esbuild", "tsx"])
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
  await t.rejects(execute(process.execPath, [prepare], { env: UNCOVERED }), { code: 1 });
  await t.resolves(execute(process.execPath, [prepare], { env: { ...UNCOVERED, npm_command: "ci" } }));
});
