import { spawnSync } from "node:child_process";
import { constants, createDecipheriv, createPublicKey, privateDecrypt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import t from "tap";
import { ciphertextOf } from "../../src/media/ciphertext.js";
import { contentKeyFor, wrappedKeyFor } from "../../src/media/encryption.js";
import { melodyOf } from "../../src/media/melody.js";
import { wavOf } from "../../src/media/wav.js";
import { bytesOf, channelCounts, rangeAgrees, ranges, sidOf, sids } from "../support/byte-source.js";

const KEYS = fileURLToPath(new URL("../../fixtures/keys/CR00000000000000000000000000000001", import.meta.url));
const PRIVATE_KEY = `${KEYS}.private.pem`;
const PUBLIC_KEY = createPublicKey(readFileSync(`${KEYS}.public.pem`));
const FIXTURE_IV = "8I2hhNIYNTrwxfHk";

const plainOf = (sid: string, duration: number, channels: 1 | 2 = 1) => wavOf(melodyOf(sid, channels, duration));
const encryptedOf = (sid: string, duration: number, channels: 1 | 2 = 1, iv = FIXTURE_IV) =>
  ciphertextOf(plainOf(sid, duration, channels), contentKeyFor(sid), iv);

/** Unwraps the key, decrypts and checks the tag, as a customer does. */
function decrypt(file: Buffer, cek: string, iv: string): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = Buffer.from(cek, "base64");
  const key = privateDecrypt({ key: readFileSync(PRIVATE_KEY), padding, oaepHash: "sha256" }, wrapped);
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"));
  decipher.setAuthTag(file.subarray(-16));
  return Buffer.concat([decipher.update(file.subarray(0, -16)), decipher.final()]);
}

t.test("decrypted with the private key and node:crypto: plain recording", async () => {
  fc.assert(
    fc.property(sids, fc.nat(5), channelCounts, (sid, duration, channels) => {
      const { cek, iv } = wrappedKeyFor(sid, PUBLIC_KEY);
      const plain = bytesOf(plainOf(sid, duration, channels));
      return decrypt(bytesOf(encryptedOf(sid, duration, channels, iv)), cek, iv).equals(plain);
    }),
    { numRuns: 15 },
  );
});

t.test("initialisation vector from a fixture: decrypts to the plain recording", async (t) => {
  const { cek } = wrappedKeyFor(sidOf(1), PUBLIC_KEY);
  const file = bytesOf(encryptedOf(sidOf(1), 2));
  t.ok(decrypt(file, cek, FIXTURE_IV).equals(bytesOf(plainOf(sidOf(1), 2))));
});

t.test("changed file: decryption fails", async (t) => {
  const { cek } = wrappedKeyFor(sidOf(1), PUBLIC_KEY);
  const file = bytesOf(encryptedOf(sidOf(1), 1));
  file.writeUInt8(file.readUInt8(1000) ^ 1, 1000);
  t.throws(() => decrypt(file, cek, FIXTURE_IV), { message: /authenticate/ });
});

const openssl = (args: readonly string[], input?: Buffer) => spawnSync("openssl", args, { input, maxBuffer: 10 ** 7 });
const skip = openssl(["version"]).status !== 0 && "openssl is not installed";

t.test("decrypted with the openssl command: plain recording", { skip }, async (t) => {
  const { cek, iv } = wrappedKeyFor(sidOf(1), PUBLIC_KEY);
  const path = `${t.testdir()}/cek`;
  writeFileSync(path, Buffer.from(cek, "base64"));
  const oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"].flatMap((opt) => [
    "-pkeyopt",
    opt,
  ]);
  const unwrapped = openssl(["pkeyutl", "-decrypt", "-inkey", PRIVATE_KEY, "-in", path, ...oaep]);
  t.equal(unwrapped.stdout.length, 32, unwrapped.stderr.toString());
  // The command does not support GCM. Without its tag, GCM is counter mode that starts at 2.
  const counter = `${Buffer.from(iv, "base64").toString("hex")}00000002`;
  const file = bytesOf(encryptedOf(sidOf(1), 3, 2, iv));
  const args = ["enc", "-d", "-aes-256-ctr", "-K", unwrapped.stdout.toString("hex"), "-iv", counter];
  const plain = openssl(args, file.subarray(0, -16));
  t.ok(plain.stdout.equals(bytesOf(plainOf(sidOf(1), 3, 2))), plain.stderr.toString());
});

t.test("content type of the plain media, length plus 16 bytes", async (t) => {
  const encrypted = encryptedOf(sidOf(1), 4 * 3600, 2);
  t.equal(encrypted.contentType, "audio/x-wav");
  t.equal(encrypted.length, 44 + 4 * 3600 * 32_000 + 16);
  t.equal(bytesOf(encryptedOf(sidOf(1), 0)).length, 60);
});

t.test("range: same bytes as in the whole", async (t) => {
  const encrypted = encryptedOf(sidOf(1), 5, 2);
  t.test("random ranges", async () => {
    fc.assert(fc.property(ranges, (range) => rangeAgrees(encrypted, range)));
  });
  t.test("ranges in and near the tag", async (t) => {
    const whole = bytesOf(encrypted);
    const { length } = encrypted;
    for (const [start, end] of [
      [length - 17, length - 16],
      [length - 17, length - 15],
      [length - 16, length],
      [length - 5, length - 1],
      [length - 40, length],
      [length, length],
    ] as const) {
      t.ok(bytesOf(encrypted, start, end).equals(whole.subarray(start, end)), `${start - length} to ${end - length}`);
    }
  });
  t.test("initialisation vector of another length", async () => {
    const odd = encryptedOf(sidOf(1), 1, 1, "MTIzNDU2Nzg5MDEyMzQ1Ng==");
    fc.assert(
      fc.property(ranges, (range) => rangeAgrees(odd, range)),
      { numRuns: 30 },
    );
  });
});

t.test("four hours: any range except the tag is read directly", async (t) => {
  const encrypted = encryptedOf(sidOf(1), 4 * 3600, 2);
  const start = encrypted.length - 100_000;
  const [first] = encrypted.read(start, start + 10);
  t.equal(first?.length, 10);
});
