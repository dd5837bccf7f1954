import { CALLBACK_FAULTS } from "../callbacks/faults.js";
import { CALLBACK_STATES } from "../callbacks/log.js";
import { CALLBACK_EVENTS } from "../resources/callback-events.js";
import { objectWith, oneOf, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const numberOrNull = { type: ["number", "null"] } as const;
const PAIR = { type: "array", items: text, minItems: 2, maxItems: 2 } as const;

const ATTEMPT = objectWith({
  duration: { type: "number", description: "Milliseconds." },
  status: { ...numberOrNull, description: "Null without an answer." },
  answer: { ...textOrNull, description: "The first kilobyte of the answer's body." },
  error: textOrNull,
  debugger_code: { ...numberOrNull, description: "Twilio's code in the debugger: 11200, 11205 or 15003." },
});
export const CALLBACK = objectWith({
  id: text,
  account: text,
  event: { ...text, description: "Such as recording.completed." },
  sid: { ...text, description: "The SID of the resource that it is about." },
  url: { ...text, description: "Without a password." },
  method: { enum: ["GET", "POST"] },
  parameters: { type: "array", items: PAIR, description: "Names and values, in wire order." },
  idempotency_token: text,
  state: oneOf(CALLBACK_STATES),
  created_at: { ...text, format: "date-time", description: "By the account's clock, ISO 8601." },
  finished_at: { ...textOrNull, description: "Null while it is pending." },
  faults: { type: "array", items: text, description: "The faults that it met, or was asked to have." },
  requested_url: { ...textOrNull, description: "The address that was requested." },
  headers: { type: "object", additionalProperties: text, description: "Of the request." },
  body: { ...text, description: "Of the request." },
  signed_text: { ...textOrNull, description: "The exact text that was signed." },
  attempts: { type: "array", items: ATTEMPT },
});
export const CALLBACKS = objectWith({ count: { type: "integer" }, callbacks: { type: "array", items: CALLBACK } });
export const CALLBACK_LIST = objectWith({
  ...CALLBACKS.properties,
  paused: { type: ["boolean", "null"], description: "Whether the account's are held back; null without an account." },
});

export const FILTER = {
  type: "object",
  additionalProperties: false,
  properties: {
    event: { ...text, description: "Such as recording.completed." },
    state: oneOf(CALLBACK_STATES),
    sid: { ...text, pattern: "^[A-Z]{2}[0-9a-fA-F]{32}$", description: "The SID of a recording, call or conference." },
    since: { ...text, description: "The id of a callback: only later ones match." },
  },
} as const;
const MAX_WAIT = 600;
export const WAIT = {
  ...FILTER,
  properties: {
    ...FILTER.properties,
    count: { type: "integer", minimum: 1, description: "A whole number from 1: how many to wait for. Omitted: 1." },
    timeout: {
      type: "number",
      minimum: 0,
      maximum: MAX_WAIT,
      description: `Seconds, 0 to ${MAX_WAIT}. Omitted: 5.`,
    },
  },
} as const;

export const URL_TEXT = { ...text, description: "An absolute http or https URL." } as const;
const METHOD = oneOf(["GET", "POST"], " Omitted: POST.");
export const REDELIVERY = {
  type: "object",
  description: "An object; all keys may be omitted.",
  additionalProperties: false,
  properties: {
    new_token: { type: "boolean", description: "true gives it another idempotency token, false the same." },
    bad_signature: { type: "boolean", description: "true signs it wrongly." },
  },
} as const;
export const NEW_CALLBACK = {
  type: "object",
  description: "An object with event, sid and url.",
  required: ["event", "sid", "url"],
  additionalProperties: false,
  properties: {
    event: oneOf(CALLBACK_EVENTS),
    sid: { ...text, pattern: "^(RE|CA|CF|TR)[0-9a-fA-F]{32}$", description: "The SID of the resource." },
    url: URL_TEXT,
    method: METHOD,
  },
} as const;
export const FAULT = {
  type: "object",
  description: "An object with fault.",
  required: ["fault"],
  additionalProperties: false,
  properties: {
    fault: oneOf(CALLBACK_FAULTS),
    event: { ...text, description: "Limits it to callbacks of this event." },
    delay: { type: "integer", minimum: 0, maximum: 600_000, description: "Milliseconds of real time, for delay." },
    times: {
      type: "integer",
      minimum: 1,
      description: "A whole number from 1: how many callbacks it strikes. Omitted: 1.",
    },
  },
} as const;
export const ARMED = objectWith({
  id: text,
  fault: { enum: CALLBACK_FAULTS },
  event: textOrNull,
  account: textOrNull,
  delay: { type: "integer" },
  times: { type: "integer", description: "How many more callbacks it strikes." },
  struck: { type: "integer" },
});
export const ARMED_FAULTS = objectWith({ faults: { type: "array", items: ARMED } });
export const MAP = {
  type: "object",
  description: "An object with URLs as keys, and the URLs that are requested instead as values.",
  additionalProperties: { ...text, description: "An absolute http or https URL." },
} as const;
export const SIGNING = {
  type: "object",
  description: "An object with url.",
  required: ["url"],
  additionalProperties: false,
  properties: {
    url: URL_TEXT,
    parameters: {
      type: "object",
      additionalProperties: { ...text, description: "A text." },
      description: "An object with the form of a POST.",
    },
    signature: { ...text, description: "A signature to check." },
  },
} as const;
export const SIGNED = objectWith({
  signature: text,
  signed_text: { ...text, description: "The exact text that was signed." },
  matches: { type: ["boolean", "null"], description: "Null without a signature to check." },
  differences: {
    type: "array",
    items: text,
    description: "What the signature that was given is a signature of, if it does not match.",
  },
});

export type CallbackView = TypeOf<typeof CALLBACK>;
export type CallbackFilter = TypeOf<typeof FILTER>;
export type CallbackWait = TypeOf<typeof WAIT>;
export type RedeliverySpec = TypeOf<typeof REDELIVERY>;
export type NewCallbackSpec = TypeOf<typeof NEW_CALLBACK>;
export type CallbackFaultSpec = TypeOf<typeof FAULT>;
export type CallbackFaultView = TypeOf<typeof ARMED>;
export type Signing = TypeOf<typeof SIGNING>;
export type Signed = TypeOf<typeof SIGNED>;
