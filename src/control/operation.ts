import type { FastifyRequest, HTTPMethods } from "fastify";
import type { TypeOf } from "./schema-type.js";

/** Which accounts an operation is about: none in particular; one or all; or one, by default the main account. */
type Scope = "none" | "all" | "main";

/** The checked input of an operation. */
export interface Call<Query, Body, Of extends Scope = Scope> {
  /** The SID of the account that the call is limited to, in Twilio's spelling. */
  account: Of extends "main" ? string : string | undefined;
  /** Whether the caller named the account. */
  isLimited: boolean;
  /** The parameter of the path. */
  key: string;
  query: Query;
  body: Body;
  /** Scheme and host that the caller used, for the media_urls of recordings. */
  origin: string;
  /** Returns a signal that aborts when the caller no longer waits. */
  signal(): AbortSignal | undefined;
}

/** An operation of the control API: its HTTP route, its in-process function, its OpenAPI entry and its row in the docs. */
interface Definition<Query, Body, Answer, Of extends Scope> {
  method: HTTPMethods;
  /** Below `/_emulator`; parameters in braces. */
  url: string;
  /** The OpenAPI operationId. */
  id: string;
  summary: string;
  /** What the summary leaves out. */
  description?: string;
  /** The in-process functions, as Markdown. */
  inProcess?: string;
  /** Cells of the docs that do not follow from the keys of the schemas, as Markdown. */
  docs?: { input?: string; answer?: string };
  scope: Of;
  query?: Query;
  body?: Body;
  /** The handler checks the body itself, with errors that name the entry. */
  checksBody?: boolean;
  /** The body is a stream, which may be larger than the memory. */
  isStreamed?: boolean;
  /** The answer consists of server-sent events; a Last-Event-ID header overrides `since`. */
  isEventStream?: boolean;
  /** The answer is a byte source, of which a request may ask for a range. */
  isMedia?: boolean;
  /** Omitted: no body, 204. */
  answer?: Answer;
  /** Omitted: 200, or 204 without a body. */
  status?: number;
  /** The status of an answer with the key `error`. */
  failingStatus?: number;
  /** Error statuses beyond those that follow from the other fields. */
  errors?: readonly number[];
  /** Needs no control token. */
  isOpen?: boolean;
  /** Answers on any host name. */
  isOnAnyName?: boolean;
  /** Returns the Set-Cookie header of a successful answer. */
  cookie?: (request: FastifyRequest) => string;
}

/** An operation with the types of its query, body and answer. */
export interface Operation<Query = unknown, Body = unknown, Answer = unknown>
  extends Definition<object, object, object, Scope> {
  // A method, so that a list may hold operations of any types.
  run(call: Call<Query, Body, never>): Answer | Promise<Answer>;
}

type AnswerOf<Answer> = unknown extends Answer ? unknown : TypeOf<Answer>;

/** Returns an operation whose types follow from its schemas. */
export function operation<const Query, const Body, const Answer, Of extends Scope, Result extends AnswerOf<Answer>>(
  definition: Definition<Query, Body, Answer, Of> & {
    run(call: Call<TypeOf<Query>, TypeOf<Body>, Of>): Result | Promise<Result>;
  },
): Operation<TypeOf<Query>, TypeOf<Body>, Result> {
  return definition as unknown as Operation<TypeOf<Query>, TypeOf<Body>, Result>;
}

/** Returns the status of a successful answer. */
export function statusOf({ status, answer }: Operation): number {
  return status ?? (answer === undefined ? 204 : 200);
}
