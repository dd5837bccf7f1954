import { parseCallbackUrl } from "./callback-url.js";

/** A mapping of callback URLs: those that begin with `from` are requested at `to`. */
export interface UrlMapping {
  from: string;
  to: string;
}

/** Parses `https://app.example.com=http://localhost:3000`; undefined for any other text. */
export function parseMapping(text: string): UrlMapping | undefined {
  const [, from = "", to = ""] = /^(https?:\/\/[^=]+)=(https?:\/\/.+)$/i.exec(text) ?? [];
  if (parseCallbackUrl(from) === undefined || parseCallbackUrl(to) === undefined) return undefined;
  return { from: plain(from).replace(/\/$/, ""), to: to.replace(/\/$/, "") };
}

/** The mappings of the options, and those that control calls set for accounts. */
export function createUrlMap(common: readonly UrlMapping[]) {
  const own = new Map<string, readonly UrlMapping[]>();
  return {
    /** Returns the URL that is requested instead of another; the longest match counts. */
    map(account: string, url: string): string {
      const all = [...(own.get(account) ?? []), ...common];
      const matching = all.filter(({ from }) => isBelow(url, from));
      const [best] = matching.sort((one, other) => other.from.length - one.from.length);
      return best === undefined ? url : best.to + plain(url).slice(best.from.length);
    },
    of: (account: string): readonly UrlMapping[] => own.get(account) ?? [],
    set: (account: string, mappings: readonly UrlMapping[]): void => void own.set(account, mappings),
    reset(account?: string): void {
      if (account === undefined) own.clear();
      else own.delete(account);
    },
  };
}

export type UrlMap = ReturnType<typeof createUrlMap>;

function isBelow(url: string, from: string): boolean {
  return plain(url).startsWith(from) && /^(?:[/?#]|$)/.test(plain(url).slice(from.length));
}

/** Without user and password; scheme and host in lower case (RFC 3986, 6.2.2.1). */
function plain(url: string): string {
  const bare = url.replace(/^(https?:\/\/)[^/?#]*@/i, "$1");
  return bare.replace(/^[^/]+\/\/[^/?#]*/, (origin) => origin.toLowerCase());
}
