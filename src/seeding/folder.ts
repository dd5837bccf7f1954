import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { FixtureError } from "./fixture-error.js";

/** The files of a fixtures folder, read but not understood. */
export interface FixtureFolder {
  path: string;
  /** `*.json`: what there is. */
  documents: readonly FixtureFile[];
  /** `keys/*.public.pem`: public keys, named after their SIDs. */
  publicKeys: readonly FixtureFile[];
  /** Tells whether any of the above has changed. */
  digest: string;
}

export interface FixtureFile {
  /** Relative to the folder. */
  name: string;
  text: string;
}

/** @throws FixtureError if the folder or a file in it cannot be read or is no regular file, or it holds no fixture. */
export function openFixtureFolder(path: string): FixtureFolder {
  const documents = readFiles(path, path, /\.json$/);
  const publicKeys = readFiles(path, join(path, "keys"), /\.public\.pem$/, true);
  filesIn(path, join(path, "media"), /\.(wav|mp3)$/i, true);
  if (documents.length === 0) {
    throw new FixtureError([`the fixtures folder ${path} has no *.json file: expected at least one with an account`]);
  }
  const hash = createHash("sha256");
  for (const { name, text } of [...documents, ...publicKeys]) hash.update(JSON.stringify([name, text]));
  return { path, documents, publicKeys, digest: hash.digest("hex") };
}

function readFiles(folder: string, path: string, ending: RegExp, optional = false): FixtureFile[] {
  return filesIn(folder, path, ending, optional).map((file) => ({
    name: relative(folder, file),
    text: readable(path, () => readFileSync(file, "utf8")).replace(/^\uFEFF/, ""),
  }));
}

/** The paths of a folder's files with this ending. Opening a FIFO would wait for a writer. */
function filesIn(folder: string, path: string, ending: RegExp, optional: boolean): string[] {
  const entries = readable(path, () => {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if (optional && (error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  });
  const byName = (one: Dirent, other: Dirent) => Number(one.name > other.name) - Number(one.name < other.name);
  const chosen = entries.filter(({ name }) => ending.test(name)).sort(byName);
  const faults: string[] = [];
  const files = chosen.map((entry) => {
    const file = join(path, entry.name);
    if (!entry.isFile() && !readable(path, () => statSync(file, { throwIfNoEntry: false }))?.isFile()) {
      faults.push(`${relative(folder, file)} in ${folder} is not a regular file; expected: a file, or a link to one`);
    }
    return file;
  });
  if (faults.length > 0) throw new FixtureError(faults);
  return files;
}

/** @throws FixtureError if what is to be read cannot be. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FixtureError([`the fixtures in ${path} cannot be read (${(error as Error).message})`], "invalid", {
      cause: error,
    });
  }
}
