// tsyringe, a dependency of @peculiar/x509, requires this polyfill first.
import "reflect-metadata";
import { createPrivateKey, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { DAY } from "../state/clock.js";
import { CURVES, type Identity } from "./identity.js";

const AUTHORITY_DAYS = 3650;
/** Apple's clients reject certificates that are valid for longer: https://support.apple.com/en-us/102028 */
const LEAF_DAYS = 397;
const ELLIPTIC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/**
 * Creates a certificate authority with name constraints (RFC 5280, 4.2.1.10). Its key is secret, so it does not derive from
 * the random seed.
 *
 * @param permitted - domain names, which include their subdomains, and ranges of IP addresses.
 * @param now - milliseconds since the Unix epoch.
 */
export async function makeAuthority(permitted: readonly string[], now: number): Promise<Identity> {
  const keys = await crypto.subtle.generateKey(ELLIPTIC, true, ["sign", "verify"]);
  const { notBefore, notAfter } = validity(now, AUTHORITY_DAYS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "O=twilio-recordings-emulator, CN=Local certificate authority of twilio-recordings-emulator",
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: ELLIPTIC,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      // On an authority, it limits the use of issued certificates: name constraints do not restrict client certificates,
      // code signing or mail (https://cabforum.org/working-groups/server/baseline-requirements, 7.1.2.10.6).
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraintsOf(permitted))),
    ],
  });
  return identityOf(certificate, keys.privateKey);
}

/** Creates a server certificate for domain names and IP addresses. It expires no later than its authority. */
export async function makeLeaf(authority: Identity, names: readonly string[], now: number): Promise<Identity> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await crypto.subtle.generateKey(ELLIPTIC, true, ["sign", "verify"]);
  const signer = await signingKeyOf(authority.key);
  const { notBefore, notAfter } = validity(now, LEAF_DAYS);
  const issuerKeyId = issuer.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  const certificate = await X509CertificateGenerator.create({
    subject: "O=twilio-recordings-emulator",
    issuer: issuer.subjectName,
    notBefore,
    notAfter: new Date(Math.min(+notAfter, authority.expires)),
    publicKey: keys.publicKey,
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(issuerKeyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(issuerKeyId)]),
    ],
  });
  return identityOf(certificate, keys.privateKey);
}

/** Returns whether the name constraints of an authority include all of these names; false without constraints. */
export function permits(authority: Identity, permitted: readonly string[]): boolean {
  const held = new X509Certificate(authority.certificate).getExtension(id_ce_nameConstraints);
  if (held === null) return false;
  const names = subtreesOf(held.value);
  return subtreesOf(AsnConvert.serialize(constraintsOf(permitted))).every((name) => names.includes(name));
}

function constraintsOf(permitted: readonly string[]): NameConstraints {
  const subtrees = permitted.map(
    (name) =>
      new GeneralSubtree({ base: new GeneralName(name.includes("/") ? { iPAddress: name } : { dNSName: name }) }),
  );
  return new NameConstraints({ permittedSubtrees: new GeneralSubtrees(subtrees) });
}

function subtreesOf(constraints: ArrayBuffer): string[] {
  const { permittedSubtrees = [] } = AsnConvert.parse(constraints, NameConstraints);
  return [...permittedSubtrees].map(({ base }) => String(base.dNSName ?? base.iPAddress));
}

/** Starts a day early, for clients whose clock is behind. */
function validity(now: number, days: number): { notBefore: Date; notAfter: Date } {
  const notBefore = now - DAY;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * DAY) };
}

async function identityOf(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<Identity> {
  const bytes = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  const pem = createPrivateKey({ key: bytes, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" });
  return { certificate: `${certificate.toString("pem")}\n`, key: String(pem), expires: +certificate.notAfter };
}

async function signingKeyOf(pem: string) {
  const key = createPrivateKey(pem);
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const algorithm =
    curve === undefined
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: "ECDSA", namedCurve: CURVES[curve as keyof typeof CURVES], hash: "SHA-256" };
  const bytes = key.export({ type: "pkcs8", format: "der" });
  return { algorithm, key: await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]) };
}
