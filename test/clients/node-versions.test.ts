import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { needs, outcomeOf, programPath, runProgram } from "../support/client-program.js";
import { ACCOUNT, TOKEN } from "../support/emulator.js";
import { UNCOVERED } from "../support/process.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const nodeOf = (version: string) => join(ROOT, `.clients/node-${version}/node_modules/.bin/node`);
const isThere = (...versions: string[]) =>
  needs(`Node ${versions.join(", ")}`, ...versions.map((version) => [nodeOf(version), "--version"]));

const SUPPORTED = ["22.14.0", "22.23.3", "24.21.0", "26.10.0"];
const TOO_OLD = ["20.20.2", "22.13.0"];
const env = { ...UNCOVERED, PATH: String(process.env.PATH), TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN };

/** Creates an empty project outside this one and installs the packed package and Twilio's library. */
function installedProject(t: Test): string {
  const project = mkdtempSync(join(tmpdir(), "emulator-installed-"));
  t.teardown(() => rmSync(project, { recursive: true }));
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const npm = (...args: string[]) => execFileSync("npm", args, { cwd: project, encoding: "utf8" });
  const [{ filename }] = JSON.parse(npm("pack", ROOT, "--ignore-scripts", "--json"));
  npm("install", "--silent", "--no-audit", "--no-fund", "--prefer-offline", `./${filename}`, "twilio@6");
  for (const name of ["installed.mjs", "twenty.mjs"]) copyFileSync(programPath(name), join(project, name));
  return project;
}

t.test("packed package, installed into an empty project", isThere(...SUPPORTED, ...TOO_OLD), async (t) => {
  const project = installedProject(t);
  const program = join(project, "installed.mjs");
  const twenty = join(project, "twenty.mjs");

  for (const version of SUPPORTED) {
    t.test(`Node ${version}: starts, serves Twilio's library, stops, exit 0`, async (t) => {
      const outcome = await outcomeOf([nodeOf(version), program, join(project, `data-${version}`)], env);
      t.same(outcome, { fetched: "completed", removed: true, deleted: "deleted", daysLeft: 40, exit: 0 });
    });
    t.test(`Node ${version}: twenty emulators with garbage collections in between, exit 0`, async (t) => {
      t.same(await outcomeOf([nodeOf(version), "--expose-gc", twenty], env), { served: 20 * 14 });
    });
  }

  const main = join(project, "node_modules/twilio-recordings-emulator/dist/main.cjs");
  for (const version of TOO_OLD) {
    const line = `error: twilio-recordings-emulator needs Node.js 22.14 or newer; this is ${version}\n`;
    for (const [what, file] of [
      ["the program", main],
      ["startEmulator", twenty],
    ] as const) {
      t.test(`Node ${version}, ${what}: one line, exit 1`, async (t) => {
        const { code, stderr } = await runProgram([nodeOf(version), file], env);
        t.same({ code, stderr }, { code: 1, stderr: line });
      });
    }
  }
});
