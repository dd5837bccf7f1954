import { createHmac } from "node:crypto";
import type { Parameter } from "./wire-order.js";

/**
 * Returns the text that Twilio signs: the URL and, for a POST, each key and value, sorted by key. Values of a repeated key are
 * sorted, and equal ones count once, as in the official validators.
 *
 * @see https://www.twilio.com/docs/usage/security#validating-requests
 */
export function signedText(url: string, parameters: readonly Parameter[]): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of parameters) values.set(name, (values.get(name) ?? new Set()).add(value));
  const names = [...values.keys()].sort();
  return (
    url + names.flatMap((name) => [...(values.get(name) as Set<string>)].sort().map((value) => name + value)).join("")
  );
}

/** Returns the value of `X-Twilio-Signature`. */
export function signatureOf(authToken: string, text: string): string {
  return createHmac("sha1", authToken).update(text, "utf8").digest("base64");
}
