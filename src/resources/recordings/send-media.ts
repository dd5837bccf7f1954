import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import parseRange from "range-parser";
import type { ByteSource } from "../../media/byte-source.js";

/**
 * Streams media: as a whole, or the range that the request asks for.
 *
 * @param unsatisfiable - returns the error of a range that begins beyond the end of this many bytes.
 */
export function sendMedia(
  request: FastifyRequest,
  reply: FastifyReply,
  media: ByteSource,
  unsatisfiable: (length: number) => Error,
): FastifyReply {
  const range = requestedRange(request, media.length, unsatisfiable);
  const { start, end } = range ?? { start: 0, end: media.length };
  reply
    .code(range === undefined ? 200 : 206)
    .type(media.contentType)
    .header("Accept-Ranges", "bytes")
    .header("Content-Length", end - start);
  if (range !== undefined) reply.header("Content-Range", `bytes ${start}-${end - 1}/${media.length}`);
  if (request.method === "HEAD") return reply.send();
  // Encode at most one chunk ahead of the client.
  const stream = Readable.from(paced(media.read(start, end), reply), { highWaterMark: 1 });
  return reply.send(stream.on("error", (error) => request.log.error(error)));
}

/** Yields to the event loop after each chunk, which may take 10 ms to encode. Ends when the connection is closed. */
async function* paced(chunks: ReturnType<ByteSource["read"]>, { raw }: FastifyReply): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    if (raw.destroyed) return;
    if (chunk.length > 0) yield chunk;
    await setImmediate();
  }
}

/**
 * Parses the Range header. Several ranges, a malformed one, and any If-Range, which cannot match because answers have no
 * validator, get the whole (RFC 9110, 13.1.5 and 14.2).
 *
 * @returns undefined for the whole.
 * @throws what `unsatisfiable` returns, if the range begins beyond the end.
 */
function requestedRange(
  { method, headers }: FastifyRequest,
  length: number,
  unsatisfiable: (length: number) => Error,
): { start: number; end: number } | undefined {
  const wellFormed = /^bytes=(\d+)?-(\d+)?$/i.exec(headers.range ?? "");
  if (method !== "GET" || headers["if-range"] !== undefined || wellFormed === null) return undefined;
  const [header, from, to = "Infinity"] = wellFormed;
  if (from !== undefined && Number(from) > Number(to)) return undefined;
  const ranges = parseRange(length, header.toLowerCase());
  if (ranges === -1) throw unsatisfiable(length);
  const [range] = ranges === -2 ? [] : ranges;
  return range && { start: range.start, end: range.end + 1 };
}
