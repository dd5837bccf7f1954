import { createHash } from "node:crypto";
import t from "tap";
import { authorizationFor } from "../../src/callbacks/authorization.js";

const CREDENTIALS = { user: "Mufasa", password: "Circle of Life" };

type Algorithm = "md5" | "sha256";
const hash = (algorithm: Algorithm, text: string) => createHash(algorithm).update(text).digest("hex");

/** Returns the parameters of a Digest header; quotes are checked as RFC 7616, 3.4 demands. */
function parametersOf(header: string): Record<string, string> {
  const quoted = ["username", "realm", "nonce", "uri", "response", "cnonce", "opaque"];
  const found: Record<string, string> = {};
  for (const [, name = "", text, plain] of header
    .slice("Digest ".length)
    .matchAll(/(\w+)=(?:"((?:\\.|[^"])*)"|([^,"]+))(?:, |$)/g)) {
    if ((text !== undefined) !== quoted.includes(name)) throw new Error(`${name} is quoted wrongly: ${header}`);
    found[name] = text?.replace(/\\(.)/g, "$1") ?? (plain as string);
  }
  return found;
}

/** Computes the response as a server does. */
function expected(
  algorithm: Algorithm,
  method: string,
  given: Record<string, string>,
  { user, password } = CREDENTIALS,
) {
  const { realm, nonce, uri, nc, cnonce, qop } = given;
  const one = hash(algorithm, `${user}:${realm}:${password}`);
  const two = hash(algorithm, `${method}:${uri}`);
  return hash(
    algorithm,
    qop === undefined ? `${one}:${nonce}:${two}` : `${one}:${nonce}:${nc}:${cnonce}:${qop}:${two}`,
  );
}

t.test("Basic: user and password in base64, as UTF-8", async (t) => {
  t.equal(
    authorizationFor('Basic realm="x"', { user: "Aladdin", password: "open sesame" }, "GET", "/"),
    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
  );
  t.equal(authorizationFor("basic", { user: "test", password: "123£" }, "GET", "/"), "Basic dGVzdDoxMjPCow==");
});

t.test("example of RFC 7616, 3.9.1: SHA-256 and MD5", async (t) => {
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
  const challenge = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`;
  // The example's own cnonce gives the example's own response, so the formula is that of the RFC.
  const example = {
    ...{ realm: "http-auth@example.org", uri: "/dir/index.html", nonce, nc: "00000001", qop: "auth" },
    cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  };
  t.equal(expected("md5", "GET", example), "8ca523f5e9506fed4657c9700eebdbec");
  t.equal(expected("sha256", "GET", example), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
  for (const [name, algorithm] of [
    ["MD5", "md5"],
    ["SHA-256", "sha256"],
  ] as const) {
    const header = authorizationFor(challenge(name), CREDENTIALS, "GET", "/dir/index.html") as string;
    const given = parametersOf(header);
    t.match(given, {
      ...{ username: "Mufasa", realm: "http-auth@example.org", uri: "/dir/index.html", algorithm: name, nonce },
      ...{ nc: "00000001", qop: "auth", opaque, cnonce: /^[0-9a-f]{16}$/ },
    });
    t.equal(given.response, expected(algorithm, "GET", given), name);
    const again = parametersOf(authorizationFor(challenge(name), CREDENTIALS, "GET", "/dir/index.html") as string);
    t.not(again.cnonce, given.cnonce);
  }
  const both = authorizationFor(`${challenge("SHA-256")}, ${challenge("MD5")}`, CREDENTIALS, "GET", "/") as string;
  t.equal(parametersOf(both).algorithm, "SHA-256", "the first of both");
});

t.test("Digest without qop: as RFC 2069, no nc and no cnonce; MD5 by default", async (t) => {
  const header = authorizationFor('digest realm="r", nonce=abc', CREDENTIALS, "POST", "/a?b=c") as string;
  const given = parametersOf(header);
  t.same(Object.keys(given), ["username", "realm", "nonce", "uri", "algorithm", "response"]);
  t.match(given, { realm: "r", nonce: "abc", uri: "/a?b=c", algorithm: "MD5" });
  t.equal(given.response, expected("md5", "POST", given));
});

t.test("Digest without realm and nonce: both empty", async (t) => {
  const given = parametersOf(authorizationFor("Digest", CREDENTIALS, "POST", "/") as string);
  t.match(given, { realm: "", nonce: "", response: expected("md5", "POST", { realm: "", nonce: "", uri: "/" }) });
});

t.test("several challenges: the first of a known kind, with its own parameters", async (t) => {
  const ask = (challenges: string) => authorizationFor(challenges, CREDENTIALS, "GET", "/");
  const basic = `Basic ${Buffer.from("Mufasa:Circle of Life").toString("base64")}`;
  t.equal(ask('Negotiate, Basic realm="x"'), basic);
  t.equal(ask('Bearer realm="a, Digest b", error="x",Basic realm="x"'), basic);
  t.equal(ask('Digest realm="x", algorithm=SHA-512-256, nonce="n", Basic realm="y"'), basic);
  const given = parametersOf(ask('Digest realm="x, y", nonce="n", Basic realm="z"') as string);
  t.match(given, {
    realm: "x, y",
    nonce: "n",
    response: expected("md5", "GET", { realm: "x, y", nonce: "n", uri: "/" }),
  });
});

t.test("user with a quote and a backslash: escaped", async (t) => {
  const credentials = { user: 'a"b\\c', password: "p" };
  const header = authorizationFor('Digest realm="r", nonce="n"', credentials, "GET", "/") as string;
  t.match(header, 'username="a\\"b\\\\c"');
  const given = parametersOf(header);
  t.equal(given.username, credentials.user);
  t.equal(given.response, expected("md5", "GET", given, credentials));
});

t.test("other kinds, and algorithms that are not supported: undefined", async (t) => {
  for (const challenge of [
    "",
    ",",
    "Bearer",
    "Basics",
    'realm="x"',
    'Digest realm="x", nonce="n", algorithm=SHA-512-256',
    'Digest realm="x", nonce="n", algorithm=MD5-sess',
  ]) {
    t.equal(authorizationFor(challenge, CREDENTIALS, "GET", "/"), undefined, challenge);
  }
});
