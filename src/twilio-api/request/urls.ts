/**
 * The request's path as Twilio repeats it in a 404: percent-decoded, with the extension, without the query.
 *
 * @param url - a URL that went through `routableUrl`.
 */
export function pathOf(url: string): string {
  const path = rawPathOf(url);
  return path.includes("%") ? decodeURIComponent(path) : path;
}

/**
 * A request's URL in a form that the router takes, whatever the client sent: the absolute form (RFC 9112, 3.2.2) loses
 * its scheme and authority, the asterisk form becomes a path, and percent signs that are no valid encoding stand for
 * themselves, so that such a path is answered like any other unknown one.
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

/**
 * @param url - as the client sent it.
 * @returns scheme and authority of the absolute form, without user information; undefined for any other form.
 */
export function originIn(url: string): string | undefined {
  if (url.startsWith("/")) return undefined;
  const [, scheme, authority] = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#@]+)/i.exec(url) ?? [];
  return authority && `${scheme?.toLowerCase()}://${authority}`;
}

function rawPathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
