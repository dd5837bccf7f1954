#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { requireNode } from "../node-version.js";

// The build makes main.cjs of this. It runs the program beside it with V8's code cache, so that a start compiles only what
// the cache lacks. V8 itself refuses a cache of another version, of other flags or of another source, and compiles then.
// It is CommonJS because Node's other loader takes longer to load.
requireNode();
const filename = join(__dirname, "program.cjs");
export const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: codeCache() });
script.runInThisContext()(require, filename);

function codeCache(): Buffer | undefined {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}
