import "reflect-metadata";
import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import {
  AuthorityKeyIdentifierExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  X509Certificate as Parsed,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import t, { type Test } from "tap";
import type { Identity } from "../../src/listener/identity.js";
import { permittedNames } from "../../src/listener/names.js";
import { makeAuthority, makeLeaf, permits } from "../../src/listener/x509.js";
import { DAY } from "../support/emulator.js";
import { tlsTo } from "../support/tls.js";

const NOW = Date.now();

/** Connects as a client that trusts only this authority; returns "trusted" or the error message. */
async function met(t: Test, authority: Identity, leaf: Identity, servername: string): Promise<string> {
  const server = createServer({ cert: leaf.certificate, key: leaf.key }).listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return tlsTo(port, { ca: authority.certificate, servername }).then(
    (socket) => {
      socket.destroy();
      return "trusted";
    },
    (error: Error) => error.message,
  );
}

t.test("certificate within the authority's names: trusted; any other: permitted subtree violation", async (t) => {
  const authority = await makeAuthority(permittedNames(["twilio"]), NOW);
  for (const name of ["api.twilio.com", "api.dublin.ie1.twilio.com", "localhost", "host.docker.internal", "twilio"]) {
    t.equal(await met(t, authority, await makeLeaf(authority, [name], NOW), name), "trusted", name);
  }
  for (const name of ["example.com", "twilio.com.example", "twilio.example"]) {
    t.equal(await met(t, authority, await makeLeaf(authority, [name], NOW), name), "permitted subtree violation", name);
  }
  for (const address of ["128.0.0.1", "::2"]) {
    const leaf = await makeLeaf(authority, ["localhost", address], NOW);
    t.equal(await met(t, authority, leaf, "localhost"), "permitted subtree violation", address);
  }
  const leaf = await makeLeaf(authority, ["localhost", "127.1.2.3", "::1"], NOW);
  t.equal(await met(t, authority, leaf, "localhost"), "trusted");
});

t.test("validity: authority ten years; certificate 397 days at most, never beyond its authority", async (t) => {
  const authority = await makeAuthority(["twilio.com"], NOW);
  const days = ({ certificate }: Identity) => {
    const { validFrom, validTo } = new X509Certificate(certificate);
    return (Date.parse(validTo) - Date.parse(validFrom)) / DAY;
  };
  t.equal(days(authority), 3650);
  t.equal(days(await makeLeaf(authority, ["api.twilio.com"], NOW)), 397);
  const late = await makeLeaf(authority, ["api.twilio.com"], authority.expires - 40 * DAY);
  t.equal(days(late), 41);
  t.equal(late.expires, authority.expires);
});

t.test("authority with an RSA key or a key on any curve: certificates trusted", async (t) => {
  for (const [name, key] of [
    ["rsa", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
    ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
    ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey],
  ] as const) {
    const algorithm =
      name === "rsa"
        ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
        : { name: "ECDSA", namedCurve: name, hash: "SHA-256" };
    const pkcs8 = key.export({ type: "pkcs8", format: "der" });
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const keys = {
      privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
      publicKey: await crypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    };
    // No extensions, so no subject key identifier.
    const own = await X509CertificateGenerator.createSelfSigned({ name: "CN=own", keys, signingAlgorithm: algorithm });
    const authority = {
      certificate: own.toString("pem"),
      key: String(key.export({ type: "pkcs8", format: "pem" })),
      expires: +own.notAfter,
    };
    const leaf = await makeLeaf(authority, ["api.twilio.com"], NOW);
    t.ok(new X509Certificate(leaf.certificate).verify(createPublicKey(key)), name);
    t.equal(new Parsed(leaf.certificate).getExtension(AuthorityKeyIdentifierExtension), null);
    t.notOk(permits(authority, ["twilio.com"]));
  }
});

t.test("client certificate signed by the authority: INVALID_PURPOSE", async (t) => {
  const authority = await makeAuthority(permittedNames([]), NOW);
  t.same(new X509Certificate(authority.certificate).keyUsage, [ExtendedKeyUsage.serverAuth]);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pkcs8 = createPrivateKey(authority.key).export({ type: "pkcs8", format: "der" });
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const leaf = await X509CertificateGenerator.create({
    subject: "CN=client",
    issuer: new Parsed(authority.certificate).subjectName,
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]),
    ],
  });
  const key = KeyObject.from(keys.privateKey as never).export({ type: "pkcs8", format: "pem" });
  const own = await makeLeaf(authority, ["localhost"], NOW);
  const server = createServer({
    cert: own.certificate,
    key: own.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, "secureConnection");
  const socket = connect({
    host: "127.0.0.1",
    port,
    ca: authority.certificate,
    servername: "localhost",
    cert: leaf.toString("pem"),
    key: String(key),
  });
  socket.on("error", () => {}).resume();
  const [{ authorized, authorizationError }] = await accepted;
  socket.destroy();
  t.same([authorized, authorizationError], [false, "INVALID_PURPOSE"]);
});

t.test("permits: true if all names are among the authority's, in any order", async (t) => {
  const authority = await makeAuthority(permittedNames(["twilio", "fe80::1"]), NOW);
  t.ok(permits(authority, permittedNames([])));
  t.ok(permits(authority, permittedNames(["fe80:0::1", "twilio"])));
  t.notOk(permits(authority, permittedNames(["other"])));
  t.notOk(permits(authority, permittedNames(["fe80::2"])));
});
