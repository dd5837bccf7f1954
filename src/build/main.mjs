#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

// Runs the program beside this file, and spares it most of its compilation: the code cache that the build left beside it
// holds the functions that a start needs. V8 itself refuses a cache of another version, of other flags or of another
// source, and compiles then as ever.
const filename = fileURLToPath(new URL("program.cjs", import.meta.url));
export const script = new Script(`(function (require, __filename) {${readFileSync(filename, "latin1")}\n})`, {
  filename,
  cachedData: codeCache(),
});
script.runInThisContext()(createRequire(filename), filename);

function codeCache() {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}
