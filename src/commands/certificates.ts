import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import type { Env } from "../config/flags.js";
import { trustStoreOf } from "./trust-store.js";

/** Files and folders that contain the emulator's certificate authority: absolute paths. */
export interface TrustFiles {
  /** It, and the user's NODE_EXTRA_CA_CERTS: Node.js adds them to its own. */
  extra: string;
  /** It, the system's authorities, and those that the user's variables name. */
  bundle: string;
  /** The bundle for Java, a PKCS#12 file. */
  trustStore: string;
  /** Contains a php.ini that names the bundle. */
  phpFolder: string;
}

/** Variables that name a bundle instead of the system's. */
export const BUNDLE_VARIABLES = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] as const;

/** Where systems keep the authorities that they trust. @see https://go.dev/src/crypto/x509/root_linux.go */
export const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Writes the files through which the programs of all languages trust the emulator, and whatever else they trusted before.
 *
 * @param folder - only for these files; only the user can read it.
 * @param authority - PEM.
 * @param env - the user's environment.
 * @param notice - called with one line for each file that a variable names and that cannot be read.
 */
export function writeTrustFiles(
  folder: string,
  authority: string,
  env: Env,
  notice: (line: string) => void,
  systemBundles: readonly string[] = SYSTEM_BUNDLES,
): TrustFiles {
  const files = {
    extra: join(folder, "ca.pem"),
    bundle: join(folder, "bundle.pem"),
    trustStore: join(folder, "trust-store.p12"),
    phpFolder: join(folder, "php"),
  };
  const given = (variable: string) => certificatesOf(variable, env[variable], folder, notice);
  const own = certificatesIn(authority);
  const extra = distinct([...own, ...given("NODE_EXTRA_CA_CERTS")]);
  const all = distinct([...extra, ...BUNDLE_VARIABLES.flatMap(given), ...systemCertificates(systemBundles)]);
  mkdirSync(files.phpFolder, { recursive: true, mode: 0o700 });
  write(files.extra, pemOf(extra));
  write(files.bundle, pemOf(all));
  write(files.trustStore, trustStoreOf(all.map(({ raw }) => raw)));
  // openssl.cafile is for PHP's own https:// streams. PHP reads the files of a folder in the order of their names, and the last one wins.
  write(
    join(files.phpFolder, "zz-twilio-recordings-emulator.ini"),
    `curl.cainfo="${files.bundle}"\nopenssl.cafile="${files.bundle}"\n`,
  );
  return files;
}

/** Returns the certificates of a PEM text; what is no certificate is left out. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** Returns those of the first file that there is, else those of Node.js. */
export function systemCertificates(paths: readonly string[]): X509Certificate[] {
  for (const path of paths) {
    try {
      return certificatesIn(readFileSync(path, "utf8"));
    } catch {}
  }
  return certificatesIn(rootCertificates.join("\n"));
}

/** Returns none for a file of the same folder, which an earlier call has written. */
function certificatesOf(
  variable: string,
  path: string | undefined,
  folder: string,
  notice: (line: string) => void,
): X509Certificate[] {
  if (!path || dirname(path) === folder) return [];
  try {
    return certificatesIn(readFileSync(path, "utf8"));
  } catch (error) {
    notice(`the program does not trust the certificates of ${variable}: ${(error as Error).message}`);
    return [];
  }
}

function distinct(certificates: readonly X509Certificate[]): X509Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values()];
}

function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map(String).join("");
}

function write(path: string, content: string | Buffer): void {
  writeFileSync(path, content, { mode: 0o600 });
}
