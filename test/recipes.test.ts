import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { needs, runProgram } from "./support/client-program.js";
import { readDocument } from "./support/documents.js";
import { running } from "./support/running.js";

const PYTHON = "/usr/bin/python3";
/** Debian's junit5. */
const JUNIT = ["jupiter-api", "jupiter-engine", "platform-commons", "platform-console", "platform-engine"]
  .concat(["platform-launcher", "platform-reporting"])
  .map((name) => `junit-${name}.jar`)
  .concat(["opentest4j.jar", "picocli.jar", "apiguardian-api.jar", "univocity-parsers.jar"])
  .map((jar) => `/usr/share/java/${jar}`);

/** Returns the block of docs/recipes.md in a language. */
const recipe = (language: string) =>
  String(readDocument("docs/recipes.md").blocks.find((block) => block.language === language)?.code);

t.test(
  "pytest, python3-twilio: the recipe passes, its accounts are removed",
  needs("python3-pytest or python3-twilio", [PYTHON, "-c", "import pytest, twilio"]),
  async (t) => {
    const { url, control } = await running(t);
    const folder = t.testdir({ "test_recordings.py": recipe("python") });
    const command = [PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", folder, folder];
    const { code, stdout } = await runProgram(command, { EMULATOR_URL: url, PYTHONDONTWRITEBYTECODE: "1" });
    t.equal(code, 0, String(stdout));
    t.match(String(stdout), / 2 passed/);
    t.equal(control.health().counts.accounts, 2);
  },
);

// Beyond test/clients/install, because a JDK is large.
const hasJunit = JUNIT.every((jar) => existsSync(jar)) && spawnSync("javac", ["-version"]).status === 0;
t.test(
  "JUnit: the recipe passes, its accounts are removed",
  { skip: !hasJunit && "not run: javac or junit5 is not installed" },
  async (t) => {
    const { url, control } = await running(t);
    const folder = t.testdir({});
    const source = join(folder, "RecordingsTest.java");
    writeFileSync(source, recipe("java"));
    const env = { PATH: String(process.env.PATH), EMULATOR_URL: url };
    const classes = [...JUNIT, folder].join(":");
    const compiled = await runProgram(["javac", "-cp", classes, "-d", folder, source], env);
    t.equal(compiled.code, 0, compiled.stderr);
    const launcher = ["java", "-cp", classes, "org.junit.platform.console.ConsoleLauncher"];
    const options = ["--select-class", "RecordingsTest", "--disable-banner"];
    const { code, stdout, stderr } = await runProgram([...launcher, ...options], env);
    t.equal(code, 0, `${stdout}${stderr}`);
    t.match(String(stdout), /1 tests successful/);
    t.equal(control.health().counts.accounts, 2);
  },
);
