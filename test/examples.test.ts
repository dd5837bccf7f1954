import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { needs } from "./support/client-program.js";
import { UNCOVERED } from "./support/process.js";
import { running } from "./support/running.js";

const PYTHON = "/usr/bin/python3";

// Runs each example in a separate process, as a user would.
async function outputOf(t: Test, command: string, argv: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(command, argv, {
    env: { ...UNCOVERED, ...env },
    cwd: fileURLToPath(new URL("examples", import.meta.url)),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  t.equal(code, 0, output);
  return output;
}

async function start(t: Test): Promise<{ EMULATOR_URL: string }> {
  const { url } = await running(t);
  return { EMULATOR_URL: url };
}

t.test("in-process.mjs, official client: passes", async (t) => {
  t.match(await outputOf(t, process.execPath, ["--test", "--test-reporter=tap", "in-process.mjs"]), /^# pass 3$/m);
});

t.test("by-address.mjs, official client: passes", async (t) => {
  t.match(
    await outputOf(t, process.execPath, ["--test", "--test-reporter=tap", "by-address.mjs"], await start(t)),
    /^# pass 2$/m,
  );
});

t.test("with-curl.sh: expected statuses", async (t) => {
  t.equal(await outputOf(t, "sh", ["with-curl.sh"], await start(t)), "200\n204\n200\n404\n503\n200\n");
});

t.test("receiver-express.mjs, official client and middleware: passes", async (t) => {
  const argv = ["--test", "--test-reporter=tap", "receiver-express.mjs"];
  t.match(await outputOf(t, process.execPath, argv), /^# pass 3$/m);
});

t.test(
  "receiver_flask.py, python3-twilio and its validator: passes",
  needs("python3-flask or python3-twilio", [PYTHON, "-c", "import flask, twilio"]),
  async (t) => {
    const env = { ...(await start(t)), PYTHONDONTWRITEBYTECODE: "1" };
    t.match(await outputOf(t, PYTHON, ["-m", "unittest", "receiver_flask"], env), /^Ran 2 tests[\s\S]*^OK$/m);
  },
);
