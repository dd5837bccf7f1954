import { STATUS_CODES } from "node:http";
import type { NumberedEntry } from "../state/journal.js";
import { type RequestDetail, requestDetail } from "./request-views.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const integer = { type: "integer" } as const;
const NAMED = { type: "array", items: objectWith({ name: text, value: text }) } as const;
const MESSAGE = { httpVersion: text, cookies: NAMED, headers: NAMED, headersSize: integer, bodySize: integer } as const;

const REQUEST = {
  ...objectWith({ ...MESSAGE, method: text, url: text, queryString: NAMED }),
  properties: {
    ...MESSAGE,
    method: text,
    url: text,
    queryString: NAMED,
    postData: objectWith({ mimeType: text, params: NAMED, text }),
  },
} as const;
const RESPONSE = objectWith({
  ...MESSAGE,
  status: { ...integer, description: "0 if the connection closed before the answer." },
  statusText: text,
  content: {
    ...objectWith({ size: integer, mimeType: text }),
    properties: { size: integer, mimeType: text, text, comment: text },
  },
  redirectURL: text,
});
const ENTRY = objectWith({
  startedDateTime: { ...text, format: "date-time", description: "By the account's clock." },
  time: { type: "number", description: "Milliseconds." },
  request: REQUEST,
  response: RESPONSE,
  cache: { type: "object" },
  timings: objectWith({ send: { type: "number" }, wait: { type: "number" }, receive: { type: "number" } }),
  comment: { ...text, description: "The operation, Twilio's error code and the fault." },
  _number: { ...integer, description: "The number of the request in the log." },
});

/** @see http://www.softwareishard.com/blog/har-12-spec/ */
export const HAR = objectWith({
  log: objectWith({
    version: text,
    creator: objectWith({ name: text, version: text }),
    entries: { type: "array", items: ENTRY },
  }),
});

export type Har = TypeOf<typeof HAR>;
type HarEntry = TypeOf<typeof ENTRY>;

/** Returns requests as an HTTP archive. Headers, forms and answers are those of the request log, without credentials. */
export function harOf(entries: readonly NumberedEntry[], version: string): Har {
  const creator = { name: "twilio-recordings-emulator", version };
  return { log: { version: "1.2", creator, entries: entries.map(harEntry) } };
}

function harEntry(entry: NumberedEntry): HarEntry {
  const detail = requestDetail(entry);
  const { number, duration, operation, code, fault } = detail;
  const notes = { operation, code, fault };
  return {
    startedDateTime: new Date(entry.time - entry.duration).toISOString(),
    time: duration,
    request: requestOf(detail, entry.secure),
    response: responseOf(detail),
    cache: {},
    timings: { send: 0, wait: duration, receive: 0 },
    comment: Object.entries(notes)
      .flatMap(([name, value]) => (value === null ? [] : `${name} ${value}`))
      .join(", "),
    _number: number,
  };
}

function requestOf({ method, path, query, headers, body }: RequestDetail, isSecure: boolean): HarEntry["request"] {
  const host = headerOf(headers, "host") ?? "localhost";
  const search = query === "" ? "" : `?${query}`;
  return {
    ...messageOf(headers),
    method,
    url: `${isSecure ? "https" : "http"}://${host}${encodeURI(path)}${search}`,
    queryString: pairsOf(query),
    bodySize: body === null ? 0 : Buffer.byteLength(body),
    ...(body !== null && {
      postData: { mimeType: "application/x-www-form-urlencoded", params: pairsOf(body), text: body },
    }),
  };
}

function responseOf({ status, answer }: RequestDetail): HarEntry["response"] {
  const { headers, body } = answer ?? { headers: [], body: null };
  const length = Number(headerOf(headers, "content-length") ?? -1);
  return {
    ...messageOf(headers),
    status: status ?? 0,
    statusText: (status !== null && STATUS_CODES[status]) || "",
    bodySize: length,
    content: {
      size: Math.max(length, 0),
      mimeType: headerOf(headers, "content-type") ?? "x-unknown",
      ...(body !== null && { text: body }),
      ...(answer === null && { comment: "not kept" }),
      ...(answer?.truncated && { comment: "the first 8 KiB" }),
    },
    redirectURL: "",
  };
}

function messageOf(headers: RequestDetail["headers"]) {
  const named = headers.map(([name, value]) => ({ name, value }));
  return { httpVersion: "HTTP/1.1", cookies: [], headers: named, headersSize: -1 };
}

function pairsOf(form: string): { name: string; value: string }[] {
  return [...new URLSearchParams(form)].map(([name, value]) => ({ name, value }));
}

function headerOf(headers: RequestDetail["headers"], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}
