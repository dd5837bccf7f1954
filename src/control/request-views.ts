import type { KeptText, NumberedEntry } from "../state/journal.js";
import { pathOf } from "../twilio-api/request/urls.js";
import { maskAnswer, maskForm, maskHeaders } from "./mask.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const textOrNull = { type: ["string", "null"] } as const;
const numberOrNull = { type: ["integer", "null"] } as const;
const HEADER = { type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 } as const;

export const REQUEST = objectWith({
  number: { type: "integer", description: "Increases with each request, over all accounts." },
  time: {
    type: "string",
    format: "date-time",
    description: "The end of the request by its account's clock, ISO 8601.",
  },
  method: { type: "string" },
  path: { type: "string" },
  query: { type: "string", description: "Without passwords." },
  operation: textOrNull,
  account: textOrNull,
  user_agent: textOrNull,
  request_id: { ...textOrNull, description: "Null if there was no answer." },
  status: { ...numberOrNull, description: "Null if the connection closed before the answer." },
  code: { ...numberOrNull, description: "Twilio's error code." },
  duration: { type: "number", description: "Milliseconds." },
  fault: { ...textOrNull, description: "The id of the fault that applied." },
});

const KEPT_ANSWER = {
  ...objectWith({
    headers: { type: "array", items: HEADER, description: "Names and values, without those that Node.js adds." },
    body: { ...textOrNull, description: "The first 8 KiB, without auth tokens; null for media and broken bodies." },
    truncated: { type: "boolean", description: "Whether the body was longer." },
  }),
  type: ["object", "null"],
  description: "Null if it was not kept: see --journal-answers.",
} as const;

export const REQUEST_DETAIL = objectWith({
  ...REQUEST.properties,
  headers: { type: "array", items: HEADER, description: "Names and values as received, without credentials; 8 KiB." },
  body: {
    ...textOrNull,
    description: "The first 8 KiB of the form as it was sent, without passwords; null without one.",
  },
  body_truncated: { type: "boolean", description: "Whether the form was longer." },
  answer: KEPT_ANSWER,
});

export type RequestView = TypeOf<typeof REQUEST>;
export type RequestDetail = TypeOf<typeof REQUEST_DETAIL>;

/** Returns a request as lists show it. */
export function requestView(entry: NumberedEntry): RequestView {
  const [, query = ""] = /\?(.*)$/s.exec(entry.url) ?? [];
  return {
    number: entry.number,
    time: new Date(entry.time).toISOString(),
    method: entry.method,
    path: pathOf(entry.url),
    query: maskForm(query),
    operation: entry.operation ?? null,
    account: entry.account ?? null,
    user_agent: entry.userAgent ?? null,
    request_id: entry.requestId || null,
    status: entry.status ?? null,
    code: entry.code ?? null,
    duration: Math.round(entry.duration * 1000) / 1000,
    fault: entry.fault ?? null,
  };
}

/** Returns a request with its headers, its form and its answer. */
export function requestDetail(entry: NumberedEntry): RequestDetail {
  const { headers, form, answer } = entry;
  return {
    ...requestView(entry),
    headers: maskHeaders(headers),
    body: form === undefined ? null : maskForm(bytesAsText(form), form.truncated),
    body_truncated: form?.truncated ?? false,
    answer:
      answer === undefined
        ? null
        : {
            headers: maskHeaders(answer.headers),
            body: answer.body === undefined ? null : maskAnswer(answer.body.text, answer.body.truncated),
            truncated: answer.body?.truncated ?? false,
          },
  };
}

/** A form is kept as its bytes. */
function bytesAsText({ text }: KeptText): string {
  return Buffer.from(text, "latin1").toString();
}
