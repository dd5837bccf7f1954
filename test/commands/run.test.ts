import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { run as start } from "../../src/emulator.js";
import { nodeProgram, runningCommand } from "../support/command.js";
import { ACCOUNT, SUBACCOUNT, TOKEN } from "../support/emulator.js";

// Each test starts processes.
t.jobs = 2;

/** Resolves when a program has created the file `ready` in a folder. */
async function readyIn(t: Test, folder: string): Promise<void> {
  const watcher = watch(folder);
  t.teardown(() => watcher.close());
  while (!existsSync(join(folder, "ready"))) await once(watcher, "change");
}

/** Writes its environment and what it sees of the files, then exits with 3. */
const INSPECT = `
  const fs = require("node:fs"), path = require("node:path");
  const { NODE_EXTRA_CA_CERTS: ca } = process.env;
  const folder = path.dirname(ca);
  const modes = Object.fromEntries([folder, ...fs.readdirSync(folder).map((name) => path.join(folder, name))]
    .map((file) => [path.basename(file), (fs.statSync(file).mode & 0o777).toString(8)]));
  const { env } = process;
  fetch(env.TWILIO_EMULATOR_URL + "/_emulator/health").then(({ status }) => {
    fs.writeFileSync(process.argv[1], JSON.stringify({ env, folder, modes, status }));
    process.exit(3);
  });
`;

t.test("program: the environment, private files, its exit code; the folder is removed", async (t) => {
  const folder = t.testdir({ tmp: {} });
  const [tmp, out] = [join(folder, "tmp"), join(folder, "out.json")];
  const { ended, reports, signals } = runningCommand(nodeProgram(INSPECT, out), { env: { KEPT: "1", TMPDIR: tmp } });
  t.equal(await ended, 3);
  const { env, folder: private_, modes, status } = JSON.parse(readFileSync(out, "utf8"));
  t.equal(status, 200);
  t.match(env, { KEPT: "1", TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN, HTTPS_PROXY: /^http:\/\/127/ });
  const { [private_.slice(tmp.length + 1)]: ofFolder, php, ...files } = modes;
  t.same([ofFolder, php], ["700", "700"]);
  t.same(files, { "ca.pem": "600", "bundle.pem": "600", "trust-store.p12": "600" });
  t.same(readdirSync(tmp), []);
  t.same(reports, []);
  t.same(signals.eventNames(), []);
  await t.rejects(fetch(env.TWILIO_EMULATOR_URL), "the emulator has stopped");
});

t.test("program that does not start, or ended by a signal: the exit codes of a shell", async (t) => {
  const file = join(t.testdir({ program: "#!/bin/sh\n" }), "program");
  chmodSync(file, 0o600);
  for (const [program, code, reports] of [
    [["no-such-program"], 127, ['"no-such-program": not found']],
    [[file], 126, [`${JSON.stringify(file)}: not executable`]],
    [["sh", "-c", "kill -KILL $$"], 137, []],
    [["sh", "-c", "kill -TERM $$"], 143, []],
    [["true", "x".repeat(10_000_000)], 126, ['"true": spawn E2BIG']],
  ] as const) {
    const command = runningCommand(program);
    t.equal(await command.ended, code);
    t.same(command.reports, reports);
  }
});

const WAIT = `
  for (const [signal, code] of [["SIGTERM", 7], ["SIGINT", 8]]) process.on(signal, () => process.exit(code));
  require("node:fs").writeFileSync("${"$"}{folder}/ready", "");
  setInterval(() => {}, 1000);
`;
const waiting = (folder: string) => nodeProgram(WAIT.replace("$" + "{folder}", folder));

t.test("signals reach the program: all without a terminal, in one those that it does not send", async (t) => {
  for (const [isTerminal, sent, code] of [
    [false, ["SIGTERM"], 7],
    [false, ["SIGINT"], 8],
    [true, ["SIGINT", "SIGTERM"], 7],
  ] as const) {
    const folder = t.testdir({});
    const { ended, signal } = runningCommand(waiting(folder), { isTerminal });
    await readyIn(t, folder);
    for (const name of sent) signal(name);
    t.equal(await ended, code);
  }
});

t.test("signal during the start: 128 + n, and no program", async (t) => {
  const program = ["sh", "-c", `touch ${join(t.testdir({}), "ran")}`];
  const before = runningCommand(program);
  before.signal("SIGTERM");
  t.equal(await before.ended, 143);
  const during = runningCommand(program, {
    start: async (_config, { signal }) => {
      await once(signal as AbortSignal, "abort");
      throw new Error("aborted");
    },
  });
  during.signal("SIGINT");
  t.equal(await during.ended, 130);
  const after = runningCommand(program, {
    start: async (config, observer) => {
      const running = await start(config, observer);
      after.signal("SIGHUP");
      return running;
    },
  });
  t.equal(await after.ended, 129);
  t.notOk(existsSync(join(t.testdirName, "ran")));
});

t.test("start fails, or the temporary folder cannot be created: error, no emulator remains", async (t) => {
  const start = async () => Promise.reject(new Error("no"));
  await t.rejects(runningCommand(["true"], { start }).ended, { message: "no" });
  await t.rejects(runningCommand(["true"], { env: { TMPDIR: "/none" } }).ended, {
    message: /^TMPDIR is "\/none"; expected: a folder \(ENOENT.*\)$/,
  });
});

t.test("account: that of the environment, else the first; without its token: notice", async (t) => {
  const account = { sid: SUBACCOUNT, authToken: "given" };
  const isGiven = ["sh", "-c", `test "$TWILIO_ACCOUNT_SID $TWILIO_AUTH_TOKEN" = "${SUBACCOUNT} given"`];
  t.equal(await runningCommand(isGiven, { config: { account } }).ended, 0);
  const folder = t.testdir({ data: {}, fixtures: { "a.json": "{}" } });
  const [data, fixtures] = [join(folder, "data"), join(folder, "fixtures")];
  await runningCommand(["true"], { config: { data, fixtures, account } }).ended;
  const { ended, reports } = runningCommand(["sh", "-c", 'test -z "$TWILIO_AUTH_TOKEN"'], { config: { data } });
  t.equal(await ended, 0);
  t.same(reports.slice(-1), [
    `the token of account ${SUBACCOUNT} is not stored: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN`,
  ]);
});

/** Sends three requests, with a reset before the last one. */
const ASK = `
  const { TWILIO_EMULATOR_URL: url, TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = process.env;
  const headers = { authorization: "Basic " + btoa(sid + ":" + token) };
  const get = async (name) => (await fetch(url + "/2010-04-01/Accounts/" + sid + name, { headers })).text();
  const ask = async () => {
    await get(".json");
    await get("/Calls.json");
    await fetch(url + "/_emulator/reset", { method: "POST" });
    await get("/Recordings.json");
    process.exit(5);
  };
  ask();
`;

t.test("--har and --journal-out, failing program: all requests with answers, also from before a reset", async (t) => {
  const folder = t.testdir({});
  const [har, journalOut] = [join(folder, "new", "out.har"), join(folder, "out.json")];
  t.equal(await runningCommand(nodeProgram(ASK), { files: { har, journalOut } }).ended, 5);
  const { log } = JSON.parse(readFileSync(har, "utf8"));
  t.equal(log.version, "1.2");
  t.match(log.entries.at(-1), { request: { method: "GET", url: /Recordings\.json$/ }, response: { status: 200 } });
  t.match(log.entries.at(-1).response.content.text, /"recordings":/);
  const { count, requests } = JSON.parse(readFileSync(journalOut, "utf8"));
  t.equal(count, 3);
  t.match(requests, [
    { number: 1, operation: "FetchAccount", answer: { headers: Array } },
    { number: 2, operation: "ListCall" },
    { number: 3, operation: "ListRecording" },
  ]);
  for (const file of [har, journalOut]) t.notMatch(readFileSync(file, "utf8"), TOKEN);
});

t.test("--har and --journal-out that cannot be written: one line each, and no program", async (t) => {
  const folder = t.testdir({ file: "", folder: {} });
  const expected = "expected: a file in a folder that can be written";
  for (const [files, message] of [
    [
      { har: join(folder, "folder"), journalOut: join(folder, "file", "x") },
      new RegExp(
        `^--har is ".*folder"; ${expected} \\(it is a folder\\)\n--journal-out is ".*x"; ${expected} \\(.*\\)$`,
      ),
    ],
    [{ har: "/proc/none/x.har" }, /^--har is "\/proc\/none\/x\.har"; expected: .*ENOENT/],
  ] as const) {
    await t.rejects(runningCommand(["true"], { files }).ended, { message });
  }
  await t.rejects(runningCommand(["true"], { files: { har: "x" }, config: { journal: 0 } }).ended, {
    message: '--har is "x"; expected: a request log (--journal is 0)',
  });
});

t.test("--har that cannot be written at the end: one line; exit 125 if the program succeeded", async (t) => {
  for (const [code, expected] of [
    [0, 125],
    [4, 4],
  ]) {
    const folder = t.testdir({ "out.har": "" });
    const har = join(folder, "out.har");
    const { ended, reports } = runningCommand(["sh", "-c", `rm ${har}; mkdir ${har}; exit ${code}`], {
      files: { har },
    });
    t.equal(await ended, expected);
    t.match(reports, [/^--har was not written: EISDIR/]);
  }
});
