/**
 * Returns the path of a URL as Twilio repeats it in a 404: percent-decoded, with the extension, without the query.
 *
 * @param url - a result of `routableUrl`.
 */
export function pathOf(url: string): string {
  const path = rawPathOf(url);
  return path.includes("%") ? decodeURIComponent(path) : path;
}

/**
 * Converts any request URL into one that the router accepts. The absolute form (RFC 9112, 3.2.2) loses its scheme and
 * authority, and the asterisk form becomes a path. An invalid percent-encoding is escaped, so that the path gets a 404.
 */
export function routableUrl(url: string): string {
  const origin = url.startsWith("/") ? url : `/${url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*\/?/i, "")}`;
  if (!origin.includes("%")) return origin;
  const path = rawPathOf(origin);
  try {
    decodeURIComponent(path);
    return origin;
  } catch {
    return path.replaceAll("%", "%25") + origin.slice(path.length);
  }
}

/** Returns scheme and authority of a URL in absolute form, without user information; undefined for other forms. */
export function originIn(url: string): string | undefined {
  if (url.startsWith("/")) return undefined;
  const [, scheme, authority] = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#@]+)/i.exec(url) ?? [];
  return authority && `${scheme?.toLowerCase()}://${authority}`;
}

function rawPathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
