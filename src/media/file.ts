import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CHUNK_SIZE, type SyncByteSource } from "./byte-source.js";

/**
 * Returns a byte source of a file, which is open only during a read.
 *
 * @throws Error with a system `code` such as ENOENT, here or during a read.
 */
export function fileSource(path: string, contentType: string): SyncByteSource {
  return {
    contentType,
    length: statSync(path).size,
    *read(start, end) {
      const descriptor = openSync(path, "r");
      try {
        for (let position = start; position < end; ) {
          const chunk = Buffer.allocUnsafe(Math.min(CHUNK_SIZE, end - position));
          // Content-Length is already sent, so a short read must be an error.
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
