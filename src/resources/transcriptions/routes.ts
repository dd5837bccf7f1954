import type { FastifyInstance } from "fastify";
import type { TranscriptionRow } from "../../state/rows.js";
import { type Collection, type CollectionRequest, collectionRoutes } from "../collection.js";
import type { Rules } from "../rules.js";
import { representTranscription, TRANSCRIPTION_KEYS } from "./representation.js";

const COLLECTION: Collection<TranscriptionRow> = {
  key: "transcriptions",
  element: "Transcription",
  noun: "Transcription",
  prefix: "TR",
  keys: TRANSCRIPTION_KEYS,
  represent: representTranscription,
};

/**
 * `/Accounts/{AccountSid}/Transcriptions`, and the same under a recording. Under a recording they are found only while it
 * is; the account keeps them until they are deleted themselves.
 */
export function transcriptionRoutes(app: FastifyInstance, { transcriptions, recordings }: Rules): void {
  const ofAccount = ({ accountSid }: CollectionRequest) => ({ account_sid: accountSid });
  const ofRecording = ({ accountSid, params }: CollectionRequest) => ({
    account_sid: accountSid,
    recording_sid: recordings.fetch(accountSid, params.RecordingSid as string, false).sid,
  });

  collectionRoutes(app, "/Transcriptions", COLLECTION, ofAccount, transcriptions);
  const underRecording = { ...COLLECTION, noun: "RecordingTranscription" };
  collectionRoutes(app, "/Recordings/:RecordingSid/Transcriptions", underRecording, ofRecording, transcriptions);
}
