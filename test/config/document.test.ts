import { readFileSync } from "node:fs";
import t from "tap";
import { OPTION_ROWS } from "../../src/config/options.js";
import { OPTIONS_DOCUMENT, withOptionsTable } from "../support/options-document.js";

t.test("the table of docs/options.md is the one of src/config/options.ts", async (t) => {
  const document = readFileSync(OPTIONS_DOCUMENT, "utf8");
  t.equal(document, withOptionsTable(document), "npm run docs writes it");
  t.equal(document.match(/^\| `--.*\| `EMULATOR_/gm)?.length, OPTION_ROWS.length);
});
