import { once } from "node:events";
import { readFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import { Agent, createServer, get } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import t from "tap";
import { ACCOUNT, AUTHORIZED, EXAMPLE, pathOf, TOKEN } from "./support/emulator.js";
import { run } from "./support/process.js";

// Each test starts processes.
t.jobs = 2;

const IN_MEMORY = ["--port", "0", "--data", ":memory:"];
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const status = async (url: string, init: RequestInit = {}) =>
  (await fetch(url, { ...init, headers: AUTHORIZED })).status;

t.test("--help and --version: printed, exit 0", async (t) => {
  const [help, number] = [run(t, ["--help"]), run(t, ["--version"])];
  t.equal(await help.ended, 0);
  t.match(help.output.stdout, /^Usage: twilio-recordings-emulator \[options\]/);
  t.equal(await number.ended, 0);
  t.equal(number.output.stdout, `${version}\n`);
});

t.test("ready: two lines, the first ends with the URL; SIGTERM with a keep-alive connection: exit 0", async (t) => {
  const { child, output, ready, ended } = run(t, IN_MEMORY);
  const url = await ready;
  t.equal(
    output.stdout,
    `twilio-recordings-emulator ${version} listening on ${url}\naccount ${ACCOUNT}; more: curl ${url}/_emulator\ninspector: ${url}/_emulator/\n`,
  );
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  await new Promise((resolve) =>
    get(`${url}/_emulator/health`, { agent }, (answer) => answer.resume().on("end", resolve)),
  );
  child.kill("SIGTERM");
  t.equal(await ended, 0);
  t.equal(output.stderr, "");
});

t.test("SIGTERM during the DNS lookup of a tunnel: exit 0", async (t) => {
  // DNS lookups cannot be cancelled.
  const preload = `import dns from "node:dns"; import { syncBuiltinESMExports } from "node:module";
    const { lookup } = dns;
    dns.lookup = (name, ...rest) => {
      if (name !== "slow.example") return lookup(name, ...rest);
      setInterval(() => {}, 1000);
      process.stdout.write("looking up\\n");
    };
    syncBuiltinESMExports();`;
  const { child, ready, ended } = run(t, [...IN_MEMORY, "--tunnel-others"], {}, [
    "--import",
    `data:text/javascript,${encodeURIComponent(preload)}`,
  ]);
  const socket = connect(Number(new URL(await ready).port), "127.0.0.1");
  t.teardown(() => socket.destroy());
  const asked = once(child.stdout as NodeJS.ReadableStream, "data");
  socket.on("error", () => {}).write("CONNECT slow.example:443 HTTP/1.1\r\nHost: a\r\n\r\n");
  t.match(String((await asked)[0]), "looking up");
  child.kill("SIGTERM");
  t.equal(await ended, 0);
});

t.test("signal during the seeding: exit 0, and the next start seeds again", async (t) => {
  const folder = t.testdir({});
  const argv = ["--port", "0", "--data", folder];
  const changes = watch(folder);
  const { child, output, ended } = run(t, [...argv, "--generate", "100000000"]);
  // The write-ahead log exists once the database is open; seeding takes an hour.
  for await (const { filename } of changes) if (filename === "emulator.db-wal") break;
  child.kill("SIGTERM");
  t.equal(await ended, 0);
  t.equal(output.stdout, "");
  await run(t, argv).ready;
});

t.test("second signal during a request: exit 1 at once", async (t) => {
  const { child, ready, ended } = run(t, IN_MEMORY);
  const url = await ready;
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.teardown(() => socket.destroy());
  const head = `Host: a\r\nAuthorization: ${AUTHORIZED.authorization}\r\nContent-Length: 9\r\n\r\n`;
  socket.write(`GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\nDELETE ${pathOf(EXAMPLE)} HTTP/1.1\r\n${head}`);
  await once(socket, "data");
  child.kill("SIGINT");
  // Once it refuses connections, the first signal was handled.
  while (
    await fetch(`${url}/_emulator/health`).then(
      () => true,
      () => false,
    )
  );
  child.kill("SIGTERM");
  t.equal(await ended, 1);
});

t.test("log level info: one line per request, without credentials; SIGINT: exit 0", async (t) => {
  const { child, output, ready, ended } = run(t, [...IN_MEMORY, "--log-level", "info"]);
  const url = await ready;
  await status(url + pathOf(EXAMPLE));
  child.kill("SIGINT");
  t.equal(await ended, 0);
  const lines = output.stdout.split("\n").filter((line) => line.includes("Recordings"));
  t.equal(lines.length, 1);
  t.match(JSON.parse(lines[0] ?? ""), { level: 30, method: "GET", url: pathOf(EXAMPLE), status: 200 });
  for (const secret of [TOKEN, AUTHORIZED.authorization]) t.notMatch(output.stdout + output.stderr, secret);
});

t.test("terminal: human-readable request line", async (t) => {
  const terminal = ["--import", "data:text/javascript,process.stdout.isTTY=true"];
  const { child, output, ready, ended } = run(t, IN_MEMORY, {}, terminal);
  await status((await ready) + pathOf(EXAMPLE));
  child.kill("SIGTERM");
  await ended;
  t.match(output.stdout, new RegExp(`INFO.*: .*GET ${pathOf(EXAMPLE)} 200 \\d+(\\.\\d)? ms`));
});

t.test("health, running emulator: its response, exit 0; no emulator: one line, exit 1", async (t) => {
  const { ready } = run(t, ["--host", "0.0.0.0", ...IN_MEMORY]);
  const { port } = new URL(await ready);
  const healthy = run(t, ["health", "--host", "0.0.0.0"], { EMULATOR_PORT: port });
  t.equal(await healthy.ended, 0);
  t.match(JSON.parse(healthy.output.stdout), { status: "ok", version, counts: { accounts: 2 } });
  const wrong = run(t, ["health", "--host", "::", "--port", "1"]);
  t.equal(await wrong.ended, 1);
  t.equal(wrong.output.stderr, "error: http://localhost:1/_emulator/health does not answer\n");
  const other = createServer((_request, response) => response.writeHead(503).end("no")).listen(0, "127.0.0.1");
  t.teardown(() => other.close());
  await once(other, "listening");
  const unhealthy = run(t, ["health", "--port", String((other.address() as AddressInfo).port)]);
  t.equal(await unhealthy.ended, 1);
});

t.test("several invalid options: all reported, exit 1", async (t) => {
  const { output, ended } = run(t, ["--port", "x", "--nope"]);
  t.equal(await ended, 1);
  t.equal(
    output.stderr,
    'error: unknown flag --nope\nerror: --port is "x"; expected: a whole number from 0 to 65535\nerror: see --help\n',
  );
});

t.test("invalid fixtures and corrupt database: both reported, exit 1", async (t) => {
  const folder = t.testdir({ "emulator.db": "no database", empty: {} });
  const { output, ended } = run(t, ["--port", "0", "--data", folder, "--fixtures", join(folder, "empty")]);
  t.equal(await ended, 1);
  t.match(
    output.stderr,
    /^error: the fixtures folder .* has no \*\.json file.*\nerror: the database .* is corrupt .*\n$/,
  );
});

t.test("invalid fixtures, new database: exit 1; after their correction: seeded", async (t) => {
  const folder = t.testdir({ "a.json": "{}" });
  const argv = ["--port", "0", "--data", folder, "--fixtures", folder];
  const { output, ended } = run(t, argv);
  t.equal(await ended, 1);
  t.match(
    output.stderr,
    /^error: the fixtures in .* have 1 error\(s\):\nerror: {3}no account in any file; expected: at least one\n$/,
  );
  await run(t, argv, { TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN }).ready;
});

t.test("unexpected error: its stack, exit 1", async (t) => {
  const full = "data:text/javascript,process.stdout.write = () => { throw new Error('no space left') }";
  const { output, ended } = run(t, ["--version"], {}, ["--import", full]);
  t.equal(await ended, 1);
  t.match(output.stderr, /^error: Error: no space left\n +at /);
});

t.test("notice: the emulator starts", async (t) => {
  const { child, output, ready, ended } = run(t, IN_MEMORY, { EMULATOR_NOPE: "1" });
  await ready;
  child.kill("SIGTERM");
  t.equal(await ended, 0);
  t.equal(output.stderr, "notice: unknown variable EMULATOR_NOPE\n");
});

t.test("database in use by another emulator: one line, exit 1; the other keeps running", async (t) => {
  const folder = t.testdir({});
  const argv = ["--port", "0", "--data", folder];
  const url = await run(t, argv).ready;
  const second = run(t, argv);
  t.equal(await second.ended, 1);
  t.match(second.output.stderr, /^error: the database .*emulator\.db is in use by another process: .*\n$/);
  t.equal(await status(url + pathOf(EXAMPLE)), 200);
});

t.test("kill -9: no acknowledged deletion is lost", async (t) => {
  const argv = ["--port", "0", "--data", t.testdir({})];
  const first = run(t, argv);
  t.equal(await status((await first.ready) + pathOf(EXAMPLE), { method: "DELETE" }), 204);
  first.child.kill("SIGKILL");
  t.equal(await first.ended, null);
  const url = await run(t, argv).ready;
  t.equal(await status(url + pathOf(EXAMPLE)), 404);
  t.equal(await status(`${url}${pathOf(EXAMPLE)}?IncludeSoftDeleted=true`), 200);
});
