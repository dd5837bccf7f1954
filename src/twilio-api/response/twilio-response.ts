import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Spellings of header names by their lower-case form; those that are not plain capitals come first. */
const SPELLINGS = new Map([
  ["www-authenticate", "WWW-Authenticate"],
  ["x-api-domain", "X-API-Domain"],
]);

/** Returns a header name as Twilio spells it: `twilio-request-id` becomes `Twilio-Request-Id`. Fastify's are in lower case. */
export function headerSpelling(name: string): string {
  const known = SPELLINGS.get(name);
  if (known !== undefined) return known;
  const spelling = name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
  SPELLINGS.set(name, spelling);
  return spelling;
}

/** A response whose header names are spelled as Twilio's, without a Keep-Alive header. */
export class TwilioResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  override setHeader(name: string, value: number | string | readonly string[]): this {
    return super.setHeader(headerSpelling(name), value);
  }

  /** @param headers - an array, names and values in turn, is sent as it is. */
  override writeHead(status: number, headers: string | OutgoingHttpHeaders | OutgoingHttpHeader[] = {}): this {
    if (typeof headers === "string" || Array.isArray(headers)) return super.writeHead(status, headers as string[]);
    const flat: (OutgoingHttpHeader | undefined)[] = [];
    for (const name in headers) flat.push(headerSpelling(name), headers[name]);
    flat.push("Connection", connectionOf(this));
    return super.writeHead(status, flat as string[]);
  }
}

/** Returns the value for a Connection header: with one of ours, Node.js adds no Keep-Alive header. */
export function connectionOf(response: ServerResponse): "keep-alive" | "close" {
  // One that is set closes the connection, because the emulator stops.
  return response.shouldKeepAlive && !response.hasHeader("Connection") ? "keep-alive" : "close";
}
