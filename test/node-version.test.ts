import { readFileSync } from "node:fs";
import t, { type Test } from "tap";
import { requireNode, SUPPORTED_NODE } from "../src/node-version.js";

/** Runs the check for a version; returns the exit codes and the texts on standard error. */
function outcomeOn(t: Test, node: string, napi?: string) {
  const exit = t.capture(process, "exit");
  const write = t.capture(process.stderr, "write");
  requireNode({ ...process.versions, node, napi } as NodeJS.ProcessVersions);
  return { exit: exit().map(({ args }) => args), text: write().map(({ args }) => args[0]) };
}

t.test("current Node.js: runs", async (t) => {
  const exit = t.capture(process, "exit");
  requireNode();
  t.same(exit(), []);
});

for (const [node, napi] of [
  ["22.14.0", "10"],
  ["26.10.0", "11"],
] as const) {
  t.test(`Node ${node} with Node-API ${napi}: runs`, async (t) =>
    t.same(outcomeOn(t, node, napi), { exit: [], text: [] }),
  );
}

for (const [node, napi] of [
  ["22.13.0", "9"],
  ["23.0.0", "9"],
  ["20.20.2", "9"],
  ["8.1.0", undefined],
] as const) {
  t.test(`Node ${node} with Node-API ${napi ?? "unknown"}: one line, exit 1`, async (t) =>
    t.same(outcomeOn(t, node, napi), {
      exit: [[1]],
      text: [`error: twilio-recordings-emulator needs Node.js 22.14 or newer; this is ${node}\n`],
    }),
  );
}

t.test("engines of package.json: same versions", async (t) => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  t.equal(engines.node, SUPPORTED_NODE);
});

// npm 10 would run node-gyp, which needs Python, for every package with a binding.gyp; better-sqlite3's own package.json says
// "gypfile": false, but npm 10 reads the lock file instead. npm leaves this key out when it writes the file anew.
t.test("package-lock.json: npm ci compiles nothing", async (t) => {
  const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
  t.match(packages["node_modules/better-sqlite3"], { gypfile: false });
});
