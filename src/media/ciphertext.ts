import { createCipheriv } from "node:crypto";
import { rangeOf, type SyncByteSource } from "./byte-source.js";

const BLOCK_SIZE = 16;
const TAG_SIZE = 16;

/**
 * Encrypts with AES-256-GCM as Twilio encrypts recordings: no additional data, the tag of 16 bytes at the end, and the
 * content type of the plain media.
 *
 * @param key - 32 bytes, for example from `contentKeyFor`.
 * @param iv - in base64; unless it has 12 bytes, a range costs as much as the whole.
 * @see https://www.twilio.com/docs/voice/tutorials/voice-recording-encryption
 */
export function ciphertextOf(source: SyncByteSource, key: Buffer, iv: string): SyncByteSource {
  const nonce = Buffer.from(iv, "base64");
  return {
    contentType: source.contentType,
    length: source.length + TAG_SIZE,
    read(start, end) {
      if (start === end) return [];
      return end <= source.length && nonce.length === 12 ? withoutTag(start, end) : withTag(start, end);
    },
  };

  /** The tag depends on all bytes before it. */
  function* withTag(start: number, end: number): Iterable<Buffer> {
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const part = rangeOf(start, end);
    for (const chunk of source.read(0, source.length)) yield part(cipher.update(chunk));
    cipher.final();
    yield part(cipher.getAuthTag());
  }

  /** GCM is counter mode with counter 2 at the first block (NIST SP 800-38D, 7.1), so reading can start at any block. */
  function* withoutTag(start: number, end: number): Iterable<Buffer> {
    const block = Math.floor(start / BLOCK_SIZE);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(block + 2);
    const cipher = createCipheriv("aes-256-ctr", key, Buffer.concat([nonce, counter]));
    cipher.update(Buffer.alloc(start % BLOCK_SIZE));
    for (const chunk of source.read(start, end)) yield cipher.update(chunk);
  }
}
