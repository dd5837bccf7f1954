import { loadFixtureFunctions } from "../../src/resources/register.js";
import type { FixtureFolder } from "../../src/seeding/folder.js";
import { readFixtures as read } from "../../src/seeding/read.js";

const functions = await loadFixtureFunctions();

/** As the function of src, with the fixture functions of all resources. */
export const readFixtures = (folder: FixtureFolder, now: number, extra: string | undefined) =>
  read(folder, now, extra, functions);
