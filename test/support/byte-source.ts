import { createHash } from "node:crypto";
import fc from "fast-check";
import { type ByteSource, CHUNK_SIZE, type SyncByteSource } from "../../src/media/byte-source.js";

/** The bytes of a sound, of its whole if no range is given. */
export function bytesOf(sound: SyncByteSource, start = 0, end = sound.length): Buffer {
  return Buffer.concat([...sound.read(start, end)]);
}

/** As `bytesOf`, of a sound that may have to wait for its bytes. */
export async function allBytesOf(sound: ByteSource, start = 0, end = sound.length): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of sound.read(start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** The SID of a recording with this number. */
export const sidOf = (number: number) => `RE${number.toString(16).padStart(32, "0")}`;

export const sids = fc.nat().map(sidOf);
export const channelCounts = fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>;

// Not fc.double, most of whose numbers are next to nothing.
const fractions = fc.nat(1_000_000).map((millionths) => millionths / 1_000_000);

/** Two fractions that `rangeIn` makes a range of. */
export const ranges = fc.tuple(fractions, fractions);

export function rangeIn(length: number, fractions: readonly [number, number]): [start: number, end: number] {
  const [one, other] = fractions.map((fraction) => Math.round(fraction * length)) as [number, number];
  return [Math.min(one, other), Math.max(one, other)];
}

/** Whether a range of a sound is what its whole has there, in chunks that are not too large. */
export function rangeAgrees(sound: SyncByteSource, fractions: readonly [number, number]): boolean {
  const [start, end] = rangeIn(sound.length, fractions);
  const chunks = [...sound.read(start, end)];
  const sized = chunks.every(({ length }) => length <= CHUNK_SIZE);
  return sized && Buffer.concat(chunks).equals(bytesOf(sound).subarray(start, end));
}
