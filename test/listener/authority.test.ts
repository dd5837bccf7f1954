import "reflect-metadata";
import { KeyObject, type webcrypto } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import t, { type Test } from "tap";
import { openAuthority, renewing } from "../../src/listener/authority.js";
import { permittedNames } from "../../src/listener/names.js";
import { makeAuthority, makeLeaf } from "../../src/listener/x509.js";
import { DAY } from "../support/emulator.js";

function open(data: string, tlsNames: string[] = [], ca?: { cert: string; key: string }) {
  const notices: string[] = [];
  return { authority: openAuthority({ data, tlsNames, ca }, (line) => notices.push(line)), notices };
}

const folderOf = (t: Test) => join(t.testdir({}), "a", "data");

t.test("first use: authority created and stored with mode 0600, then reused", async (t) => {
  const data = folderOf(t);
  const { authority, notices } = open(data);
  t.throws(() => readdirSync(data), { code: "ENOENT" });
  const [one, two] = await Promise.all([authority(), authority()]);
  t.equal(one, two);
  t.same(readdirSync(data), ["certificate-authority.pem"]);
  t.equal(statSync(join(data, "certificate-authority.pem")).mode & 0o777, 0o600);
  t.same(await open(data).authority(), one);
  t.same(notices, []);
});

t.test("in memory: a new authority per emulator", async (t) => {
  const { certificate } = await open(":memory:").authority();
  t.not(certificate, (await open(":memory:").authority()).certificate);
});

t.test("new name outside the stored authority: renewed, with a notice; one name less: reused", async (t) => {
  const data = folderOf(t);
  const first = await open(data).authority();
  const { authority, notices } = open(data, ["twilio"]);
  const second = await authority();
  t.not(second.certificate, first.certificate);
  t.match(notices, [/^new certificate authority in .*certificate-authority\.pem: clients must trust it again$/]);
  t.same(await open(data).authority(), second);
});

t.test("less than 30 days left: renewed, even while in use", async (t) => {
  const data = folderOf(t);
  const { authority, notices } = open(data);
  const first = await authority();
  mock.timers.enable({ apis: ["Date"], now: first.expires - 31 * DAY });
  t.teardown(() => mock.timers.reset());
  t.same(await authority(), first);
  mock.timers.setTime(first.expires - 29 * DAY);
  const second = await authority();
  t.equal(notices.length, 1);
  t.ok(second.expires > first.expires + 3000 * DAY);
  t.same(await open(data).authority(), second);
});

t.test("file that cannot be read or written: StartupError, and the next call tries again", async (t) => {
  const data = t.testdir({ "certificate-authority.pem": "nonsense" });
  const { authority } = open(data);
  await t.rejects(authority(), {
    name: "StartupError",
    message:
      /^the certificate authority in .*certificate-authority\.pem cannot be used: not a certificate and a private key in PEM/,
  });
  rmSync(join(data, "certificate-authority.pem"));
  t.ok(await authority());
  await t.rejects(open(join(data, "certificate-authority.pem", "x")).authority(), /cannot be used: ENOTDIR/);
});

t.test("renewing: called again after an error", async (t) => {
  let times = 0;
  const next = renewing(
    async () => {
      if (++times === 1) throw new Error("not yet");
      return { expires: 40 * DAY, times };
    },
    () => 0,
  );
  await t.rejects(next(), { message: "not yet" });
  t.same(await next(), { expires: 40 * DAY, times: 2 });
  t.same(await next(), { expires: 40 * DAY, times: 2 });
});

t.test("authority of --ca-cert and --ca-key: used; unusable files: StartupError", async (t) => {
  const now = Date.now();
  const made = await makeAuthority(permittedNames([]), now);
  const leaf = await makeLeaf(made, ["localhost"], now);
  const lapsed = await makeAuthority(permittedNames([]), now - 4000 * DAY);
  const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const ed25519 = await X509CertificateGenerator.createSelfSigned({
    name: "CN=own",
    keys,
    signingAlgorithm: { name: "Ed25519" },
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  const folder = t.testdir({
    "ca.pem": made.certificate,
    "ca.key": made.key,
    "leaf.pem": leaf.certificate,
    "leaf.key": leaf.key,
    "lapsed.pem": lapsed.certificate,
    "lapsed.key": lapsed.key,
    "ed25519.pem": ed25519.toString("pem"),
    "ed25519.key": String(KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" })),
  });
  const own = (cert: string, key: string) => ({ cert: join(folder, cert), key: join(folder, key) });

  t.same(await open(":memory:", [], own("ca.pem", "ca.key")).authority(), made);
  for (const [cert, key, fault] of [
    ["none.pem", "ca.key", /ENOENT/],
    ["ca.key", "ca.key", /not a certificate and a private key in PEM/],
    ["ca.pem", "ca.pem", /not a certificate and a private key in PEM/],
    ["leaf.pem", "leaf.key", /the certificate is not a CA certificate \(CA:TRUE\)/],
    ["ca.pem", "leaf.key", /the key does not belong to the certificate/],
    ["ed25519.pem", "ed25519.key", /the key is ed25519; expected: RSA, P-256, P-384, P-521/],
    ["lapsed.pem", "lapsed.key", /it expired at 20\d\d-/],
  ] as const) {
    t.throws(
      () => open(":memory:", [], own(cert, key)),
      { name: "StartupError", message: fault },
      `${cert} with ${key}`,
    );
  }
});
