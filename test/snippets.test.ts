import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Block, DOCUMENTS, ROOT, readDocument } from "./support/documents.js";
import { UNCOVERED } from "./support/process.js";
import { receiver } from "./support/receiver.js";
import { running } from "./support/running.js";

// Each test starts processes; more would compete for the processors.
t.jobs = 2;

/** Returns the blocks of a language, except those marked as not run by the tests. */
const blocksOf = (path: string, language: string) =>
  readDocument(path).blocks.filter(
    (block) => block.language === language && !/not\s+run\s+by\s+the\s+tests/i.test(block.introduction),
  );

/** Runs a program of a document against a new emulator and returns its output. */
async function outputOf(t: Test, command: string, argv: string[], folder: string): Promise<string> {
  const child = spawn(command, argv, { cwd: folder, env: { ...UNCOVERED, HOME: folder } });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  const [code] = await once(child, "close");
  t.equal(code, 0, errors);
  return output;
}

/** Creates the folder that the documents assume; returns it and the code with the ports of a new emulator and a receiver of callbacks. */
async function prepared(t: Test, code: string) {
  const { port } = await running(t);
  const folder = t.testdir({ fixtures: t.fixture("symlink", join(ROOT, "fixtures")) });
  const callbacks = await receiver(t);
  const ported = code
    .replaceAll("localhost:2010", `localhost:${port}`)
    .replaceAll("localhost:3000", `localhost:${callbacks.port}`);
  return { folder, code: ported, callbacks };
}

// The recipes need other test runners.
for (const path of DOCUMENTS.filter((path) => path !== "docs/recipes.md")) {
  const [suites, programs] = [true, false].map((isSuite) =>
    blocksOf(path, "js").filter(({ code }) => /from "node:test"/.test(code) === isSuite),
  ) as [Block[], Block[]];
  for (const [index, block] of suites.entries()) {
    t.test(`${path}: suite ${index + 1} for node:test passes`, async (t) => {
      const { folder, code } = await prepared(t, block.code);
      writeFileSync(join(folder, "suite.test.mjs"), code);
      const argv = ["--test", "--test-reporter=tap", "suite.test.mjs"];
      const passed = code.match(/^test\(/gm)?.length;
      t.match(await outputOf(t, process.execPath, argv, folder), `# pass ${passed}\n`);
    });
  }
  for (const [index, block] of programs.entries()) {
    t.test(`${path}: JavaScript block ${index + 1} prints the output in its comments`, async (t) => {
      const { folder, code } = await prepared(t, block.code);
      writeFileSync(join(folder, "program.mjs"), code);
      const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, comment]) => comment);
      t.not(expected.length, 0);
      t.equal(await outputOf(t, process.execPath, ["program.mjs"], folder), `${expected.join("\n")}\n`);
    });
  }

  const shell = blocksOf(path, "sh").map(({ code }) => code);
  if (shell.length > 0) {
    t.test(`${path}: shell blocks in sequence, exit 0`, async (t) => {
      const { folder, code, callbacks } = await prepared(t, shell.join("\n"));
      writeFileSync(join(folder, "program.js"), 'import twilio from "twilio"; await twilio().recordings.list();');
      // The documents omit --fail.
      const curl = 'curl() { command curl --fail-with-body --silent --show-error "$@"; }';
      await outputOf(t, "sh", ["-euc", `${curl}\n${code}`], folder);
      if (path === "docs/callbacks.md") t.not(callbacks.received.length, 0);
    });
  }
}

t.test("docs/fixtures.md: JSON blocks are valid fixture files of one folder", async (t) => {
  const files = blocksOf("docs/fixtures.md", "json").map(({ code }, index) => [`${index}.json`, code]);
  const { control } = await running(t, { fixtures: t.testdir(Object.fromEntries(files)) });
  const { accounts, recordings, calls, conferences, participants } = control.health().counts;
  // One call is a fixture, the other recording brings its own.
  const expected = { accounts: 1, recordings: 2, calls: 2, conferences: 1, participants: 1 };
  t.same({ accounts, recordings, calls, conferences, participants }, expected);
});
