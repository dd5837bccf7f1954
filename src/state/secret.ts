import { randomBytes } from "node:crypto";

/** Returns a secret of this process. It is not from the seed, because it must not be predictable. */
export function newSecret(): Buffer {
  return randomBytes(32);
}
