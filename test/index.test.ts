import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { ControlError, type EmulatorOptions, StartupError, startEmulator } from "../src/index.js";
import { ACCOUNT, basic, EXAMPLE, numbered, pathOf, SUBACCOUNT, TOKEN } from "./support/emulator.js";
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

t.test("recordings", async (t) => {
  const { emulator, status } = await start(t);
  const { recordings } = emulator;
  const { sid, media_url } = await recordings.create();
  t.ok(media_url.startsWith(emulator.url));
  t.equal(await status(pathOf(sid)), 200);
  t.same(
    (await recordings.createMany([{ channels: 2 }, {}])).map(({ channels }) => channels),
    [2, 1],
  );
  t.equal((await recordings.change(sid, { duration: "99" })).duration, "99");
  t.equal((await recordings.softDelete(sid)).status, "deleted");
  t.equal(await status(`${pathOf(sid)}?IncludeSoftDeleted=true`), 200);
  const long = await recordings.create({ date_created: "-P60D" });
  await recordings.softDelete(long.sid, "-P39D");
  t.equal(await status(`${pathOf(long.sid)}?IncludeSoftDeleted=true`), 200);
  await recordings.softDelete(long.sid, new Date(Date.now() - 41 * 86_400_000));
  t.equal(await status(`${pathOf(long.sid)}?IncludeSoftDeleted=true`), 404);
  await recordings.hardDelete(EXAMPLE);
  t.equal(await status(pathOf(EXAMPLE)), 404);
  t.match(await recordings.generate({ count: 3, seed: 5 }), { generated: 3, seed: 5, recordings: [{}, {}, {}] });
  await emulator.reset();
  t.equal(await status(pathOf(EXAMPLE)), 200);
});

t.test("clock", async (t) => {
  const { clock } = (await start(t)).emulator;
  t.match(await clock.set("2030-01-01"), { now: /^2030-01-01T00:00:00/, frozen: false });
  t.match(await clock.advance("P1D"), { now: /^2030-01-02/ });
  t.match(await clock.freeze(), { frozen: true, now: /^2030-01-02/ });
  t.match(await clock.freeze(new Date("2031-01-01")), { frozen: true, now: "2031-01-01T00:00:00.000Z" });
  t.match(await clock.unfreeze(), { frozen: false, now: /^2031/ });
  t.match(await clock.useRealTime(), { real: true });
  t.match(await clock.read(), { real: true });
});

t.test("faults and requests", async (t) => {
  const { emulator, status } = await start(t);
  const { faults, requests } = emulator;
  const { id } = await faults.arm({ error: 20503 });
  t.equal(await status(pathOf(EXAMPLE)), 503);
  t.match(await faults.list(), [{ id, struck: 1 }]);
  await faults.remove(id);
  await faults.arm({ error: 20503 });
  await faults.clear();
  const waiting = requests.waitFor({ status: 200, timeout: 60 });
  t.equal(await status(pathOf(EXAMPLE)), 200);
  t.match(await waiting, [{ status: 200, operation: "FetchRecording" }]);
  t.equal((await requests.list({ sid: EXAMPLE })).length, 2);
  await requests.clear();
  t.same(await requests.list(), []);
  await t.rejects(requests.waitFor({ timeout: 0 }), { name: "ControlError" });
});

t.test("snapshots, export and import", async (t) => {
  const { emulator, status } = await start(t);
  await emulator.snapshots.save("one");
  await emulator.recordings.hardDelete(EXAMPLE);
  const without = await emulator.export();
  await emulator.snapshots.restore("one");
  t.equal(await status(pathOf(EXAMPLE)), 200);
  t.match(await emulator.snapshots.list(), [{ name: "one" }]);
  await emulator.snapshots.remove("one");
  await emulator.import(without);
  t.equal(await status(pathOf(EXAMPLE)), 404);
  await emulator.reset("empty");
  t.match(await emulator.health(), { counts: { accounts: 2, recordings: 0 } });
});

t.test("accounts: controlled independently", async (t) => {
  const { emulator, status } = await start(t);
  const one = await emulator.accounts.create();
  const other = await emulator.accounts.create({ ownerAccountSid: emulator.accountSid, friendlyName: "Other" });
  t.same([one.ownerAccountSid, other.ownerAccountSid, other.friendlyName], [null, ACCOUNT, "Other"]);
  t.equal(await status(pathOf(EXAMPLE, one.accountSid), { accountSid: one.apiKey, authToken: one.apiSecret }), 200);
  await Promise.all([
    (async () => {
      await one.recordings.softDelete(numbered("05"));
      await one.clock.advance("P41D");
      t.equal(await status(`${pathOf(numbered("05"), one.accountSid)}?IncludeSoftDeleted=true`, one), 404);
    })(),
    (async () => {
      await other.recordings.softDelete(numbered("05"));
      t.equal(await status(`${pathOf(numbered("05"), other.accountSid)}?IncludeSoftDeleted=true`, other), 200);
    })(),
  ]);
  t.equal((await emulator.accounts.list()).length, 4);
  const { authToken, keys } = await emulator.accounts.get(one.accountSid);
  t.same([authToken, keys], [one.authToken, [{ sid: one.apiKey, secret: one.apiSecret }]]);
  await emulator.account(SUBACCOUNT).reset("empty");
  await emulator.accounts.remove(one.accountSid);
  await t.rejects(one.reset(), { name: "ControlError", message: `there is no account ${one.accountSid}` });
  t.ok(ControlError.prototype instanceof Error);
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
