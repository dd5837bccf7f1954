import type { FastifyInstance } from "fastify";
import { originOf } from "../../twilio-api/request/origin.js";
import {
  booleanParameter,
  dateFilter,
  givenDates,
  givenTexts,
  type Query,
  sidParameter,
} from "../../twilio-api/request/parameters.js";
import { type Collection, deleteRoute, fetchRoutes, listRoutes } from "../collection-routes.js";
import { RECORDING_KEYS, type RecordingStyle, representRecording } from "./representation.js";
import type { RecordingFilter, RecordingRules } from "./rules.js";
import type { RecordingRow } from "./table.js";

/** Returns the filters of a list request, in the documented order. */
const givenFilters = (query: Query) => [
  ...givenDates(query, "DateCreated"),
  ...givenTexts(query, ["CallSid", "ConferenceSid", "IncludeSoftDeleted"]),
];

/** Adds `/Recordings`, without the media. */
export function recordingRoutes(app: FastifyInstance, recordings: RecordingRules, style: RecordingStyle): void {
  const collection: Collection<RecordingRow> = {
    key: "recordings",
    element: "Recording",
    noun: "Recording",
    prefix: "RE",
    keys: RECORDING_KEYS,
    represent: (row, request) => representRecording(row, originOf(request), style),
  };

  listRoutes(
    app,
    "/Recordings",
    collection,
    ({ accountSid, query }, page) => {
      const filter: RecordingFilter = {
        ...dateFilter(query, "DateCreated"),
        call_sid: sidParameter(query, "CallSid", "CA"),
        conference_sid: sidParameter(query, "ConferenceSid", "CF"),
        includeSoftDeleted: booleanParameter(query, "IncludeSoftDeleted"),
      };
      return recordings.list(accountSid, filter, page);
    },
    givenFilters,
  );
  fetchRoutes(
    app,
    "/Recordings",
    collection,
    ({ accountSid, params, query }) =>
      recordings.fetch(accountSid, params.Sid as string, booleanParameter(query, "IncludeSoftDeleted")),
    // The path without an extension is that of the media.
    [":Sid.json", ":Sid.xml"],
  );
  deleteRoute(app, "/Recordings", "Recording", ({ accountSid, params }) =>
    recordings.remove(accountSid, params.Sid as string),
  );
}
