import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClock, DAY } from "../state/clock.js";
import { makeFolder } from "../state/folder.js";
import { StartupError } from "../state/startup-error.js";
import { type Identity, readIdentity } from "./identity.js";
import { permittedNames } from "./names.js";

export interface AuthorityOptions {
  /** Folder of the certificate and the key, or `:memory:`. */
  data: string;
  /** Names in certificates, in addition to Twilio's and this machine's. */
  tlsNames: readonly string[];
  /** PEM files of the user's own authority. */
  ca: { cert: string; key: string } | undefined;
}

type Expiring = Pick<Identity, "expires">;

const RENEWAL = 30 * DAY;

/**
 * Opens the certificate authority: the user's own, or one in the data folder. The latter is created at first use, because few
 * users need it and its library is slow to load, and replaced before it expires or if a new name violates its constraints.
 *
 * @param notice - called with one line when clients must trust a new authority.
 * @returns a function that returns the authority, and throws a StartupError if the one in the data folder is invalid.
 * @throws StartupError if the user's own is invalid.
 */
export function openAuthority(options: AuthorityOptions, notice: (line: string) => void): () => Promise<Identity> {
  const { data, tlsNames, ca } = options;
  // Not the emulator's clock: clients check certificates by their own.
  const { now } = createClock();
  if (ca !== undefined) {
    const given = explained(`the certificate authority of --ca-cert ${ca.cert} and --ca-key ${ca.key}`, () => {
      const identity = readIdentity(readFileSync(ca.cert, "utf8"), readFileSync(ca.key, "utf8"));
      if (identity.expires > now()) return identity;
      throw new StartupError([`it expired at ${new Date(identity.expires).toISOString()}`]);
    });
    return async () => given;
  }
  const permitted = permittedNames(tlsNames);
  const path = data === ":memory:" ? undefined : join(data, "certificate-authority.pem");
  return renewing(async () => {
    const { makeAuthority, permits } = await import("./x509.js");
    const kept = path === undefined ? undefined : read(path);
    if (kept !== undefined && !isExpiring(kept, now()) && permits(kept, permitted)) return kept;
    const made = await makeAuthority(permitted, now());
    if (path !== undefined) write(path, made);
    if (kept !== undefined) notice(`new certificate authority in ${path}: clients must trust it again`);
    return made;
  }, now);
}

/** Returns a function that caches the result of `make` until it is about to expire. A failed call is repeated. */
export function renewing<T extends Expiring>(make: () => Promise<T>, now: () => number): () => Promise<T> {
  let latest: Promise<T> | undefined;
  return () => {
    latest = latest?.then((made) => (isExpiring(made, now()) ? make() : made), make) ?? make();
    return latest;
  };
}

function isExpiring({ expires }: Expiring, now: number): boolean {
  return expires - now < RENEWAL;
}

function read(path: string): Identity | undefined {
  return explained(`the certificate authority in ${path}`, () => {
    try {
      const [certificate = "", key = ""] = readFileSync(path, "utf8").split(/(?=-----BEGIN PRIVATE KEY-----)/);
      return readIdentity(certificate, key);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  });
}

/** Renames a complete file, so that no reader sees a partial one. */
function write(path: string, { certificate, key }: Identity): void {
  explained(`the certificate authority in ${path}`, () => {
    makeFolder(join(path, ".."));
    writeFileSync(`${path}.new`, certificate + key, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  });
}

function explained<T>(subject: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const messages = error instanceof StartupError ? error.messages : [(error as Error).message];
    throw new StartupError(messages.map((message) => `${subject} cannot be used: ${message}`));
  }
}
