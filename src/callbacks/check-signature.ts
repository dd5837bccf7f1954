import { signatureOf, signedText } from "./signature.js";

/** A request, and the signature that it has. */
export interface SignedRequest {
  url: string;
  /** The form of a POST. */
  parameters?: Readonly<Record<string, string>>;
  signature?: string;
}

export interface CheckedSignature {
  /** The right signature. */
  signature: string;
  signed_text: string;
  /** Null without a signature to check. */
  matches: boolean | null;
  /** What the given signature is a signature of, if it is not the right one. */
  differences: string[];
}

/** Returns the signature of a request, and what a given signature differs in. */
export function checkSignature({ url, parameters = {}, signature }: SignedRequest, token: string): CheckedSignature {
  const pairs = Object.entries(parameters);
  const signed_text = signedText(url, pairs);
  const expected = signatureOf(token, signed_text);
  if (signature === undefined) return { signature: expected, signed_text, matches: null, differences: [] };
  const matches = signature === expected;
  const differences = matches
    ? []
    : candidates(url, pairs).filter(([, text]) => signatureOf(token, text) === signature);
  return {
    signature: expected,
    signed_text,
    matches,
    differences: matches
      ? []
      : differences.length > 0
        ? differences.map(([what]) => what)
        : ["another auth token, or of a URL or parameters that were not tried"],
  };
}

/** Common mistakes, and the text that is signed with each. */
function candidates(url: string, pairs: [string, string][]): [what: string, text: string][] {
  const otherScheme = url.startsWith("https:") ? url.replace(/^https/, "http") : url.replace(/^http/, "https");
  const withoutPort = url.replace(/^(https?:\/\/[^/?#:]+):\d+/, "$1");
  const withPort = url.replace(
    /^(https?):\/\/([^/?#:]+)(?=[/?#]|$)/,
    (_, scheme: string, host: string) => `${scheme}://${host}:${scheme === "https" ? 443 : 80}`,
  );
  const toggled = /\/(?=\?|$)/.test(url) ? url.replace(/\/(?=\?|$)/, "") : url.replace(/(?=\?|$)/, "/");
  const withoutQuery = url.replace(/\?.*$/s, "");
  const encoded = pairs.map(([name, value]): [string, string] => [name, encodeURIComponent(value)]);
  const plus = pairs.map(([name, value]): [string, string] => [name, value.replaceAll("+", " ")]);
  return [
    [`the URL with the scheme of ${otherScheme.split(":")[0]}`, signedText(otherScheme, pairs)],
    ["the URL without its port", signedText(withoutPort, pairs)],
    ["the URL with the standard port", signedText(withPort, pairs)],
    ["the URL with, or without, a slash at its end", signedText(toggled, pairs)],
    ["the URL without its query", signedText(withoutQuery, pairs)],
    ["the URL alone, without the parameters", url],
    ["the parameters in the order in which they were given", url + pairs.map(([name, value]) => name + value).join("")],
    ["the parameters percent-encoded", signedText(url, encoded)],
    ["the parameters with + read as a space", signedText(url, plus)],
  ];
}
