import type { FastifyRequest } from "fastify";
import { parseCallbackUrl } from "../callbacks/callback-url.js";
import type { NewCallback } from "../callbacks/outbox.js";
import { choiceParameter, type Query, textParameter, textsOf } from "../twilio-api/request/parameters.js";

/** Where the callbacks of a resource go: what a request, or a control call, asked for. */
export interface CallbackOrder {
  url: string;
  method: "GET" | "POST";
  /** The events that are called back, as Twilio names them. */
  events: readonly string[];
  /** Scheme and host of the emulator in the URLs that callbacks contain. */
  origin: string;
}

/** Returns scheme and host of the emulator in the callbacks that a request asks for. */
export type OriginOf = (request: FastifyRequest) => string;

/** Adds a callback to those that are sent, as a part of the transaction under way. Returns its idempotency token. */
export type AddCallback = (callback: NewCallback) => string;

/** The requests for documents. */
export interface DocumentRequests {
  add: AddCallback;
  /** Returns why a document of an account is not requested; undefined if it is. */
  refusalOf(account: string, url: string): string | undefined;
}

/**
 * Parses the URL of a callback with its method and its events; undefined without a valid URL, which fails no request (documented
 * for recordings: warning 13256). Unknown events are ignored.
 *
 * @param name - of the parameter with the URL: `StatusCallback` with `StatusCallbackMethod` and `StatusCallbackEvent`.
 * @param known - the events that there are; the parameter has one value with spaces, or is repeated.
 * @throws TwilioError 20001 for another method than GET and POST.
 */
export function readCallbackOrder(
  form: Query,
  name: string,
  known: readonly string[],
  defaults: readonly string[],
  origin: string,
): CallbackOrder | undefined {
  const method = choiceParameter(form, `${name}Method`, ["GET", "POST"]) ?? "POST";
  const url = textParameter(form, name);
  if (url === undefined || parseCallbackUrl(url) === undefined) return undefined;
  const given = textsOf(form, `${name}Event`).flatMap((text) => text.split(/\s+/));
  const chosen = known.filter((event) => given.includes(event));
  return { url, method, events: chosen.length > 0 ? chosen : defaults, origin };
}
