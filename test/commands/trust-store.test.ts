import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { trustStoreOf } from "../../src/commands/trust-store.js";
import { makeAuthority } from "../../src/listener/x509.js";
import { needs } from "../support/client-program.js";

/** Reads DER (X.690): the content of each element of a level. */
function elements(bytes: Buffer): { tag: number; content: Buffer }[] {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, first] = [bytes[at] as number, bytes[at + 1] as number];
    const digits = first < 0x80 ? 0 : first & 0x7f;
    const length = digits === 0 ? first : bytes.readUIntBE(at + 2, digits);
    const start = at + 2 + digits;
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** Returns the element at a path of indexes. */
function at(bytes: Buffer, ...path: number[]): Buffer {
  return path.reduce((content, index) => (elements(content)[index] as { content: Buffer }).content, bytes);
}

t.test("any certificates: a PKCS#12 file of version 3 with all of them, in order", async () => {
  const bytes = fc.uint8Array({ maxLength: 70_000, size: "max" }).map((content) => Buffer.from(content));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 4 }), (certificates) => {
      const file = trustStoreOf(certificates);
      if (at(file, 0, 0).toString("hex") !== "03") return false;
      const bags = elements(at(file, 0, 1, 1, 0, 0, 0, 1, 0, 0));
      const held = bags.map(({ content }) => at(content, 1, 0, 1, 0));
      return (
        held.length === certificates.length && held.every((one, index) => one.equals(certificates[index] as Buffer))
      );
    }),
    { numRuns: 30 },
  );
});

t.test("openssl and Java read it", async (t) => {
  const made = await makeAuthority(["localhost"], Date.now());
  const path = join(t.testdir({}), "store.p12");
  writeFileSync(path, trustStoreOf([new X509Certificate(made.certificate).raw]));
  t.test("openssl: the certificate", needs("openssl", ["openssl", "version"]), async (t) => {
    const command = ["pkcs12", "-in", path, "-nokeys", "-nomacver", "-passin", "pass:"];
    const pem = execFileSync("openssl", command, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    t.match(pem, made.certificate.trim());
  });
  t.test("Java: one trusted entry, with any password", needs("java", ["java", "-version"]), async (t) => {
    for (const password of ["changeit", "another"]) {
      const command = ["-list", "-keystore", path, "-storepass", password];
      t.match(execFileSync("keytool", command, { encoding: "utf8" }), "trustedCertEntry");
    }
  });
});
