import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CHUNK_SIZE, type SyncByteSource } from "./byte-source.js";

/**
 * Returns the bytes of a file. The file is open only while it is read, and is closed also when the reader stops early.
 *
 * @throws Error with a system `code` such as ENOENT, at once or when it is read.
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
          // Content-Length is sent already, so the reader needs an error.
          if (readSync(descriptor, chunk, 0, chunk.length, position) < chunk.length) {
            throw new Error(`${path} became shorter while it was read`);
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
