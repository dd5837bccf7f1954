import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ACCOUNT } from "../support/emulator.js";
import { run } from "../support/process.js";

// Each test starts processes.
t.jobs = 2;

t.test("run: the program's output and exit code; notices and the log on standard error", async (t) => {
  const ask = 'console.log("mine"); fetch(process.env.TWILIO_EMULATOR_URL).then(() => process.exit(9))';
  const { output, ended } = run(t, ["run", "--log-level", "info", "--", process.execPath, "-e", ask], {
    EMULATOR_NOPE: "1",
  });
  t.equal(await ended, 9);
  t.equal(output.stdout, "mine\n");
  t.match(output.stderr, /^twilio-recordings-emulator: unknown variable EMULATOR_NOPE\n(\{"level":30,.*\}\n)+$/);
  t.match(output.stderr, '"url":"/"');
});

t.test("run on a terminal: human-readable log on standard error", async (t) => {
  const terminal = ["--import", "data:text/javascript,process.stderr.isTTY=true"];
  const ask = ["sh", "-c", 'curl --silent --output /dev/null "$TWILIO_EMULATOR_URL"'];
  const { output, ended } = run(t, ["run", "--log-level", "info", ...ask], {}, terminal);
  t.equal(await ended, 0);
  t.equal(output.stdout, "");
  t.match(output.stderr, /INFO.*GET \/ 200/);
});

t.test("run, SIGTERM: reaches the program", async (t) => {
  const { child, output, ended } = run(t, [
    "run",
    "--",
    process.execPath,
    "-e",
    'process.on("SIGTERM", () => process.exit(6)); console.log("listening on x"); setInterval(() => {}, 1000)',
  ]);
  await new Promise<void>((resolve) => {
    const check = () => output.stdout.includes("listening") && resolve();
    child.stdout?.on("data", check);
  });
  child.kill("SIGTERM");
  t.equal(await ended, 6);
});

t.test("run, error of the emulator: one line with the prefix, exit 125", async (t) => {
  for (const [argv, stderr] of [
    [["--port", "x", "--", "true"], /^twilio-recordings-emulator: error: --port is "x"; expected: .*\n.*see --help\n$/],
    [
      ["--fixtures", "/none", "true"],
      /^twilio-recordings-emulator: error: the fixtures in \/none cannot be read .*\n$/,
    ],
    [["--har", "/none/x/y.har", "--journal", "0", "true"], /^twilio-recordings-emulator: error: --har is .*\n$/],
  ] as const) {
    const { output, ended } = run(t, ["run", ...argv]);
    t.equal(await ended, 125);
    t.match(output.stderr, stderr);
  }
});

t.test("env: lines for a shell, exit 0; no emulator: one line, exit 1", async (t) => {
  const { port } = new URL(await run(t, ["--port", "0", "--data", ":memory:"]).ready);
  const folder = t.testdir({});
  const credentials = { TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: "mine" };
  const { output, ended } = run(t, ["env", "--port", port, "--folder", folder], credentials);
  t.equal(await ended, 0);
  t.match(output.stdout, `export NODE_EXTRA_CA_CERTS='${join(folder, "ca.pem")}'\n`);
  t.match(readFileSync(join(folder, "ca.pem"), "utf8"), "BEGIN CERTIFICATE");
  const none = run(t, ["env", "--port", "1"]);
  t.equal(await none.ended, 1);
  t.match(none.output.stderr, /^error: http:\/\/127\.0\.0\.1:1\/_emulator\/ca\.pem does not answer \(.*\)\n$/);
});

t.test("--help of a command: its usage, exit 0", async (t) => {
  const { output, ended } = run(t, ["verify", "--help"]);
  t.equal(await ended, 0);
  t.match(output.stdout, /^Usage: twilio-recordings-emulator verify <signature>/);
});
