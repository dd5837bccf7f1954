"use strict";

// The CommonJS entry. In a Jest suite, require() and import() are Jest's own, and neither loads ES modules without a flag. Node's
// own require() does.
const { createRequire } = process.getBuiltinModule("node:module");
module.exports = createRequire(__filename)("./index.js");
