import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** As `recursive` does, which on Node 20 never ends where the system refuses a folder without a reason. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
