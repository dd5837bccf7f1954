import type { FastifyInstance } from "fastify";
import {
  choiceParameter,
  dateFilter,
  formOf,
  givenDates,
  givenTexts,
  type Query,
  textParameter,
} from "../../twilio-api/request/parameters.js";
import { type Collection, type CollectionRequest, fetchRoutes, listRoutes, updateRoute } from "../collection-routes.js";
import { CONFERENCE_KEYS, representConference } from "./representation.js";
import type { ConferenceRules } from "./rules.js";
import { CONFERENCE_STATUSES, type ConferenceRow } from "./table.js";

const COLLECTION: Collection<ConferenceRow> = {
  key: "conferences",
  element: "Conference",
  noun: "Conference",
  prefix: "CF",
  keys: CONFERENCE_KEYS,
  represent: representConference,
};

/** Returns the filters of a list request, in the documented order. */
const givenFilters = (query: Query) => [
  ...givenDates(query, "DateCreated"),
  ...givenDates(query, "DateUpdated"),
  ...givenTexts(query, ["FriendlyName", "Status"]),
];

/** Adds `/Conferences`: list, fetch and update. Twilio has no create and no delete: a participant opens a conference. */
export function conferenceRoutes(app: FastifyInstance, conferences: ConferenceRules): void {
  listRoutes(app, "/Conferences", COLLECTION, list, givenFilters);
  fetchRoutes(app, "/Conferences", COLLECTION, ({ accountSid, params }) =>
    conferences.fetch(accountSid, params.Sid as string),
  );
  updateRoute(app, "/Conferences", COLLECTION, update);

  function list({ accountSid, query }: CollectionRequest, page: Parameters<ConferenceRules["list"]>[2]) {
    const friendly_name = textParameter(query, "FriendlyName");
    const status = choiceParameter(query, "Status", CONFERENCE_STATUSES);
    const where = { ...(friendly_name !== undefined && { friendly_name }), ...(status !== undefined && { status }) };
    const filter = { where, created: dateFilter(query, "DateCreated"), updated: dateFilter(query, "DateUpdated") };
    return conferences.list(accountSid, filter, page);
  }

  /** An announcement is accepted, and not played. */
  function update(request: CollectionRequest): ConferenceRow {
    const row = conferences.fetch(request.accountSid, request.params.Sid as string);
    return choiceParameter(formOf(request), "Status", ["completed"]) === undefined ? row : conferences.end(row);
  }
}
