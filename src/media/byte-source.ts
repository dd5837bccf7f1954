/** Bytes with a known length, generated while they are read: a four-hour recording is never in memory as a whole. */
export interface ByteSource {
  contentType: string;
  length: number;
  /**
   * Reads the bytes from `start` to `end`, exclusive, where `0 <= start <= end <= length`. Chunks have about 64 KiB; they
   * are shared, so do not modify them. Empty chunks let other work run while bytes before the range are generated.
   * Several reads may run at the same time.
   */
  read(start: number, end: number): Iterable<Buffer> | AsyncIterable<Buffer>;
}

export interface SyncByteSource extends ByteSource {
  read(start: number, end: number): Iterable<Buffer>;
}

/** Maximum bytes of a chunk: a multiple of the size of every frame. */
export const CHUNK_SIZE = 65_536;

/**
 * Cuts a range out of a sequence of chunks.
 *
 * @param start - in bytes from the start of the first chunk.
 * @param end - exclusive.
 * @returns a function to call with each chunk in order; it returns the part within the range, which may be empty.
 */
export function rangeOf(start: number, end: number): (chunk: Buffer) => Buffer {
  let position = 0;
  return (chunk) => {
    const part = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += chunk.length;
    return part;
  };
}
