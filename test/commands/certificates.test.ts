import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import fc from "fast-check";
import t from "tap";
import { certificatesIn, systemCertificates, writeTrustFiles } from "../../src/commands/certificates.js";
import { makeAuthority } from "../../src/listener/x509.js";

const authority = async () => (await makeAuthority(["localhost"], Date.now())).certificate;
const [FIRST = "", SECOND = ""] = rootCertificates;
const fingerprints = (pem: string) => certificatesIn(pem).map(({ fingerprint256 }) => fingerprint256);
const read = (path: string) => readFileSync(path, "utf8");

t.test("bundles: the emulator's, the user's and the system's authorities, each once", async (t) => {
  const [own, extra, ssl, curl] = await Promise.all([authority(), authority(), authority(), authority()]);
  const folder = t.testdir({
    files: {},
    extra: extra,
    ssl: `${ssl}${extra}`,
    curl,
    system: `# comment\n${FIRST}\n${ssl}`,
  });
  const path = (name: string) => join(folder, name);
  const env = {
    NODE_EXTRA_CA_CERTS: path("extra"),
    SSL_CERT_FILE: path("ssl"),
    REQUESTS_CA_BUNDLE: "",
    CURL_CA_BUNDLE: path("curl"),
  };
  const files = writeTrustFiles(path("files"), own, env, t.fail, [path("none"), path("system")]);
  t.same(fingerprints(read(files.extra)), fingerprints(own + extra));
  t.same(fingerprints(read(files.bundle)), fingerprints(own + extra + ssl + curl + FIRST));
  t.match(read(join(files.phpFolder, "zz-twilio-recordings-emulator.ini")), `curl.cainfo="${files.bundle}"\n`);
  t.ok(readFileSync(files.trustStore).includes(new X509Certificate(own).raw));
  t.equal(statSync(files.trustStore).mode & 0o777, 0o600);
});

t.test("files of an earlier call in the same folder: not read again", async (t) => {
  const folder = t.testdir({ system: SECOND });
  const [old, recent] = await Promise.all([authority(), authority()]);
  const write = (pem: string) =>
    writeTrustFiles(folder, pem, { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }, t.fail, [join(folder, "system")]);
  write(old);
  t.same(fingerprints(read(write(recent).bundle)), fingerprints(recent + SECOND));
});

t.test("file of a variable that cannot be read: notice, and the others", async (t) => {
  const folder = t.testdir({ system: "" });
  const notices: string[] = [];
  const [own, env] = [await authority(), { SSL_CERT_FILE: "/none/ca.pem" }];
  const files = writeTrustFiles(folder, own, env, (line) => notices.push(line), [join(folder, "system")]);
  t.match(notices, [/^the program does not trust the certificates of SSL_CERT_FILE: ENOENT/]);
  t.same(fingerprints(read(files.bundle)), fingerprints(own));
});

t.test("system without a known bundle: the authorities of Node.js", async (t) => {
  t.equal(systemCertificates(["/none"]).length, certificatesIn(rootCertificates.join("\n")).length);
});

t.test("text that is no certificate: left out", async (t) => {
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  t.equal(certificatesIn(`${broken}${FIRST}`).length, 1);
  fc.assert(fc.property(fc.string(), (text) => certificatesIn(text).length === 0));
});
