import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClock, DAY } from "../state/clock.js";
import { makeFolder } from "../state/folder.js";
import { StartupError } from "../state/startup-error.js";
import { type Identity, readIdentity } from "./identity.js";
import { permittedNames } from "./names.js";

/** What vouches for the emulator's certificates, and where it is kept. */
export interface AuthorityOptions {
  /** The folder that keeps it, or `:memory:`. */
  data: string;
  /** Names that it must be able to vouch for, beside Twilio's and this machine's. */
  tlsNames: readonly string[];
  /** Where the user's own one lies. */
  ca: { cert: string; key: string } | undefined;
}

type Lapsing = Pick<Identity, "expires">;

const RENEWAL = 30 * DAY;

/**
 * The certificate authority: the user's own, or one that is made when it is first asked for, since most who use the
 * emulator never do, and what makes it takes long to load. It is kept in the data folder, and made anew when it is about
 * to lapse or cannot vouch for a name.
 *
 * @param notice - is told, in a line, when clients that trusted the last one must trust another.
 * @returns a function that gives it. It throws a StartupError if the one in the data folder cannot be used.
 * @throws StartupError if the user's own cannot be used.
 */
export function openAuthority(options: AuthorityOptions, notice: (line: string) => void): () => Promise<Identity> {
  const { data, tlsNames, ca } = options;
  // Not the emulator's clock, which tests turn: a certificate must be valid by the clocks of those who check it.
  const { now } = createClock();
  if (ca !== undefined) {
    const given = explained(`the certificate authority of --ca-cert ${ca.cert} and --ca-key ${ca.key}`, () => {
      const identity = readIdentity(readFileSync(ca.cert, "utf8"), readFileSync(ca.key, "utf8"));
      if (identity.expires > now()) return identity;
      throw new StartupError([`it lapsed at ${new Date(identity.expires).toISOString()}`]);
    });
    return async () => given;
  }
  const permitted = permittedNames(tlsNames);
  const path = data === ":memory:" ? undefined : join(data, "certificate-authority.pem");
  return renewing(async () => {
    const { makeAuthority, permits } = await import("./x509.js");
    const kept = path === undefined ? undefined : read(path);
    if (kept !== undefined && !isLapsing(kept, now()) && permits(kept, permitted)) return kept;
    const made = await makeAuthority(permitted, now());
    if (path !== undefined) write(path, made);
    if (kept !== undefined) notice(`the certificate authority in ${path} was made anew: let clients trust it again`);
    return made;
  }, now);
}

/** @returns a function that gives what `make` made last, unless that is about to lapse, or could not be made. */
export function renewing<T extends Lapsing>(make: () => Promise<T>, now: () => number): () => Promise<T> {
  let latest: Promise<T> | undefined;
  return () => {
    latest = latest?.then((made) => (isLapsing(made, now()) ? make() : made), make) ?? make();
    return latest;
  };
}

function isLapsing({ expires }: Lapsing, now: number): boolean {
  return expires - now < RENEWAL;
}

/** @returns undefined if there is none. */
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

/** All of it at once, so that nobody ever reads a part. */
function write(path: string, { certificate, key }: Identity): void {
  explained(`the certificate authority in ${path}`, () => {
    makeFolder(join(path, ".."));
    writeFileSync(`${path}.new`, certificate + key, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  });
}

function explained<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const faults = error instanceof StartupError ? error.messages : [(error as Error).message];
    throw new StartupError(faults.map((fault) => `${what} cannot be used: ${fault}`));
  }
}
