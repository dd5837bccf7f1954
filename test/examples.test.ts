import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { UNCOVERED } from "./support/process.js";
import { running } from "./support/running.js";

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
