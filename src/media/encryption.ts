import { constants, createPublicKey, hash, type KeyObject, publicEncrypt } from "node:crypto";

/** The key in `encryption_details`. */
export interface WrappedKey {
  /** The content encryption key, encrypted with the customer's public key, in base64. */
  cek: string;
  /** The initialisation vector of the media, in base64. */
  iv: string;
}

/**
 * Derives the key and the initialisation vector of a recording's media from its SID, so that they are reproducible, and wraps
 * the key with the customer's public key.
 *
 * @see https://www.twilio.com/docs/voice/tutorials/voice-recording-encryption
 */
export function wrappedKeyFor(sid: string, publicKey: KeyObject): WrappedKey {
  const cek = wrap(publicKey, contentKeyFor(sid), digest(`oaep seed ${sid}`));
  return { cek: cek.toString("base64"), iv: digest(`iv ${sid}`).subarray(0, 12).toString("base64") };
}

/** Returns the key of a recording's media, 32 bytes. */
export function contentKeyFor(sid: string): Buffer {
  return digest(`cek ${sid}`);
}

/**
 * Parses a public key in PEM form that can wrap a media key.
 *
 * @throws Error if it is not an RSA key of at least 2048 bits.
 */
export function readPublicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa" || bits < 2048 || bits % 8 !== 0) {
    throw new Error(`it is ${key.asymmetricKeyType} of ${bits} bits`);
  }
  return key;
}

/**
 * RSAES-OAEP (RFC 8017, 7.1.1) with SHA-256, MGF1-SHA-256 and a given seed. Node's own padding has a random seed, so its
 * result is not reproducible.
 */
function wrap(publicKey: KeyObject, message: Buffer, seed: Buffer): Buffer {
  const { modulusLength } = publicKey.asymmetricKeyDetails as { modulusLength: number };
  const size = modulusLength / 8;
  const block = Buffer.alloc(size - seed.length - 1);
  digest("").copy(block);
  block[block.length - message.length - 1] = 1;
  message.copy(block, block.length - message.length);
  const maskedBlock = xor(block, mask(seed, block.length));
  const maskedSeed = xor(seed, mask(maskedBlock, seed.length));
  const encoded = Buffer.concat([Buffer.of(0), maskedSeed, maskedBlock]);
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, encoded);
}

/** MGF1 with SHA-256 (RFC 8017, B.2.1). */
function mask(seed: Buffer, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0; counter * 32 < length; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    parts.push(digest(Buffer.concat([seed, suffix])));
  }
  return Buffer.concat(parts).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ right.readUInt8(index)));
}

function digest(data: string | Buffer): Buffer {
  return hash("sha256", data, "buffer");
}
