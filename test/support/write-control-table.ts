import { readFileSync, writeFileSync } from "node:fs";
import { buildApp } from "../../src/app.js";
import { TABLES } from "../../src/resources/register.js";
import { openFixtureFolder } from "../../src/seeding/folder.js";
import { openState } from "../../src/state/state.js";
import { withControlTable } from "./control-table.js";
import { configWith } from "./emulator.js";

const page = new URL("../../docs/control-api.md", import.meta.url);
const config = configWith({});
const { app, control } = await buildApp(config, openState(config, TABLES), openFixtureFolder(config.fixtures), {
  notice: () => {},
});
writeFileSync(page, withControlTable(readFileSync(page, "utf8"), control));
await app.close();
