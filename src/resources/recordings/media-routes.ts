import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import parseRange from "range-parser";
import { Refusal } from "../../conventions/errors.js";
import { textParameter } from "../../conventions/parameters.js";
import type { Sound } from "../../media/sound.js";
import type { CollectionRequest } from "../collection.js";
import { type MediaFormat, mediaOf } from "./media.js";
import type { RecordingRules } from "./rules.js";

/**
 * `/Accounts/{AccountSid}/Recordings/{Sid}`, as WAV, also with `.wav`, and as MP3 with `.mp3`.
 *
 * @param folder - where files may lie that are served instead of melodies.
 * @param open - whether anybody may download, as it was with Twilio until 2023.
 */
export function mediaRoutes(app: FastifyInstance, recordings: RecordingRules, folder: string, open: boolean): void {
  for (const [extension, format] of [
    ["", "wav"],
    [".wav", "wav"],
    [".mp3", "mp3"],
  ] as const) {
    app.route({
      method: ["GET", "HEAD"],
      url: `/Recordings/:Sid${extension}`,
      config: { open },
      handler: (request: CollectionRequest, reply) => download(request, reply, format),
    });
  }

  function download(request: CollectionRequest, reply: FastifyReply, format: MediaFormat): FastifyReply {
    const recording = recordings.fetch(request.accountSid, request.params.Sid as string, false);
    const sound = mediaOf(recording, format, requestedChannels(request), folder);
    const { start, end, partial } = rangeOf(request.headers.range, sound);
    reply
      .code(partial ? 206 : 200)
      .type(sound.contentType)
      .header("Accept-Ranges", "bytes")
      .header("Content-Length", end - start);
    if (partial) reply.header("Content-Range", `bytes ${start}-${end - 1}/${sound.length}`);
    if (request.method === "HEAD") return reply.send();
    // One chunk ahead of the client is enough.
    return reply.send(Readable.from(sound.read(start, end), { highWaterMark: 1 }));
  }
}

function requestedChannels({ query }: CollectionRequest): 1 | 2 | undefined {
  const value = textParameter(query, "RequestedChannels");
  if (value === undefined) return undefined;
  if (value === "1" || value === "2") return value === "1" ? 1 : 2;
  throw new Refusal({ code: 20001, parameter: "RequestedChannels", value, expected: "1 or 2" });
}

/**
 * The part of the media that the client asks for. Several ranges at once, and what is no range, get the whole, as RFC
 * 9110, 14.2 allows.
 *
 * @throws Refusal 20416 if it begins beyond the end.
 */
function rangeOf(header: string | undefined, { length }: Sound): { start: number; end: number; partial: boolean } {
  const ranges = header === undefined ? -2 : parseRange(length, header);
  if (ranges === -1) throw new Refusal({ code: 20416, length });
  const [range] = ranges === -2 || ranges.type !== "bytes" || ranges.length > 1 ? [] : ranges;
  return range === undefined
    ? { start: 0, end: length, partial: false }
    : { start: range.start, end: range.end + 1, partial: true };
}
