import { accessSync, constants, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Control } from "../control/control.js";
import { makeFolder } from "../state/folder.js";
import { StartupError } from "../state/startup-error.js";

/** The paths of the files that `run` leaves. */
export interface ArtefactFiles {
  har?: string;
  journalOut?: string;
}

/**
 * Checks the files before the program runs, and creates their folders.
 *
 * @param journal - the number of requests that the request log keeps.
 * @returns a function that collects requests from now on. It returns the function that writes the files, and returns whether
 * it could.
 * @throws StartupError if a file cannot be written, or there is no request log.
 */
export function openArtefacts({ har, journalOut }: ArtefactFiles, journal: number) {
  const given = [
    ["--har", har],
    ["--journal-out", journalOut],
  ].filter((one): one is [string, string] => one[1] !== undefined);
  const errors = given.flatMap(([flag, path]) => {
    const reason = journal === 0 ? "--journal is 0" : whyNotWritable(resolve(path));
    const expected = journal === 0 ? "a request log" : "a file in a folder that can be written";
    return reason === undefined ? [] : [`${flag} is ${JSON.stringify(path)}; expected: ${expected} (${reason})`];
  });
  if (errors.length > 0) throw new StartupError(errors);

  return (control: Control) => {
    if (given.length === 0) return () => true;
    const requests = control.requests.collect();
    return (report: (line: string) => void): boolean =>
      given
        .map(([flag, path]) => write(flag, path, flag === "--har" ? requests.har() : requests.list(), report))
        .every(Boolean);
  };
}

function whyNotWritable(path: string): string | undefined {
  try {
    makeFolder(dirname(path));
    // The dot refuses a file in the place of the folder.
    accessSync(`${dirname(path)}/.`, constants.W_OK);
    const file = statSync(path, { throwIfNoEntry: false });
    if (file?.isDirectory()) return "it is a folder";
    if (file !== undefined) accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function write(flag: string, path: string, content: object, report: (line: string) => void): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
    return true;
  } catch (error) {
    report(`${flag} was not written: ${(error as Error).message}`);
    return false;
  }
}
