import { createHash, randomBytes } from "node:crypto";

/**
 * Returns the Authorization header that answers the first challenge of a known kind, Basic (RFC 7617) or Digest (RFC 7616
 * with MD5 or SHA-256); undefined without one.
 *
 * @param challenges - the value of WWW-Authenticate.
 * @param target - the path and the query of the request.
 */
export function authorizationFor(
  challenges: string,
  credentials: Credentials,
  method: string,
  target: string,
): string | undefined {
  for (const challenge of split(challenges)) {
    const answer = answerTo(challenge, credentials, method, target);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

interface Credentials {
  user: string;
  password: string;
}

function answerTo(challenge: string, { user, password }: Credentials, method: string, uri: string): string | undefined {
  if (/^\s*basic\b/i.test(challenge)) return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  if (!/^\s*digest\b/i.test(challenge)) return undefined;
  const given = parametersOf(challenge);
  const { realm = "", nonce = "", opaque, algorithm = "MD5" } = given;
  const hash = { md5: "md5", "sha-256": "sha256" }[algorithm.toLowerCase()];
  if (hash === undefined) return undefined;
  const digest = (text: string) => createHash(hash).update(text).digest("hex");
  const usesQop = (given.qop ?? "").split(/\s*,\s*/).includes("auth");
  const [count, clientNonce] = ["00000001", randomBytes(8).toString("hex")];
  const [one, two] = [digest(`${user}:${realm}:${password}`), digest(`${method}:${uri}`)];
  const response = digest(usesQop ? `${one}:${nonce}:${count}:${clientNonce}:auth:${two}` : `${one}:${nonce}:${two}`);
  return [
    `Digest username="${user.replace(/["\\]/g, "\\$&")}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    ...(usesQop ? ["qop=auth", `nc=${count}`, `cnonce="${clientNonce}"`] : []),
    `response="${response}"`,
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ].join(", ");
}

/** Splits a list of challenges (RFC 9110, 11.6.1): commas separate them, and also the parameters of each. */
function split(challenges: string): string[] {
  const found: string[] = [];
  for (const item of challenges.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []) {
    const isParameter = /^\s*[\w-]+\s*=/.test(item);
    found.push(isParameter ? `${found.pop() ?? ""},${item}` : item);
  }
  return found;
}

function parametersOf(challenge: string): Partial<Record<string, string>> {
  const found = challenge.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return Object.fromEntries([...found].map(([, name = "", quoted, plain]) => [name.toLowerCase(), quoted ?? plain]));
}
