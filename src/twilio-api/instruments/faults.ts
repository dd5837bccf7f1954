import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, preHandlerHookHandler } from "fastify";
import type { ArmedFault } from "../../state/faults.js";
import type { State } from "../../state/state.js";
import { TwilioError } from "../response/error-catalogue.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The fault that applies to this request. */
    armedFault: ArmedFault | undefined;
  }
  interface FastifyContextConfig {
    /** Twilio's name of the operation. */
    operation?: string;
  }
}

/** Returns the steps that apply armed faults to authorized requests. The response does not mention the fault. */
export function armedFaults(
  app: FastifyInstance,
  { faults, random }: Pick<State, "faults" | "random">,
): { strike: preHandlerHookHandler; spoil: onSendHookHandler } {
  app.decorateRequest("armedFault", undefined);
  const waiting = new Set<() => void>();
  // A stop ends all delays.
  app.addHook("preClose", async () => {
    for (const end of waiting) end();
  });

  const strikeRequest: preHandlerHookHandler = (request, reply, done) => {
    if (request.is404) return done();
    const fault = faults.strike(() => ({
      account: request.accountSid || undefined,
      method: request.method,
      operation: request.operation,
      path: request.path,
    }));
    if (fault === undefined) return done();
    request.armedFault = fault;
    const { delay } = fault.effect;
    if (delay === undefined) return strike(fault, request, reply, done);
    const [least, most] = delay;
    const wait =
      least === most ? least : least + (most - least) * random.of(request.accountSid || undefined).fraction();
    after(wait, reply, () => strike(fault, request, reply, done));
  };
  const spoilBody: onSendHookHandler = (request, reply, payload, done) => {
    const { drop, body } = request.armedFault?.effect ?? {};
    if (payload == null || (drop === undefined && body === undefined)) return done(null, payload);
    done(null, spoil(payload as Payload, reply, drop === undefined ? (body as "truncated") : "middle"));
  };
  return { strike: strikeRequest, spoil: spoilBody };

  /** Calls `go` after `wait` milliseconds, or when the connection closes. */
  function after(wait: number, { raw }: FastifyReply, go: () => void): void {
    const end = () => {
      clearTimeout(timer);
      waiting.delete(end);
      raw.off("close", end);
      go();
    };
    const timer = setTimeout(end, wait);
    waiting.add(end);
    raw.once("close", end);
  }
}

function strike({ effect }: ArmedFault, request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) {
  const { error, drop } = effect;
  if (error !== undefined) return done(new TwilioError({ ...error, armed: true }));
  if (drop !== "before") return done();
  reply.hijack();
  request.raw.socket.destroy();
}

type Payload = string | Buffer | Readable;

/** Returns half of the body, complete (`truncated`) or cut off (`middle`), or a body that no parser accepts. */
function spoil(payload: Payload, reply: FastifyReply, how: "middle" | "truncated" | "malformed"): Readable {
  const length = payload instanceof Readable ? Number(reply.getHeader("content-length")) : Buffer.byteLength(payload);
  const half = Math.floor(length / 2);
  if (how === "malformed") {
    // No JSON, XML, WAV or MP3 begins with this byte, before its first.
    reply.header("content-length", length + 1);
    return Readable.from(chunksOf(payload, "<"), { objectMode: false });
  }
  reply.header("content-length", how === "middle" ? length : half);
  return Readable.from(firstBytes(payload, half, how === "middle" ? reply : undefined), { objectMode: false });
}

async function* chunksOf(payload: Payload, ...first: string[]): AsyncIterable<Buffer> {
  for (const chunk of first) yield Buffer.from(chunk);
  if (payload instanceof Readable) yield* payload;
  else yield Buffer.from(payload);
}

async function* firstBytes(payload: Payload, length: number, dropped: FastifyReply | undefined): AsyncIterable<Buffer> {
  let left = length;
  for await (const chunk of chunksOf(payload)) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) break;
  }
  // The yielded chunks must be written before the connection ends.
  if (dropped !== undefined) setImmediate(() => dropped.raw.socket?.destroySoon());
  if (dropped !== undefined) await new Promise((resolve) => dropped.raw.once("close", resolve));
}
