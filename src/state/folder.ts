import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** As `recursive` does, which never returns where the system refuses a folder without a reason, as /proc does (Node 24). */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
