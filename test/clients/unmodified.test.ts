import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { permittedNames } from "../../src/listener/names.js";
import { makeAuthority, makeLeaf } from "../../src/listener/x509.js";
import {
  LISTED,
  LIVE_OUTCOME,
  needs,
  OUTCOME,
  outcomeOf,
  programPath,
  reached,
  reachedFrozen,
  runProgram,
} from "../support/client-program.js";

// Each test starts processes; more would compete for the processors.
t.jobs = 2;

const PYTHON = "/usr/bin/python3";
const CURL = needs("curl", ["curl", "--version"]);
const OPENSSL = needs("openssl", ["openssl", "version"], ["curl", "--version"]);
const PRIVATE_KEY = fileURLToPath(
  new URL("../../fixtures/keys/CR00000000000000000000000000000001.private.pem", import.meta.url),
);

for (const [name, installed, env] of [
  ["twilio for Node.js", "twilio", {}],
  ["twilio for Node.js, previous major version", "twilio-5", {}],
  ["twilio for Node.js, region and edge", "twilio", { TWILIO_REGION: "ie1", TWILIO_EDGE: "dublin" }],
] as const) {
  t.test(`${name}: HTTP_PROXY and NODE_EXTRA_CA_CERTS`, async (t) => {
    const { url, caFile, base } = await reached(t);
    const program = [process.execPath, programPath("node.mjs"), installed];
    t.same(await outcomeOf(program, { ...base, ...env, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: caFile }), {
      ...OUTCOME,
      listed: LISTED,
      removed: true,
    });
  });

  t.test(`${name}: live call and conference`, async (t) => {
    const { url, caFile, base } = await reachedFrozen(t);
    const program = [process.execPath, programPath("live.mjs"), installed];
    const outcome = await outcomeOf(program, { ...base, ...env, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: caFile });
    t.same(outcome, LIVE_OUTCOME);
  });
}

const PYTHON_TWILIO = needs(
  "python3-twilio, or unshare,",
  [PYTHON, "-c", "import twilio"],
  ["unshare", "--map-root-user", "--mount", "true"],
);

/** Returns the command that runs a program with a certificate authority of the system's store. */
function pythonProgram(name: string, caFile: string): string[] {
  // This release reads only the system's certificate store, so the process gets a private mount of it.
  const stored = 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"';
  return ["unshare", "--map-root-user", "--mount", "sh", "-c", stored, caFile, PYTHON, programPath(name)];
}

t.test("python3-twilio: HTTPS_PROXY and the system's certificate store", PYTHON_TWILIO, async (t) => {
  const { url, caFile, base } = await reached(t);
  const outcome = await outcomeOf(pythonProgram("python.py", caFile), { ...base, HTTPS_PROXY: url });
  t.same(outcome, { ...OUTCOME, listed: LISTED, removed: true });
});

t.test("python3-twilio: live call and conference", PYTHON_TWILIO, async (t) => {
  const { url, caFile, base } = await reachedFrozen(t);
  t.same(await outcomeOf(pythonProgram("live.py", caFile), { ...base, HTTPS_PROXY: url }), LIVE_OUTCOME);
});

t.test("curl", CURL, async (t) => {
  const expected = { ...OUTCOME, listed: LISTED, removed: "204", media: "RIFF" };
  for (const [name, args] of [
    ["--proxy", ({ url }) => ["--proxy", url]],
    ["--proxy with https", ({ url, caFile }) => ["--proxy", url.replace("http:", "https:"), "--proxy-cacert", caFile]],
    ["--connect-to", ({ port }) => ["--connect-to", `api.twilio.com:443:127.0.0.1:${port}`]],
    ["environment variables only", () => []],
  ] as [string, (reached: { url: string; port: number; caFile: string }) => string[]][]) {
    t.test(name, async (t) => {
      const { base, ...rest } = await reached(t);
      const env = { ...base, CURL_CA_BUNDLE: rest.caFile, ...(args(rest).length === 0 && { https_proxy: rest.url }) };
      t.same(await outcomeOf([programPath("curl.sh"), ...args(rest)], env), expected);
    });
  }
});

t.test(
  "decryption: python3-cryptography",
  needs("python3-cryptography", [PYTHON, "-c", "import cryptography"]),
  async (t) => {
    const { url, caFile, base } = await reached(t);
    const env = { ...base, https_proxy: url, SSL_CERT_FILE: caFile };
    isWav(t, await runProgram([PYTHON, programPath("decrypt.py"), PRIVATE_KEY], env));
  },
);

t.test("decryption: the openssl command", OPENSSL, async (t) => {
  const { url, caFile, home, base } = await reached(t);
  const env = { ...base, https_proxy: url, CURL_CA_BUNDLE: caFile };
  isWav(t, await runProgram([programPath("decrypt.sh"), PRIVATE_KEY, home], env));
});

function isWav(t: Test, { code, stdout, stderr }: Awaited<ReturnType<typeof runProgram>>): void {
  t.equal(code, 0, stderr);
  t.equal(stdout.toString("latin1", 0, 4), "RIFF");
  t.equal(stdout.length, 80_044);
}

t.test("certificates: openssl and curl accept api.twilio.com and reject example.com", OPENSSL, async (t) => {
  const folder = t.testdir({});
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const env = { PATH: String(process.env.PATH) };
  const authority = await makeAuthority(permittedNames([]), Date.now());
  const ca = file("ca.pem", authority.certificate);
  for (const [name, verified] of [
    ["api.twilio.com", true],
    ["example.com", false],
  ] as const) {
    const leaf = await makeLeaf(authority, [name], Date.now());
    const command = [
      "openssl",
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-verify_hostname",
      name,
      "-CAfile",
      ca,
    ];
    const { code, stderr } = await runProgram([...command, file("leaf.pem", leaf.certificate)], env);
    t.equal(code, verified ? 0 : 2, stderr);
    const server = createServer({ cert: leaf.certificate, key: leaf.key }, (socket) =>
      socket.end("HTTP/1.0 204 No Content\r\n\r\n"),
    ).listen(0, "127.0.0.1");
    t.teardown(() => server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const curl = [
      "curl",
      "--silent",
      "--cacert",
      ca,
      "--connect-to",
      `${name}:443:127.0.0.1:${port}`,
      `https://${name}/`,
    ];
    t.equal((await runProgram(curl, env)).code, verified ? 0 : 60);
  }
});
