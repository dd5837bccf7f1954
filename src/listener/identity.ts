import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { StartupError } from "../state/startup-error.js";

/** A certificate and its private key, both as PEM. */
export interface Identity {
  certificate: string;
  key: string;
  /** Milliseconds since the Unix epoch. */
  expires: number;
}

/** The supported elliptic curves: OpenSSL's names, and those of Web Cryptography. */
export const CURVES = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" } as const;

/**
 * Parses the certificate and the key of an authority.
 *
 * @param certificate - PEM, the authority's own first; its chain may follow.
 * @param key - PEM, not encrypted.
 * @throws StartupError if they cannot sign certificates.
 */
export function readIdentity(certificate: string, key: string): Identity {
  const [read, privateKey] = parse(certificate, key);
  if (!read.ca) throw new StartupError(["the certificate is not a CA certificate (CA:TRUE)"]);
  if (!read.checkPrivateKey(privateKey)) throw new StartupError(["the key does not belong to the certificate"]);
  if (!isUsable(privateKey))
    throw new StartupError([`the key is ${kindOf(privateKey)}; expected: RSA, ${Object.values(CURVES).join(", ")}`]);
  return { certificate, key, expires: Date.parse(read.validTo) };
}

function parse(certificate: string, key: string): [X509Certificate, KeyObject] {
  try {
    return [new X509Certificate(certificate), createPrivateKey(key)];
  } catch (error) {
    throw new StartupError([`not a certificate and a private key in PEM (${(error as Error).message})`]);
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  return String(asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType);
}

function isUsable({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === "rsa" || String(asymmetricKeyDetails?.namedCurve) in CURVES;
}
