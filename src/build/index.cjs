"use strict";
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { constants, Script } = require("node:vm");

// The CommonJS entry.
try {
  module.exports = require("./index.js");
} catch {
  // In a Jest suite, require() and import() are Jest's own, and neither loads ES modules without a flag; Node's import() does.
  const load = new Script("(url) => import(url)", {
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext();
  const library = () => load(pathToFileURL(join(__dirname, "index.js")).href);
  exports.startEmulator = async (options) => (await library()).startEmulator(options);
  exports.connect = async (url, options) => (await library()).connect(url, options);
}
