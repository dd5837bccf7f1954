import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import parseRange from "range-parser";
import type { ByteSource } from "../../media/byte-source.js";
import { textParameter } from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { extensionOf, SID } from "../../twilio-api/response/formats.js";
import type { CollectionRequest } from "../collection-routes.js";
import { mediaOf } from "./media.js";
import type { RecordingRules } from "./rules.js";

/**
 * Adds `/Recordings/{Sid}` and `.wav` as WAV, and `.mp3` as MP3.
 *
 * @param folder - the folder of media files.
 * @param open - whether media needs no credentials, as at Twilio until 2023.
 */
export function mediaRoutes(app: FastifyInstance, recordings: RecordingRules, folder: string, open: boolean): void {
  app.route({
    method: ["GET", "HEAD"],
    url: `/Recordings/${SID}${extensionOf("wav", "mp3")}`,
    // Twilio's OpenAPI document has no such operation.
    config: { open, operation: "FetchRecordingMedia" },
    handler: download,
  });

  function download(request: CollectionRequest, reply: FastifyReply): FastifyReply {
    const format = request.params.extension === ".mp3" ? "mp3" : "wav";
    const recording = recordings.fetch(request.accountSid, request.params.Sid as string, false);
    const media = mediaOf(recording, format, requestedChannels(request), folder);
    const range = requestedRange(request, media.length);
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
}

/** Yields to the event loop after each chunk, which may take 10 ms to encode. Ends when the connection is closed. */
async function* paced(chunks: ReturnType<ByteSource["read"]>, { raw }: FastifyReply): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    if (raw.destroyed) return;
    if (chunk.length > 0) yield chunk;
    await setImmediate();
  }
}

function requestedChannels({ query }: CollectionRequest): 1 | 2 | undefined {
  const value = textParameter(query, "RequestedChannels");
  if (value === undefined) return undefined;
  if (value === "1" || value === "2") return value === "1" ? 1 : 2;
  throw new TwilioError({ code: 20001, parameter: "RequestedChannels", value, expected: "1 or 2" });
}

/**
 * Parses the Range header. Several ranges, a malformed one, and any If-Range, which cannot match because answers have no
 * validator, get the whole (RFC 9110, 13.1.5 and 14.2).
 *
 * @returns undefined for the whole.
 * @throws TwilioError 20416 if the range begins beyond the end.
 */
function requestedRange(
  { method, headers }: CollectionRequest,
  length: number,
): { start: number; end: number } | undefined {
  const wellFormed = /^bytes=(\d+)?-(\d+)?$/i.exec(headers.range ?? "");
  if (method !== "GET" || headers["if-range"] !== undefined || wellFormed === null) return undefined;
  const [header, from, to = "Infinity"] = wellFormed;
  if (from !== undefined && Number(from) > Number(to)) return undefined;
  const ranges = parseRange(length, header.toLowerCase());
  if (ranges === -1) throw new TwilioError({ code: 20416, length });
  const [range] = ranges === -2 ? [] : ranges;
  return range && { start: range.start, end: range.end + 1 };
}
