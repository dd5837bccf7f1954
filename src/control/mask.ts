const MASK = "***";

/** Headers whose whole value is a credential. */
const SECRET_HEADER = /^cookie$|(^|-)(api-?key|secret|password|auth-token)$/i;
/** The parameters of Twilio's API that are passwords. */
const SECRET_PARAMETER = /^(SipAuth)?Password$/i;
/** User name and password of a URL. In a text that was cut off, the rest of the authority may be missing. */
const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@"'<>]*):[^\s/?#"'<>]*@/gi;
const CUT_AUTHORITY = /(:\/\/)[^\s/?#"'<>]*$/;

/** Returns headers, as alternating names and values, without credentials. */
export function maskHeaders(headers: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name, value] = [String(headers[index]), String(headers[index + 1])];
    pairs.push([name, maskHeader(name, value)]);
  }
  return pairs;
}

function maskHeader(name: string, value: string): string {
  if (SECRET_HEADER.test(name)) return MASK;
  if (/^(proxy-)?authorization$/i.test(name)) return maskAuthorization(value);
  return maskUrls(value);
}

/** Only the user name of Basic credentials remains: the SID of an account or a key. */
function maskAuthorization(value: string): string {
  const [, scheme = "", credentials = ""] = /^([\w-]+) +(.*)$/s.exec(value) ?? [];
  if (scheme === "") return MASK;
  const [, user] = /^([^:]*):/.exec(Buffer.from(credentials, "base64").toString()) ?? [];
  return scheme.toLowerCase() === "basic" && user !== undefined ? `${scheme} ${user}:${MASK}` : `${scheme} ${MASK}`;
}

/** Returns a query or form as it was sent, without passwords. */
export function maskForm(form: string, isTruncated = false): string {
  const parts = form.split("&");
  return parts
    .map((part, index) => {
      const end = part.indexOf("=");
      if (end === -1) return part;
      const [name, value] = [part.slice(0, end), part.slice(end + 1)];
      if (SECRET_PARAMETER.test(decode(name))) return `${name}=${MASK}`;
      const text = decode(value);
      const masked = isTruncated && index === parts.length - 1 ? maskCut(text) : maskUrls(text);
      return masked === text ? part : `${name}=${encodeURIComponent(masked)}`;
    })
    .join("&");
}

/** Returns the body of an answer without passwords and auth tokens, in JSON, XML or CSV. */
export function maskAnswer(body: string, isTruncated: boolean): string {
  const text = body.replace(/("auth_token": *")[^"]*/g, `$1${MASK}`).replace(/(<AuthToken>)[^<]*/g, `$1${MASK}`);
  // The tokens are the first column.
  const rows = text.startsWith("AuthToken,") ? text.replace(/(\n)[^,\n]+/g, `$1${MASK}`) : text;
  return isTruncated ? maskCut(rows) : maskUrls(rows);
}

function maskUrls(text: string): string {
  return text.replace(USER_INFO, `$1:${MASK}@`);
}

function maskCut(text: string): string {
  return maskUrls(text).replace(CUT_AUTHORITY, "$1");
}

/** Also decodes the valid parts of a malformed text, unlike `decodeURIComponent`. */
function decode(text: string): string {
  return new URLSearchParams(`=${text}`).get("") as string;
}
