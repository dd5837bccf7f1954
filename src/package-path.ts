import { fileURLToPath } from "node:url";

/** Returns the path of a file of this package. This module is one level below the package's root, in src and in dist. */
export function packagePath(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
