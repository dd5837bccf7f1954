import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { FixtureError } from "./fixture-error.js";

/** The unparsed files of a fixtures folder. */
export interface FixtureFolder {
  path: string;
  /** `*.json`. */
  files: readonly FixtureFile[];
  /** `keys/*.public.pem`, named after the SIDs of the keys. */
  publicKeys: readonly FixtureFile[];
  /** SHA-256 of all names and texts, to detect changes. */
  digest: string;
}

export interface FixtureFile {
  /** Relative to the folder. */
  name: string;
  text: string;
}

/**
 * Reads a fixtures folder.
 *
 * @throws FixtureError if the folder or a file is unreadable, a file is not regular, or there is no fixture file.
 */
export function openFixtureFolder(path: string): FixtureFolder {
  const fixtures = readFiles(path, path, /\.json$/);
  const publicKeys = readFiles(path, join(path, "keys"), /\.public\.pem$/, true);
  filesIn(path, join(path, "media"), /\.(wav|mp3)$/i, true);
  if (fixtures.length === 0) {
    throw new FixtureError([`the fixtures folder ${path} has no *.json file; expected: at least one, with an account`]);
  }
  const hash = createHash("sha256");
  for (const { name, text } of [...fixtures, ...publicKeys]) hash.update(JSON.stringify([name, text]));
  return { path, files: fixtures, publicKeys, digest: hash.digest("hex") };
}

function readFiles(folder: string, path: string, ending: RegExp, optional = false): FixtureFile[] {
  return filesIn(folder, path, ending, optional).map((file) => ({
    name: relative(folder, file),
    text: readable(path, () => readFileSync(file, "utf8")).replace(/^\uFEFF/, ""),
  }));
}

/** Returns the paths of files with this ending. Refuses special files, because opening a FIFO waits for a writer. */
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
  const errors: string[] = [];
  const files = chosen.map((entry) => {
    const file = join(path, entry.name);
    if (!entry.isFile() && !readable(path, () => statSync(file, { throwIfNoEntry: false }))?.isFile()) {
      errors.push(`${relative(folder, file)} in ${folder} is not a regular file; expected: a file, or a link to one`);
    }
    return file;
  });
  if (errors.length > 0) throw new FixtureError(errors);
  return files;
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new FixtureError([`the fixtures in ${path} cannot be read (${(error as Error).message})`], "invalid", {
      cause: error,
    });
  }
}
