import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CHUNK_SIZE, type SyncByteSource } from "./byte-source.js";

/**
 * A file on disk, served as it is. It is open only while it is read, and closed also when the reader stops early.
 *
 * @throws Error with a `code` of the system, such as ENOENT, now or when it is read.
 */
export function soundOfFile(path: string, contentType: string): SyncByteSource {
  return {
    contentType,
    length: statSync(path).size,
    *read(start, end) {
      const descriptor = openSync(path, "r");
      try {
        for (let position = start; position < end; ) {
          const chunk = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, end - position));
          // A length that was promised cannot be taken back: the reader has to learn that the rest is missing.
          if (readSync(descriptor, chunk, 0, chunk.length, position) < chunk.length) {
            throw new Error(`${path} is shorter than it was when it was first looked at`);
          }
          yield chunk;
          position += chunk.length;
        }
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
