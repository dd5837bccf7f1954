#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";
import { requireNode } from "../node-version.js";

// Becomes dist/main.cjs, which runs program.cjs. CommonJS, because Node's ES module loader takes longer to load.
requireNode();

/** A code cache is valid for one version of V8 and one architecture. With both in its name, other Nodes do not read it. */
export const codeCacheFile = join(__dirname, `program.${process.versions.v8}-${process.arch}.cache`);

const filename = join(__dirname, "program.cjs");
// esbuild writes ASCII, and latin1 is decoded faster than UTF-8.
export const program = new Script(readFileSync(filename, "latin1"), { filename, cachedData: readCodeCache() });
program.runInThisContext()(require, filename);

function readCodeCache(): Buffer | undefined {
  try {
    return readFileSync(codeCacheFile);
  } catch {
    return undefined;
  }
}
