import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from "node:http";

/** A cache of header names by their lower-case form, with those that are not plainly capitalised. */
const SPELLINGS = new Map([
  ["www-authenticate", "WWW-Authenticate"],
  ["x-api-domain", "X-API-Domain"],
]);

/** Returns a header name as Twilio spells it, `Twilio-Request-Id`. Fastify's names are in lower case. */
export function headerSpelling(name: string): string {
  const known = SPELLINGS.get(name);
  if (known !== undefined) return known;
  const spelling = name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
  SPELLINGS.set(name, spelling);
  return spelling;
}

/** A response with Twilio's spelling of header names and no Keep-Alive header. */
export class TwilioResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  override setHeader(name: string, value: number | string | readonly string[]): this {
    return super.setHeader(headerSpelling(name), value);
  }

  /** @param headers - an array of alternating names and values is sent unchanged. */
  override writeHead(status: number, headers: string | OutgoingHttpHeaders | OutgoingHttpHeader[] = {}): this {
    if (typeof headers === "string" || Array.isArray(headers)) return super.writeHead(status, headers as string[]);
    const flat: (OutgoingHttpHeader | undefined)[] = [];
    for (const name in headers) flat.push(headerSpelling(name), headers[name]);
    flat.push("Connection", connectionOf(this));
    return super.writeHead(status, flat as string[]);
  }
}

/** Returns the value of the Connection header. If it is set, Node.js adds no Keep-Alive header. */
export function connectionOf(response: ServerResponse): "keep-alive" | "close" {
  // Only a stop of the emulator sets it earlier, to close the connection.
  return response.shouldKeepAlive && !response.hasHeader("Connection") ? "keep-alive" : "close";
}
