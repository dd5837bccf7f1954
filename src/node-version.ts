/** The Node-API version that better-sqlite3's binaries need: without it they crash the process. */
const NODE_API = 10;

/** The versions of Node.js that have it: `engines` in package.json. */
export const SUPPORTED_NODE = "^22.14.0 || >=23.6.0";

/**
 * Ends the process with one line and exit code 1 if its Node.js is too old.
 *
 * Older versions must be able to parse this file, and the files that import it before they call it.
 *
 * @see https://nodejs.org/api/n-api.html#node-api-version-matrix
 */
export function requireNode({ napi = "0", node } = process.versions): void {
  if (Number(napi) >= NODE_API) return;
  process.stderr.write(`error: twilio-recordings-emulator needs Node.js 22.14 or newer; this is ${node}\n`);
  process.exit(1);
}
