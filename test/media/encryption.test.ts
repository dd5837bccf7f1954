import { constants, createPublicKey, generateKeyPairSync, type KeyLike, privateDecrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import t from "tap";
import { contentKeyFor, wrappedKeyFor } from "../../src/media/encryption.js";
import { sha256, sidOf } from "../support/byte-source.js";

const KEYS = new URL("../../fixtures/keys/", import.meta.url);
const keyFile = (kind: string) => readFileSync(new URL(`CR00000000000000000000000000000001.${kind}.pem`, KEYS));

function unwrap(key: KeyLike, cek: string): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return privateDecrypt({ key, padding, oaepHash: "sha256" }, Buffer.from(cek, "base64"));
}

t.test("wrapped key, unwrapped with RSAES-OAEP and SHA-256: content key", async (t) => {
  const { cek, iv } = wrappedKeyFor(sidOf(1), createPublicKey(keyFile("public")));
  t.ok(unwrap(keyFile("private").toString(), cek).equals(contentKeyFor(sidOf(1))));
  t.equal(Buffer.from(iv, "base64").length, 12);
});

t.test("RSA key of another size: wraps", async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 3072 });
  t.ok(unwrap(privateKey, wrappedKeyFor(sidOf(1), publicKey).cek).equals(contentKeyFor(sidOf(1))));
});

t.test("key that is not RSA: error", async (t) => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  t.throws(() => wrappedKeyFor(sidOf(1), publicKey), RangeError);
});

t.test("same SID: same key, wrapped key and initialisation vector", async (t) => {
  const { cek, iv } = wrappedKeyFor(sidOf(1), createPublicKey(keyFile("public")));
  t.equal(sha256(Buffer.from(cek, "base64")), "e891e38caec5195176eed8f33686a9046db2edf36afd7275d9d9cf06b4abd943");
  t.equal(iv, "bHtPD5q/s4WBoXdv");
  t.equal(contentKeyFor(sidOf(1)).toString("hex"), "5be5acf80f154eca2f0bb15f544370a4fc165ae40b73e442185e80a4f85cc0eb");
});

t.test("another SID: another key, wrapped key and initialisation vector", async (t) => {
  const publicKey = createPublicKey(keyFile("public"));
  const [one, other] = [wrappedKeyFor(sidOf(1), publicKey), wrappedKeyFor(sidOf(2), publicKey)];
  t.notOk(contentKeyFor(sidOf(1)).equals(contentKeyFor(sidOf(2))));
  t.not(one.cek, other.cek);
  t.not(one.iv, other.iv);
});
