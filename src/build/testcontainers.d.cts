// The types of the CommonJS entry.
import testcontainers = require("./testcontainers.js");

export = testcontainers;
