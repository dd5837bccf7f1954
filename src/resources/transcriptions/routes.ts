import type { FastifyInstance, FastifyReply } from "fastify";
import type { State } from "../../state/state.js";
import { RESOURCE_EXTENSION, SID } from "../../twilio-api/response/formats.js";
import { type Collection, type CollectionRequest, collectionRoutes } from "../collection-routes.js";
import type { RecordingRules } from "../recordings/rules.js";
import { representTranscription, TRANSCRIPTION_KEYS } from "./representation.js";
import { transcriptionRules } from "./rules.js";
import type { TranscriptionRow } from "./table.js";

const COLLECTION: Collection<TranscriptionRow> = {
  key: "transcriptions",
  element: "Transcription",
  noun: "Transcription",
  prefix: "TR",
  keys: TRANSCRIPTION_KEYS,
  // Twilio has no CSV of transcriptions.
  listExtension: RESOURCE_EXTENSION,
  represent: representTranscription,
};

/**
 * Adds `/Transcriptions`, and the same below a recording; `.txt` returns only the text. When the recording is deleted, its
 * transcriptions remain in `/Transcriptions`.
 */
export function transcriptionRoutes(
  app: FastifyInstance,
  { database, clock }: State,
  recordings: RecordingRules,
): void {
  const transcriptions = transcriptionRules(database, clock);
  const ofAccount = ({ accountSid }: CollectionRequest) => ({ account_sid: accountSid });
  const ofRecording = ({ accountSid, params }: CollectionRequest) => ({
    account_sid: accountSid,
    recording_sid: recordings.fetch(accountSid, params.RecordingSid as string, false).sid,
  });

  const underRecording = { ...COLLECTION, noun: "RecordingTranscription" };
  for (const [url, collection, place] of [
    ["/Transcriptions", COLLECTION, ofAccount],
    ["/Recordings/:RecordingSid/Transcriptions", underRecording, ofRecording],
  ] as const) {
    collectionRoutes(app, url, collection, place, transcriptions);
    app.route({
      method: ["GET", "HEAD"],
      url: `${url}/${SID}.txt`,
      config: { operation: `Fetch${collection.noun}` },
      handler: (request: CollectionRequest, reply: FastifyReply) => {
        const { transcription_text } = transcriptions.fetch(place(request), request.params.Sid as string);
        return reply.type("text/plain; charset=utf-8").send(transcription_text ?? "");
      },
    });
  }
}
