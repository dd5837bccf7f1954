import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { LISTED, needs, OUTCOME, outcomeOf, programPath, runProgram } from "../support/client-program.js";
import { UNCOVERED } from "../support/process.js";

// Each test starts processes; more would compete for the processors.
t.jobs = 2;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PYTHON = "/usr/bin/python3";
const nodeOf = (version: string) => join(ROOT, `.clients/node-${version}/node_modules/.bin/node`);
const { PATH = "", HOME = "" } = process.env;
const ENV = { ...UNCOVERED, PATH, HOME };

/** Returns the command that runs a program in an emulator of its own, on a version of Node.js. */
const under = (program: readonly string[], node = process.execPath) => [
  node,
  join(ROOT, "dist/main.cjs"),
  "run",
  "--",
  ...program,
];

// This release reads only the system's certificate store, so the process gets a private mount of it.
const STORED = 'mount --bind "$REQUESTS_CA_BUNDLE" /etc/ssl/certs/ca-certificates.crt && exec "$@"';
const unshared = ["unshare", "--map-root-user", "--mount"];
const ALL = { ...OUTCOME, listed: LISTED, removed: true };
for (const [name, program, options, expected] of [
  ["twilio for Node.js", [process.execPath, programPath("node.mjs"), "twilio"], { skip: false }, ALL],
  ["twilio for Node.js, previous major version", [process.execPath, programPath("node.mjs"), "twilio-5"], {}, ALL],
  [
    "python3-twilio, on the bundle as the system's store",
    [...unshared, "sh", "-c", STORED, "sh", PYTHON, programPath("python.py")],
    needs("python3-twilio, or unshare,", [PYTHON, "-c", "import twilio"], [...unshared, "true"]),
    ALL,
  ],
  [
    "Python: requests, httpx, urllib, aiohttp",
    [PYTHON, programPath("python-http.py")],
    needs("python3-requests, -httpx or -aiohttp", [PYTHON, "-c", "import requests, httpx, aiohttp"]),
    { requests: 200, httpx: 200, urllib: 200, aiohttp: 200 },
  ],
  ["Ruby", ["ruby", programPath("ruby.rb")], needs("ruby", ["ruby", "--version"]), ALL],
  [
    "PHP",
    ["php", programPath("php.php")],
    needs("php-curl", ["php", "-r", "exit(extension_loaded('curl') ? 0 : 1);"]),
    ALL,
  ],
  [
    "Java",
    ["java", programPath("Java.java")],
    needs("java", ["java", "-version"]),
    { HttpURLConnection: 200, HttpClient: 200 },
  ],
  [
    "curl",
    [programPath("curl.sh")],
    needs("curl", ["curl", "--version"]),
    { ...OUTCOME, listed: LISTED, removed: "204", media: "RIFF" },
  ],
] as const) {
  t.test(`${name}, unchanged under run`, options, async (t) => t.same(await outcomeOf(under(program), ENV), expected));
}

for (const version of ["22.14.0", "22.23.3", "24.21.0", "26.10.0"]) {
  const node = nodeOf(version);
  t.test(`Node ${version}: run, with twilio`, needs(`Node ${version}`, [node, "--version"]), async (t) => {
    const program = [node, programPath("node.mjs"), "twilio"];
    t.same(await outcomeOf(under(program, node), ENV), ALL);
  });
}

t.test(
  "Node.js from 22.21 on: fetch() reaches the emulator",
  needs("Node 22.23.3", [nodeOf("22.23.3"), "-v"]),
  async (t) => {
    for (const node of [nodeOf("22.23.3"), process.execPath]) {
      t.same(await outcomeOf(under([node, programPath("fetch.mjs")]), ENV), { fetch: 200 });
    }
  },
);

t.test("sh evaluates env: curl reaches the running emulator", needs("curl", ["curl", "--version"]), async (t) => {
  const main = `"${process.execPath}" "${join(ROOT, "dist/main.cjs")}"`;
  const evaluated = `eval "$(${main} env --port "\${TWILIO_EMULATOR_URL##*:}" --folder "${t.testdir({})}")"`;
  // An emulator of `run`, without the variables through which it could be reached.
  const cleared = 'env --ignore-environment PATH="$PATH" TWILIO_EMULATOR_URL="$TWILIO_EMULATOR_URL"';
  const credentials = 'TWILIO_ACCOUNT_SID="$TWILIO_ACCOUNT_SID" TWILIO_AUTH_TOKEN="$TWILIO_AUTH_TOKEN"';
  const program = `${cleared} ${credentials} sh -c '${evaluated} && exec "${programPath("curl.sh")}"'`;
  const { code, stdout, stderr } = await runProgram(under(["sh", "-c", program]), ENV);
  t.equal(code, 0, stderr);
  t.match(JSON.parse(String(stdout)), { ...OUTCOME, media: "RIFF" });
});
