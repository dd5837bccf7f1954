/** The oldest version of Node.js that the emulator runs on: `engines` in package.json says the same. */
export const OLDEST_NODE = "22.13";

/**
 * Ends the process with one line if its Node.js is too old: an older one crashes in the database's native module.
 *
 * Older versions must be able to parse this file, and those that import it before they call it.
 */
export function requireNode(version = process.versions.node): void {
  const [major, minor] = numbersOf(version);
  const [oldestMajor, oldestMinor] = numbersOf(OLDEST_NODE);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  process.stderr.write(`error: twilio-recordings-emulator needs Node.js ${OLDEST_NODE} or newer; this is ${version}\n`);
  process.exit(1);
}

function numbersOf(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}
