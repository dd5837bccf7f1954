import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { DOCUMENTS, ROOT, readDocument } from "./support/documents.js";
import { UNCOVERED } from "./support/process.js";
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

/** Creates the folder that the documents assume; returns it and the code with the port of a new emulator. */
async function prepared(t: Test, code: string) {
  const { port } = await running(t);
  const folder = t.testdir({ fixtures: t.fixture("symlink", join(ROOT, "fixtures")) });
  return { folder, code: code.replaceAll("localhost:2010", `localhost:${port}`) };
}

// The recipes need other test runners.
for (const path of DOCUMENTS.filter((path) => path !== "docs/recipes.md")) {
  for (const [index, block] of blocksOf(path, "js").entries()) {
    t.test(`${path}: JavaScript block ${index + 1} prints the output in its comments`, async (t) => {
      const { folder, code } = await prepared(t, block.code);
      const expected = [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, comment]) => comment);
      t.not(expected.length, 0);
      writeFileSync(join(folder, "program.mjs"), code);
      t.equal(await outputOf(t, process.execPath, ["program.mjs"], folder), `${expected.join("\n")}\n`);
    });
  }

  const shell = blocksOf(path, "sh").map(({ code }) => code);
  if (shell.length > 0) {
    t.test(`${path}: shell blocks in sequence, exit 0`, async (t) => {
      const { folder, code } = await prepared(t, shell.join("\n"));
      writeFileSync(join(folder, "program.js"), 'import twilio from "twilio"; await twilio().recordings.list();');
      // The documents omit --fail.
      const curl = 'curl() { command curl --fail-with-body --silent --show-error "$@"; }';
      await outputOf(t, "sh", ["-euc", `${curl}\n${code}`], folder);
    });
  }
}

for (const [index, { code }] of blocksOf("docs/fixtures.md", "json").entries()) {
  t.test(`docs/fixtures.md: JSON block ${index + 1} is a valid fixture file`, async (t) => {
    const { control } = await running(t, { fixtures: t.testdir({ "mine.json": code }) });
    const { accounts, recordings } = control.health().counts;
    t.same({ accounts, recordings }, { accounts: 1, recordings: 2 });
  });
}
