/** What may be retried: the `rp` override. */
const RETRY_POLICIES = ["4xx", "5xx", "ct", "rt", "all"] as const;
export type RetryPolicy = (typeof RETRY_POLICIES)[number];

/** How a callback is delivered. Times are milliseconds. */
export interface Overrides {
  connectTimeout: number;
  readTimeout: number;
  totalTimeout: number;
  retries: number;
  policies: readonly RetryPolicy[];
}

/** A URL of a callback, taken apart; beyond a lower-case host, only what a request cannot contain is changed. */
export interface CallbackUrl {
  /** The URL that is signed: without user, password and fragment, over https without the port. */
  signed: string;
  /** The URL that is requested: without user, password and fragment. */
  requested: string;
  /** The user and the password, decoded; undefined without them. */
  credentials: { user: string; password: string } | undefined;
  overrides: Overrides;
}

/** Documented at https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
const DEFAULTS: Overrides = {
  connectTimeout: 5000,
  readTimeout: 15_000,
  totalTimeout: 15_000,
  retries: 1,
  policies: ["ct"],
};

const PARTS = /^(https?:\/\/)(?:([^/?#\\]*)@)?([^/?#@\\\s]+)([^#]*)(?:#(.*))?$/is;

/** Parses the URL of a callback; undefined for one that is not absolute, or of another scheme. */
export function parseCallbackUrl(text: string): CallbackUrl | undefined {
  const parts = PARTS.exec(text);
  if (parts === null || !URL.canParse(text)) return undefined;
  const [, scheme = "", user, authority = "", rest = "", fragment = ""] = parts;
  // Receivers see the host in lower case, and a path that is never empty.
  const origin = (scheme + authority).toLowerCase();
  const path = encodeIllegal(rest.startsWith("/") ? rest : `/${rest}`);
  return {
    signed: (origin.startsWith("https:") ? origin.replace(/:\d*$/, "") : origin) + path,
    requested: origin + path,
    credentials: user === undefined ? undefined : credentialsOf(user),
    overrides: overridesOf(fragment),
  };
}

/** Returns a URL with parameters added to its query. */
export function withQuery(url: string, query: string): string {
  if (query === "") return url;
  return `${url}${url.includes("?") ? (/[?&]$/.test(url) ? "" : "&") : "?"}${query}`;
}

/** Percent-encodes the characters that the target of a request cannot contain (RFC 9112, 3.2). */
function encodeIllegal(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
}

function credentialsOf(user: string): CallbackUrl["credentials"] {
  const [name = "", ...password] = user.split(":");
  return { user: decode(name), password: decode(password.join(":")) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Values outside the documented ranges are ignored, as is everything unknown: `e` and `sni` name edges and certificates. */
function overridesOf(fragment: string): Overrides {
  const given = new URLSearchParams(fragment);
  const number = (name: string, least: number, most: number, otherwise: number) => {
    const text = given.get(name) ?? "";
    const value = Number(text);
    return /^\d+$/.test(text) && value >= least && value <= most ? value : otherwise;
  };
  const policies = (given.get("rp") ?? "")
    .split(",")
    .filter((policy) => RETRY_POLICIES.includes(policy as RetryPolicy));
  return {
    connectTimeout: number("ct", 100, 10_000, DEFAULTS.connectTimeout),
    readTimeout: number("rt", 100, 15_000, DEFAULTS.readTimeout),
    totalTimeout: number("tt", 100, 15_000, DEFAULTS.totalTimeout),
    retries: number("rc", 0, 5, DEFAULTS.retries),
    policies: policies.length > 0 ? (policies as RetryPolicy[]) : DEFAULTS.policies,
  };
}
