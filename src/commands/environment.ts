import type { Env } from "../config/flags.js";
import type { TrustFiles } from "./certificates.js";

/** Where an emulator is, and the credentials of its account. */
export interface Target {
  url: string;
  /** Undefined if its token is not known. */
  account: { sid: string; authToken: string } | undefined;
}

/** This machine: a proxy is of no use for it. */
const LOCAL_HOSTS = ["localhost", "127.0.0.1", "::1", "host.docker.internal"];

const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] as const;

/**
 * Returns the variables that lead the Twilio clients of all languages to an emulator. They extend the user's own variables.
 *
 * @param notice - called with one line for each variable of the user that loses its effect.
 */
export function environmentFor(
  env: Env,
  { url, account }: Target,
  files: TrustFiles,
  notice: (line: string) => void,
): Record<string, string> {
  const noProxy = extendedNoProxy(env, new URL(url).hostname, notice);
  const replaced = PROXY_VARIABLES.filter((name) => env[name] && env[name] !== url);
  if (replaced.length > 0) {
    notice(`${replaced.join(" and ")} replaced by the emulator: --tunnel-others connects to other hosts directly`);
  }
  return {
    TWILIO_EMULATOR_URL: url,
    ...(account !== undefined && { TWILIO_ACCOUNT_SID: account.sid, TWILIO_AUTH_TOKEN: account.authToken }),
    ...Object.fromEntries(PROXY_VARIABLES.map((name) => [name, url])),
    NO_PROXY: noProxy.join(","),
    no_proxy: noProxy.join(","),
    // For fetch() and node:http, from Node.js 22.21 and 24 on.
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: files.extra,
    // OpenSSL: Ruby, Python, Go, .NET.
    SSL_CERT_FILE: files.bundle,
    REQUESTS_CA_BUNDLE: files.bundle,
    CURL_CA_BUNDLE: files.bundle,
    PHP_INI_SCAN_DIR: extendedList(env.PHP_INI_SCAN_DIR, files.phpFolder),
    JAVA_TOOL_OPTIONS: extendedJavaOptions(env.JAVA_TOOL_OPTIONS, url, noProxy, files.trustStore),
  };
}

/** Keeps the user's hosts, without those that would lead past the emulator. */
function extendedNoProxy(env: Env, host: string, notice: (line: string) => void): string[] {
  const given = [env.NO_PROXY ?? "", env.no_proxy ?? ""].flatMap((text) => text.split(/[\s,]+/)).filter(Boolean);
  const past = new Set(given.filter(coversTwilio));
  if (past.size > 0) {
    notice(`NO_PROXY without ${[...past].join(", ")}: requests to Twilio's API would not reach the emulator`);
  }
  const local = host.startsWith("[") ? host.slice(1, -1) : host;
  return [...new Set([...given.filter((name) => !past.has(name)), ...LOCAL_HOSTS, local])];
}

/** Some clients compare the ends of names, others whole labels. */
function coversTwilio(entry: string): boolean {
  const name = entry
    .toLowerCase()
    .replace(/:\d+$/, "")
    .replace(/^\*?\.?/, "");
  return "api.twilio.com".endsWith(name) || name.endsWith(".twilio.com");
}

/** An empty entry means PHP's own folder: https://www.php.net/manual/en/configuration.file.php#configuration.file.scan */
function extendedList(given: string | undefined, folder: string): string {
  const folders = given === "" ? [] : (given ?? "").split(":");
  return [...folders.filter((one) => one !== folder), folder].join(":");
}

/** @see https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/net/doc-files/net-properties.html */
function extendedJavaOptions(given = "", url: string, noProxy: readonly string[], trustStore: string): string {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const properties = {
    ...Object.fromEntries(
      ["http", "https"].flatMap((scheme) => [
        [`${scheme}.proxyHost`, host],
        [`${scheme}.proxyPort`, port],
      ]),
    ),
    "http.nonProxyHosts": noProxy.flatMap(javaHosts).join("|"),
    "javax.net.ssl.trustStore": trustStore,
    "javax.net.ssl.trustStoreType": "PKCS12",
  };
  const own = Object.entries(properties).map(([name, value]) => quoted(`-D${name}=${value}`));
  // Java takes the last of several, so earlier ones of another emulator have no effect.
  const kept = given.endsWith(own.join(" ")) ? given.slice(0, -own.join(" ").length).trimEnd() : given;
  return [kept, ...own].filter(Boolean).join(" ");
}

/** Java knows neither networks nor ports, and takes a name without a star literally. */
function javaHosts(entry: string): string[] {
  if (entry.includes("/")) return [];
  if (/:.*:/.test(entry)) return [`[${entry.replace(/^\[|\](:\d+)?$/g, "")}]`];
  const name = entry.replace(/:\d+$/, "").replace(/^\*?\./, "");
  return name === "localhost" || /^[\d.]+$/.test(name) ? [name] : [name, `*.${name}`];
}

/** Java splits the variable at spaces outside quotes. */
function quoted(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
