/**
 * Sound as bytes that are made, or read, only when they are asked for: a four-hour recording is streamed and never held
 * in memory. Looking at the length makes no byte.
 */
export interface ByteSource {
  contentType: string;
  /** Bytes in all. */
  length: number;
  /**
   * The bytes from `start` up to, but not including, `end`, where `0 <= start <= end <= length`; in chunks of about
   * 64 KiB that may be shared and must not be changed. A chunk may be empty: it is there for the reader to have its turn,
   * where much must be made before the first byte that is asked for. Each call reads anew, and several may run side by
   * side.
   */
  read(start: number, end: number): Iterable<Buffer> | AsyncIterable<Buffer>;
}

/** A sound that never has to wait for its bytes. */
export interface SyncByteSource extends ByteSource {
  read(start: number, end: number): Iterable<Buffer>;
}

/** Bytes in a chunk, at most: a multiple of every frame's size. */
export const CHUNK_SIZE = 65_536;

/**
 * Cuts a range out of a sequence of chunks.
 *
 * @param start - of the range, in bytes from the start of the first chunk.
 * @param end - of the range, exclusive.
 * @returns what is to be called with each chunk in turn, and gives the part of it (maybe none) that lies in the range.
 */
export function rangeOf(start: number, end: number): (chunk: Buffer) => Buffer {
  let position = 0;
  return (chunk) => {
    const part = chunk.subarray(Math.max(0, start - position), Math.max(0, end - position));
    position += chunk.length;
    return part;
  };
}
