import { createHash } from "node:crypto";
import fc from "fast-check";
import { type ByteSource, CHUNK_SIZE, type SyncByteSource } from "../../src/media/byte-source.js";

/** Reads a range of a byte source; default: all of it. */
export function bytesOf(sound: SyncByteSource, start = 0, end = sound.length): Buffer {
  return Buffer.concat([...sound.read(start, end)]);
}

/** As `bytesOf`, for an asynchronous byte source. */
export async function allBytesOf(sound: ByteSource, start = 0, end = sound.length): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of sound.read(start, end)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Returns the SID of a recording with this number. */
export const sidOf = (number: number) => `RE${number.toString(16).padStart(32, "0")}`;

export const sids = fc.nat().map(sidOf);
export const channelCounts = fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>;

// Not fc.double: most of its numbers are near 0.
const fractions = fc.nat(1_000_000).map((millionths) => millionths / 1_000_000);

/** Pairs of fractions; `rangeIn` converts a pair to a range. */
export const ranges = fc.tuple(fractions, fractions);

export function rangeIn(length: number, fractions: readonly [number, number]): [start: number, end: number] {
  const [one, other] = fractions.map((fraction) => Math.round(fraction * length)) as [number, number];
  return [Math.min(one, other), Math.max(one, other)];
}

/** Returns true if the range has the same bytes as in the whole, in chunks of at most CHUNK_SIZE. */
export function rangeAgrees(sound: SyncByteSource, fractions: readonly [number, number]): boolean {
  const [start, end] = rangeIn(sound.length, fractions);
  const chunks = [...sound.read(start, end)];
  const sized = chunks.every(({ length }) => length <= CHUNK_SIZE);
  return sized && Buffer.concat(chunks).equals(bytesOf(sound).subarray(start, end));
}
