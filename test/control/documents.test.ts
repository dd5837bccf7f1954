import { readFileSync } from "node:fs";
import t from "tap";
import { withControlTable } from "../support/control-table.js";
import { emulator } from "../support/emulator.js";

t.test("docs/control-api.md: contains the table of operations of `npm run docs`", async (t) => {
  const { control } = await emulator(t);
  const page = readFileSync(new URL("../../docs/control-api.md", import.meta.url), "utf8");
  t.equal(withControlTable(page, control), page);
  for (const { method, url } of control.list) t.ok(page.includes(`${method} ${url}`.replace(/ \/$/, " /_emulator")));
});
