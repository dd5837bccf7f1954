#!/usr/bin/env node
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");

// Runs the program beside this file, and spares it most of its compilation: the code cache that the build left beside it
// holds the functions that a start needs. V8 itself refuses a cache of another version, of other flags or of another
// source, and compiles then as ever. This is CommonJS because Node takes longer to load its other loader.
const filename = join(__dirname, "program.cjs");
const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData: codeCache() });
script.runInThisContext()(require, filename);
module.exports = { script };

function codeCache() {
  try {
    return readFileSync(`${filename}.cache`);
  } catch {
    return undefined;
  }
}
