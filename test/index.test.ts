import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { type EmulatorOptions, StartupError, startEmulator } from "../src/index.js";
import { ACCOUNT, basic, EXAMPLE, pathOf, TOKEN } from "./support/emulator.js";
import { UNCOVERED } from "./support/process.js";

async function start(t: { teardown(end: () => unknown): void }, options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  t.teardown(() => emulator.close());
  const status = async (path: string, account: { accountSid: string; authToken: string } = emulator) => {
    const headers = { authorization: basic(account.accountSid, account.authToken) };
    return (await fetch(emulator.url + path, { headers })).status;
  };
  return { emulator, status };
}

t.test("no options: free port, in memory, credentials of the main account", async (t) => {
  const { emulator, status } = await start(t);
  t.match(emulator.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  t.equal(emulator.url, `http://127.0.0.1:${emulator.port}`);
  t.same([emulator.accountSid, emulator.authToken], [ACCOUNT, TOKEN]);
  t.equal(await status(pathOf(EXAMPLE)), 200);
  t.match(await emulator.health(), { status: "ok", counts: { recordings: 13 } });
});

t.test("options: applied; invalid option: StartupError with its name", async (t) => {
  const account = { sid: `AC${"c".repeat(32)}`, authToken: "given" };
  const notices: string[] = [];
  const data = t.testdir({});
  const options = { data, account, generate: 2, noCors: true, anyAccount: false, clock: "2030-01-01" };
  const { emulator } = await start(t, { ...options, notice: (line) => notices.push(line) });
  t.match(await emulator.clock.read(), { now: /^2030/ });
  t.equal((await emulator.health()).counts.recordings, 16);
  t.notOk((await fetch(emulator.url)).headers.has("access-control-allow-origin"));
  await emulator.close();
  const empty = t.testdir({ data: {}, fixtures: { "a.json": "{}" } });
  const alone = await start(t, { account, fixtures: join(empty, "fixtures") });
  t.same([alone.emulator.accountSid, alone.emulator.authToken], [account.sid, "given"]);
  const faulty = { port: 70_000, nope: true, generate: undefined } as unknown as EmulatorOptions;
  t.ok((await startEmulator(faulty).catch((error: unknown) => error)) instanceof StartupError);
  await t.rejects(startEmulator(faulty), { message: /unknown option "nope"\nport is 70000; expected: a whole number/ });
});

t.test("no option notice: notices on standard error", async (t) => {
  const data = t.testdir({});
  await (await startEmulator({ data })).close();
  const lines = t.capture(process.stderr, "write", () => true);
  await (await startEmulator({ data, generate: 1 })).close();
  t.match(lines(), [{ args: [/^notice: the database was seeded at .*\n$/] }]);
});

t.test("twenty emulators in one process: independent", async (t) => {
  const emulators = await Promise.all(Array.from({ length: 20 }, () => startEmulator()));
  t.teardown(() => Promise.all(emulators.map(({ close }) => close())));
  await Promise.all(emulators.map(({ recordings }, index) => recordings.generate({ count: index + 1 })));
  const counts = await Promise.all(emulators.map(async ({ health }) => (await health()).counts.recordings));
  t.same(
    counts,
    emulators.map((_, index) => 14 + index),
  );
});

t.test("packed and installed: works from TypeScript and CommonJS", async (t) => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  // Inside this project's folder, so that Node.js finds its dependencies.
  const project = t.testdir({ node_modules: {} });
  const npm = ["pack", "--ignore-scripts", "--json", "--pack-destination", project];
  const [{ filename }] = JSON.parse(execFileSync("npm", npm, { cwd: root, encoding: "utf8" }));
  const installed = join(project, "node_modules", "twilio-recordings-emulator");
  mkdirSync(installed);
  execFileSync("tar", [
    "--extract",
    "--strip-components=1",
    "--directory",
    installed,
    "--file",
    join(project, filename),
  ]);
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(project, "index.ts"),
    `import { startEmulator, type Emulator, type RequestView } from "twilio-recordings-emulator";
     const emulator: Emulator = await startEmulator({ logLevel: "silent" });
     const duration: string | null = (await emulator.recordings.create({ duration: "4" })).duration;
     const requests: RequestView[] = await emulator.requests.list();
     console.log(duration, requests.length);
     await emulator.close();`,
  );
  writeFileSync(
    join(project, "index.cjs"),
    `import("twilio-recordings-emulator").then(async ({ startEmulator }) => {
       const emulator = await startEmulator();
       console.log(emulator.accountSid);
       await emulator.close();
     });`,
  );
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const compile = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "index.ts"];
  execFileSync(process.execPath, [tsc, ...compile], { cwd: project, encoding: "utf8" });
  const outputOf = (file: string) =>
    execFileSync(process.execPath, [file], { cwd: project, encoding: "utf8", env: UNCOVERED });
  t.equal(outputOf("index.js"), "4 0\n");
  t.equal(outputOf("index.cjs"), `${ACCOUNT}\n`);
});
