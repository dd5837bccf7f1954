// The types of the CommonJS entry.
import emulator = require("./index.js");

export = emulator;
