import { readFileSync } from "node:fs";
import t from "tap";
import { OPTION_ROWS } from "../../src/config/options.js";
import { OPTIONS_DOCUMENT, withOptionsTable } from "../support/options-document.js";

t.test("table of docs/options.md: generated from src/config/options.ts", async (t) => {
  const document = readFileSync(OPTIONS_DOCUMENT, "utf8");
  t.equal(document, withOptionsTable(document), "npm run docs writes it");
  t.equal(document.match(/^\| `--.*\| `EMULATOR_/gm)?.length, OPTION_ROWS.length);
});
