import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { StartupError } from "../state/startup-error.js";

/** A certificate and its private key, both as PEM. */
export interface Identity {
  certificate: string;
  key: string;
  /** When it lapses, in milliseconds since the Unix epoch. */
  expires: number;
}

/** The elliptic curves that a key may lie on: OpenSSL's names, and those of Web Cryptography. */
export const CURVES = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" } as const;

/**
 * Reads a certificate authority.
 *
 * @param certificate - PEM; the authority's own certificate comes first, what vouches for it may follow.
 * @param key - PEM, not encrypted.
 * @throws StartupError if this cannot vouch for anything.
 */
export function readIdentity(certificate: string, key: string): Identity {
  const [read, privateKey] = parse(certificate, key);
  if (!read.ca) throw new StartupError(["its certificate is not one of a certificate authority (CA:TRUE)"]);
  if (!read.checkPrivateKey(privateKey)) throw new StartupError(["its key is not its certificate's"]);
  if (!isUsable(privateKey))
    throw new StartupError([`its key is neither RSA nor on ${Object.values(CURVES).join(", ")}`]);
  return { certificate, key, expires: Date.parse(read.validTo) };
}

function parse(certificate: string, key: string): [X509Certificate, KeyObject] {
  try {
    return [new X509Certificate(certificate), createPrivateKey(key)];
  } catch (error) {
    throw new StartupError([`it is no certificate and no private key in PEM (${(error as Error).message})`]);
  }
}

function isUsable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === "rsa" || String(asymmetricKeyDetails?.namedCurve) in CURVES;
}
