import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { OLDEST_NODE, requireNode } from "../src/node-version.js";

/** What the check does on a version: the exit code and the text on standard error, or neither. */
function outcomeOn(t: Test, version: string) {
  const exit = t.capture(process, "exit");
  const write = t.capture(process.stderr, "write");
  requireNode(version);
  return {
    exit: exit().map(({ args }) => args),
    text: write()
      .map(({ args }) => args[0])
      .join(""),
  };
}

for (const version of ["22.13.0", "22.23.3", "23.0.0", "24.21.0", "26.10.0", "100.0.0"]) {
  t.test(`Node ${version}: runs`, async (t) => t.same(outcomeOn(t, version), { exit: [], text: "" }));
}

for (const version of ["22.12.0", "20.20.2", "18.0.0", "8.1.0"]) {
  t.test(`Node ${version}: one line, exit 1`, async (t) =>
    t.same(outcomeOn(t, version), {
      exit: [[1]],
      text: `error: twilio-recordings-emulator needs Node.js 22.13 or newer; this is ${version}\n`,
    }),
  );
}

t.test("package.json names the same oldest version", async (t) => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  t.equal(engines.node, `>=${OLDEST_NODE}.0`);
});
