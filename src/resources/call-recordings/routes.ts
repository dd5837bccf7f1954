import type { FastifyInstance, FastifyReply } from "fastify";
import { choiceParameter, dateFilter, formOf, givenDates, textParameter } from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { RESOURCE_EXTENSION } from "../../twilio-api/response/formats.js";
import type { OriginOf } from "../callback-order.js";
import { readRecordingForm } from "../calls/parameters.js";
import type { CallRules } from "../calls/rules.js";
import {
  type Collection,
  type CollectionRequest,
  createRoute,
  deleteRoute,
  fetchRoutes,
  listRoutes,
  updateRoute,
} from "../collection-routes.js";
import type { RecordedWhere, RecordingUpdate } from "../recordings/live.js";
import type { RecordingStyle } from "../recordings/representation.js";
import type { RecordingRow } from "../recordings/table.js";
import { CALL_RECORDING_KEYS, representCallRecording } from "./representation.js";
import { CURRENT, type PlacedRecordingRules } from "./rules.js";

/** A SID in a path, or the word for the recording in progress, which only an update finds. */
const SID_OR_CURRENT = `:Sid(^(?:${CURRENT.replace(".", "\\.")}|[^.]*))${RESOURCE_EXTENSION}`;

/** Adds `/Calls/{CallSid}/Recordings`: start, list, fetch, update and delete. */
export function callRecordingRoutes(
  app: FastifyInstance,
  recordings: PlacedRecordingRules,
  calls: CallRules,
  style: RecordingStyle,
  originOf: OriginOf,
): void {
  const url = "/Calls/:CallSid/Recordings";
  const callOf = ({ accountSid, params }: CollectionRequest) => calls.fetch(accountSid, params.CallSid as string);
  const collection: Collection<RecordingRow> = {
    key: "recordings",
    element: "Recording",
    noun: "CallRecording",
    prefix: "RE",
    keys: CALL_RECORDING_KEYS,
    represent: (row, { method }) => representCallRecording(row, style, method === "POST"),
  };
  placedRecordingRoutes(app, url, collection, recordings, ["in-progress", "paused", "stopped"], (request) => ({
    account_sid: request.accountSid,
    call_sid: callOf(request).sid,
  }));
  createRoute(app, url, collection, (request: CollectionRequest, reply: FastifyReply) => {
    const call = callOf(request);
    const { row, isNew } = recordings.start(call, readRecordingForm(formOf(request), false, originOf(request)));
    if (!isNew) reply.code(200);
    return row;
  });
}

/**
 * Adds the routes that the recordings of calls and of conferences share.
 *
 * @param statuses - that an update may ask for.
 * @param placeOf - throws TwilioError 20404 if there is no such call or conference.
 */
export function placedRecordingRoutes(
  app: FastifyInstance,
  url: string,
  collection: Collection<RecordingRow>,
  recordings: PlacedRecordingRules,
  statuses: readonly RecordingUpdate["status"][],
  placeOf: (request: CollectionRequest) => RecordedWhere,
): void {
  const sidOf = ({ params }: CollectionRequest) => params.Sid as string;
  listRoutes(
    app,
    url,
    collection,
    (request, page) => recordings.list(placeOf(request), dateFilter(request.query, "DateCreated"), page),
    (query) => givenDates(query, "DateCreated"),
  );
  fetchRoutes(app, url, collection, (request) => recordings.fetch(placeOf(request), sidOf(request)), [SID_OR_CURRENT]);
  updateRoute(app, url, collection, update, SID_OR_CURRENT);
  deleteRoute(
    app,
    url,
    collection.noun,
    (request) => recordings.remove(placeOf(request), sidOf(request)),
    SID_OR_CURRENT,
  );

  function update(request: CollectionRequest): RecordingRow {
    const where = placeOf(request);
    const sid = sidOf(request);
    // An unknown recording is reported before an invalid parameter.
    if (sid !== CURRENT) recordings.fetch(where, sid);
    const form = formOf(request);
    const status = choiceParameter(form, "Status", statuses);
    const behavior = choiceParameter(form, "PauseBehavior", ["silence", "skip"]);
    if (status === undefined) {
      const value = textParameter(form, "Status") ?? "";
      throw new TwilioError({ code: 20001, parameter: "Status", value, expected: statuses.join(", ") });
    }
    return recordings.update(where, sid, { status, skips: behavior === "skip" });
  }
}
