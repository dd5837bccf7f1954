import type { FastifyInstance, FastifyReply } from "fastify";
import { textParameter } from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { extensionOf, SID } from "../../twilio-api/response/formats.js";
import type { CollectionRequest } from "../collection-routes.js";
import { mediaOf } from "./media.js";
import type { RecordingRules } from "./rules.js";
import { sendMedia } from "./send-media.js";

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
    return sendMedia(request, reply, media, (length) => new TwilioError({ code: 20416, length }));
  }
}

function requestedChannels({ query }: CollectionRequest): 1 | 2 | undefined {
  const value = textParameter(query, "RequestedChannels");
  if (value === undefined) return undefined;
  if (value === "1" || value === "2") return value === "1" ? 1 : 2;
  throw new TwilioError({ code: 20001, parameter: "RequestedChannels", value, expected: "1 or 2" });
}
