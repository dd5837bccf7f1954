/** Object identifiers, as DER. */
const OID = {
  data: oid("2a864886f70d010701"),
  certBag: oid("2a864886f70d010c0a0103"),
  x509Certificate: oid("2a864886f70d01091601"),
  /** Java takes a certificate without a key as trusted only with this attribute: `ORACLE_TrustedKeyUsage` of its PKCS12KeyStore. */
  trustedKeyUsage: oid("6086480186f966adca7b0101"),
  anyExtendedKeyUsage: oid("551d2500"),
};

/**
 * Returns a trust store for Java: a PKCS#12 file (RFC 7292, 4) of certificates that are neither encrypted nor protected by a
 * MAC, since they are public. Java opens it with any password and without one.
 *
 * @param certificates - as DER.
 */
export function trustStoreOf(certificates: readonly Buffer[]): Buffer {
  const safe = sequence(...certificates.map(bagOf));
  const version = der(0x02, Buffer.of(3));
  return sequence(version, contentOf(sequence(contentOf(safe))));
}

/** A ContentInfo of the type data. */
function contentOf(content: Buffer): Buffer {
  return sequence(OID.data, explicit(octets(content)));
}

/** A SafeBag with a certificate that is trusted for every use. */
function bagOf(certificate: Buffer): Buffer {
  const attribute = sequence(OID.trustedKeyUsage, set(OID.anyExtendedKeyUsage));
  const bag = sequence(OID.x509Certificate, explicit(octets(certificate)));
  return sequence(OID.certBag, explicit(bag), set(attribute));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function set(...parts: Buffer[]): Buffer {
  return der(0x31, ...parts);
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

/** The context-specific tag [0]. */
function explicit(content: Buffer): Buffer {
  return der(0xa0, content);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

/** A tag, its length in as few bytes as possible, and its content (X.690, 8.1.3 and 10.1). */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  const head = content.length < 0x80 ? [tag, content.length] : [tag, 0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from(head), content]);
}
