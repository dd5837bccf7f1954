import type { TLSSocket } from "node:tls";
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, preParsingHookHandler } from "fastify";
import { type Journal, type KeptAnswer, type KeptText, MAX_KEPT } from "../../state/journal.js";
import { isForm } from "../request/bodies.js";
import { headerSpelling } from "../response/twilio-response.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The form as it was sent, a character for each byte. */
    sentForm: KeptText | undefined;
    /** The answer, if the request log keeps answers. */
    sentBody: { kept: KeptText | undefined } | undefined;
  }
}

/** Returns the steps that keep a form and the body of an answer for the request log. */
export function requestDetails(
  app: FastifyInstance,
  { size, keepsAnswers }: Journal,
): { keepForm: preParsingHookHandler; keepAnswer: onSendHookHandler } {
  app.decorateRequest("sentForm", undefined);
  app.decorateRequest("sentBody", undefined);
  const keepForm: preParsingHookHandler = (request, _reply, payload, done) => {
    if (size > 0 && isForm(request)) {
      const form = { text: "", truncated: false };
      request.sentForm = form;
      payload.on("data", (chunk: Buffer) => {
        const left = MAX_KEPT - form.text.length;
        // A text, because a slice of the chunk would keep the memory of the whole chunk.
        form.text += chunk.toString("latin1", 0, left);
        if (chunk.length > left) form.truncated = true;
      });
    }
    done(null, payload);
  };
  const keepAnswer: onSendHookHandler = (request, _reply, payload, done) => {
    if (size > 0 && keepsAnswers()) request.sentBody = { kept: keptBody(request, payload) };
    done(null, payload);
  };
  return { keepForm, keepAnswer };
}

function keptBody({ method }: FastifyRequest, payload: unknown): KeptText | undefined {
  if (method === "HEAD") return undefined;
  if (payload == null) return { text: "", truncated: false };
  return typeof payload === "string" || Buffer.isBuffer(payload) ? keptText(payload) : undefined;
}

/** Returns the beginning of a text. */
export function keptText(content: string | Buffer): KeptText {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { text: bytes.toString("utf8", 0, MAX_KEPT), truncated: bytes.length > MAX_KEPT };
}

/** Returns the headers of a request, and whether it came over TLS. */
export function receivedParts({ rawHeaders, socket }: FastifyRequest["raw"]) {
  return { secure: (socket as Partial<TLSSocket>).encrypted === true, headers: firstHeaders(rawHeaders) };
}

/** Node.js accepts 16 KiB. */
function firstHeaders(headers: readonly string[]): readonly string[] {
  let length = 0;
  for (let index = 0; index < headers.length; index++) {
    length += (headers[index] as string).length;
    if (length > MAX_KEPT) return headers.slice(0, index - (index % 2));
  }
  return headers;
}

/** Returns the answer to a request, if it was kept. */
export function sentAnswer({ sentBody }: FastifyRequest, reply: FastifyReply): KeptAnswer | undefined {
  if (sentBody === undefined) return undefined;
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) => [headerSpelling(name), String(value)]);
  return { headers, body: sentBody.kept };
}
