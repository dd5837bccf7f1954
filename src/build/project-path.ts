import { fileURLToPath } from "node:url";

/** Returns the absolute path of a file, from its path relative to the project's root. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
