import type { FastifyInstance } from "fastify";
import { CONFERENCE_RECORDING_KEYS, representConferenceRecording } from "../call-recordings/representation.js";
import { placedRecordingRoutes } from "../call-recordings/routes.js";
import type { PlacedRecordingRules } from "../call-recordings/rules.js";
import type { ConferenceRules } from "../conferences/rules.js";
import type { RecordingStyle } from "../recordings/representation.js";

/** Adds `/Conferences/{ConferenceSid}/Recordings`: list, fetch, update and delete. A conference's cannot be stopped (documented). */
export function conferenceRecordingRoutes(
  app: FastifyInstance,
  recordings: PlacedRecordingRules,
  conferences: ConferenceRules,
  style: RecordingStyle,
): void {
  placedRecordingRoutes(
    app,
    "/Conferences/:ConferenceSid/Recordings",
    {
      key: "recordings",
      element: "Recording",
      noun: "ConferenceRecording",
      prefix: "RE",
      keys: CONFERENCE_RECORDING_KEYS,
      represent: (row, { method }) => representConferenceRecording(row, style, method === "POST"),
    },
    recordings,
    ["in-progress", "paused"],
    ({ accountSid, params }) => ({
      account_sid: accountSid,
      conference_sid: conferences.fetch(accountSid, params.ConferenceSid as string).sid,
    }),
  );
}
