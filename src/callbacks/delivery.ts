import type { lookup } from "node:dns";
import type { Agent, buildConnector, Dispatcher } from "undici";
import { authorizationFor } from "./authorization.js";
import { type CallbackUrl, parseCallbackUrl, type RetryPolicy, withQuery } from "./callback-url.js";
import { checkDestination, lookupDestination, RefusedDestinationError } from "./destination.js";
import { encodeForm } from "./form.js";
import { signatureOf, signedText } from "./signature.js";
import type { Parameter } from "./wire-order.js";

/** A callback to send. */
export interface Outgoing {
  /** The URL that is signed. */
  url: string;
  /** The URL that is requested. */
  deliverTo: string;
  method: "GET" | "POST";
  /** In wire order. */
  parameters: readonly Parameter[];
  /** Equal for all attempts. */
  idempotencyToken: string;
  authToken: string;
  /** Signs with another token, as a test of a receiver's check. */
  hasBadSignature?: boolean;
  /** Twilio's code for an answer with an error: 15003 for the status of a call. Omitted: 11200. */
  failureCode?: 11200 | 15003;
  /** Reads the answer as a document: up to 64 KiB, instead of the kilobyte for the log. */
  asksForDocument?: boolean;
}

/** The answer to a request for a document. */
export interface DocumentAnswer {
  status: number;
  /** Empty without one, as is `location`. */
  contentType: string;
  location: string;
  text: string;
}

/** One attempt of a delivery. */
export interface Attempt {
  /** Milliseconds. */
  duration: number;
  /** Undefined without an answer. */
  status?: number;
  /** The first kilobyte of the answer's body. */
  answer?: string;
  /** Why there is no answer. */
  error?: string;
  /** Twilio's code in the debugger; undefined for a success. */
  debuggerCode?: 11200 | 11205 | 15003;
}

/** What was sent, and what came of it. */
export interface Delivery {
  outcome: "delivered" | "failed" | "refused";
  /** The address that was requested. */
  requestedUrl: string;
  headers: Record<string, string>;
  body: string;
  /** The exact text that was signed. */
  signedText: string;
  attempts: Attempt[];
  /** The answer of the last attempt, if a document was asked for. */
  document?: DocumentAnswer;
}

/** The options of deliveries. */
export interface DeliveryOptions {
  /** Whether callbacks may be sent to public hosts. */
  publicCallbacks: boolean;
  /** Whether any certificate of a receiver is accepted. */
  trustReceivers: boolean;
  /** Certificate authorities beside those of Node.js, as PEM. */
  authorities: () => Promise<string[]>;
  resolve?: typeof lookup;
}

/** Bytes. */
const MAX_ANSWER = 1024;
/** Twilio's own limit, error 11750. */
const MAX_DOCUMENT = 64 * 1024;

/** Twilio's headers of a callback, in the recorded order. */
function headersOf(signature: string, { method, idempotencyToken }: Outgoing, body: string): Record<string, string> {
  return {
    ...(method === "POST" && { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" }),
    Accept: "*/*",
    "User-Agent": "TwilioProxy/1.1",
    "X-Home-Region": "us1",
    "X-Twilio-Signature": signature,
    "I-Twilio-Idempotency-Token": idempotencyToken,
    ...(method === "POST" && { "Content-Length": String(Buffer.byteLength(body)) }),
  };
}

/**
 * Returns the function that sends callbacks. It never rejects: errors are part of the result.
 *
 * @see https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export function createSender({ publicCallbacks, trustReceivers, authorities, resolve }: DeliveryOptions) {
  const agents = new Map<string, Promise<Agent>>();
  /** Errors of connections that did not come about, or whose handshake of TLS failed. */
  const unconnected = new WeakSet<object>();

  /** Agents differ in the time that they wait for a connection, and in whether they know the authorities. */
  function agentFor(url: string, timeout: number): Promise<Agent> {
    const isSecure = url.startsWith("https:");
    const key = `${isSecure} ${timeout}`;
    const agent = agents.get(key) ?? createAgent(isSecure, timeout);
    agents.set(key, agent);
    // The next callback tries again.
    agent.catch(() => agents.delete(key));
    return agent;
  }

  async function createAgent(isSecure: boolean, timeout: number): Promise<Agent> {
    // Few emulators send callbacks, so it is loaded on first use.
    const [{ Agent, buildConnector }, { createSecureContext }] = await Promise.all([
      import("undici"),
      import("node:tls"),
    ]);
    // The option `ca` would replace those of NODE_EXTRA_CA_CERTS.
    const secureContext = createSecureContext();
    // An authority may have to be created first.
    for (const certificate of isSecure ? await authorities() : []) secureContext.context.addCACert(certificate);
    const connector = buildConnector({
      timeout,
      secureContext,
      rejectUnauthorized: !trustReceivers,
      lookup: lookupDestination(publicCallbacks, resolve),
    });
    const connect: buildConnector.connector = (options, done) =>
      connector(options, (...result) => {
        if (result[0] !== null) unconnected.add(result[0]);
        done(...result);
      });
    return new Agent({ connect, pipelining: 1 });
  }

  async function send(outgoing: Outgoing): Promise<Delivery> {
    const { method, parameters, authToken, hasBadSignature = false } = outgoing;
    const form = encodeForm(parameters);
    const url = parseCallbackUrl(outgoing.url) as CallbackUrl;
    const mapped = parseCallbackUrl(outgoing.deliverTo) as CallbackUrl;
    const isPost = method === "POST";
    const body = isPost ? form : "";
    const signedUrl = isPost ? url.signed : withQuery(url.signed, form);
    const text = signedText(signedUrl, isPost ? parameters : []);
    const signature = signatureOf(hasBadSignature ? `not ${authToken}` : authToken, text);
    const requestedUrl = isPost ? mapped.requested : withQuery(mapped.requested, form);
    const headers = headersOf(signature, outgoing, body);
    const delivery: Omit<Delivery, "outcome"> = { requestedUrl, headers, body, signedText: text, attempts: [] };
    const unsent = (outcome: "refused" | "failed", error: unknown): Delivery => {
      return { ...delivery, outcome, attempts: [{ duration: 0, error: (error as Error).message }] };
    };
    try {
      checkDestination(new URL(requestedUrl).hostname.replace(/^\[|\]$/g, ""), publicCallbacks);
    } catch (error) {
      return unsent("refused", error);
    }
    let agent: Agent;
    try {
      agent = await agentFor(requestedUrl, url.overrides.connectTimeout);
    } catch (error) {
      return unsent("failed", error);
    }
    // The first callback loads the client, which is no part of the time limits.
    const start = performance.now();
    const remaining = () => url.overrides.totalTimeout - (performance.now() - start);
    for (let attempt = 0; attempt <= url.overrides.retries && remaining() > 0; attempt++) {
      const { result, reason, document } = await attemptOnce(agent, delivery, outgoing, url, remaining());
      delivery.attempts.push(result);
      if (document !== undefined) delivery.document = document;
      if (reason === "refused") return { ...delivery, outcome: "refused" };
      if (reason === undefined) return { ...delivery, outcome: "delivered" };
      if (!isRetried(reason, url.overrides.policies)) break;
    }
    return { ...delivery, outcome: "failed" };
  }

  async function attemptOnce(
    agent: Agent,
    { requestedUrl, headers, body }: Pick<Delivery, "requestedUrl" | "headers" | "body">,
    { method, failureCode = 11200, asksForDocument = false }: Outgoing,
    { credentials, overrides }: CallbackUrl,
    remaining: number,
  ): Promise<{ result: Attempt; reason: FailureReason | undefined; document?: DocumentAnswer }> {
    const start = performance.now();
    const options = {
      method,
      origin: new URL(requestedUrl).origin,
      path: pathOf(requestedUrl),
      body: method === "POST" ? body : null,
      headersTimeout: overrides.readTimeout,
      bodyTimeout: overrides.readTimeout,
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(remaining))),
    };
    const ask = async (more: Record<string, string> = {}) => {
      const answer = await agent.request({ ...options, headers: { ...headers, ...more } });
      const bytes = await firstBytes(answer.body, asksForDocument ? MAX_DOCUMENT : MAX_ANSWER);
      return { status: answer.statusCode, headers: answer.headers, bytes };
    };
    try {
      let answer = await ask();
      const challenge = answer.headers["www-authenticate"];
      if (answer.status === 401 && credentials !== undefined && challenge !== undefined) {
        const authorization = authorizationFor(String(challenge), credentials, method, options.path);
        // It has a password, so the log does not show it.
        if (authorization !== undefined) answer = await ask({ Authorization: authorization });
      }
      const { status, bytes } = answer;
      const duration = performance.now() - start;
      const result: Attempt = { duration, status, answer: bytes.subarray(0, MAX_ANSWER).toString("utf8") };
      if (status < 200 || status >= 400) {
        return { result: { ...result, debuggerCode: failureCode }, reason: status < 500 ? "4xx" : "5xx" };
      }
      if (!asksForDocument) return { result, reason: undefined };
      const { "content-type": contentType = "", location = "" } = answer.headers;
      const text = bytes.toString("utf8");
      const document = { status, contentType: String(contentType), location: String(location), text };
      return { result, reason: undefined, document };
    } catch (error) {
      const { reason, message } = failureOf(error as NodeJS.ErrnoException, unconnected.has(error as object));
      const debuggerCode = reason === "ct" ? 11205 : 11200;
      const result = { duration: performance.now() - start, error: message };
      return { result: reason === "refused" ? result : { ...result, debuggerCode }, reason };
    }
  }

  return {
    send,
    /** Closes idle connections, and aborts deliveries under way. */
    async close(): Promise<void> {
      for (const agent of agents.values()) await (await agent).destroy();
    },
  };
}

export type Sender = ReturnType<typeof createSender>;

type FailureReason = "4xx" | "5xx" | "ct" | "rt" | "refused";

function isRetried(reason: FailureReason, policies: readonly RetryPolicy[]): boolean {
  return policies.includes("all") || policies.includes(reason as RetryPolicy);
}

/** The path and the query, with every character as it was given. */
function pathOf(url: string): string {
  return url.slice(url.indexOf("/", "https://".length));
}

async function firstBytes(body: Dispatcher.ResponseData["body"], most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= most) {
      body.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** @param isUnconnected - Twilio retries only when no connection, or no handshake of TLS, came about. */
function failureOf(error: NodeJS.ErrnoException, isUnconnected: boolean): { reason: FailureReason; message: string } {
  if (error instanceof RefusedDestinationError) return { reason: "refused", message: error.message };
  if (error.name === "TimeoutError") return { reason: "rt", message: "no answer in time" };
  // Without a message if several addresses were tried.
  return { reason: isUnconnected ? "ct" : "rt", message: error.message || String(error.code) };
}
