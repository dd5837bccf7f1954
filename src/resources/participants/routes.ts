import type { FastifyInstance } from "fastify";
import {
  booleanParameter,
  choiceParameter,
  formOf,
  givenTexts,
  type Query,
  sidParameter,
  textParameter,
} from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { RESOURCE_EXTENSION } from "../../twilio-api/response/formats.js";
import { RECORDING_EVENTS } from "../callback-events.js";
import { type OriginOf, readCallbackOrder } from "../callback-order.js";
import { readAddresses, readCourse, readRecordingForm } from "../calls/parameters.js";
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
import type { ConferenceScript, Participation } from "../conferences/script.js";
import { CONFERENCE_EVENTS } from "../conferences/status-callback.js";
import type { RecordingOrder } from "../recordings/live.js";
import { PARTICIPANT_KEYS, representParticipant } from "./representation.js";
import type { ParticipantPlace, ParticipantRules } from "./rules.js";
import type { ParticipantRow } from "./table.js";

const COLLECTION: Collection<ParticipantRow> = {
  key: "participants",
  element: "Participant",
  noun: "Participant",
  prefix: "CP",
  keys: PARTICIPANT_KEYS,
  represent: representParticipant,
};

const FILTERS = [
  ["Muted", "muted"],
  ["Hold", "hold"],
  ["Coaching", "coaching"],
] as const;

const EVENT_NAMES = Object.keys(CONFERENCE_EVENTS);

const givenFilters = (query: Query) =>
  givenTexts(
    query,
    FILTERS.map(([name]) => name),
  );

/** Adds `/Conferences/{Sid or FriendlyName}/Participants[/{CallSid or label}]`: create, list, fetch, update and remove. */
export function participantRoutes(
  app: FastifyInstance,
  participants: ParticipantRules,
  calls: CallRules,
  originOf: OriginOf,
): void {
  const url = "/Conferences/:ConferenceSid/Participants";
  // A label may contain dots.
  const one = `:CallSid(^.*?)${RESOURCE_EXTENSION}`;
  listRoutes(app, url, COLLECTION, list, givenFilters);
  createRoute(app, url, COLLECTION, create);
  fetchRoutes(app, url, COLLECTION, (request) => participants.fetch(placeOf(request), callOf(request)), [one]);
  updateRoute(app, url, COLLECTION, update, one);
  deleteRoute(app, url, "Participant", (request) => participants.remove(placeOf(request), callOf(request)), one);

  function list(request: CollectionRequest, page: Parameters<ParticipantRules["list"]>[2]) {
    const { query } = request;
    const chosen = FILTERS.flatMap(([name, column]) =>
      textParameter(query, name) === undefined ? [] : [[column, booleanParameter(query, name) ? 1 : 0]],
    );
    return participants.list(placeOf(request), Object.fromEntries(chosen) as Partial<ParticipantRow>, page);
  }

  function create(request: CollectionRequest): ParticipantRow {
    const { accountSid } = request;
    const form = formOf(request);
    const origin = originOf(request);
    const to = textParameter(form, "To");
    if (to === undefined) throw new TwilioError({ code: 21201 });
    const addresses = readAddresses(form, to, calls.settings.of(accountSid).from_numbers);
    const call = {
      account_sid: accountSid,
      ...addresses,
      direction: "outbound-api" as const,
      ...readCourse(form, origin),
    };
    const participation = { label: textParameter(form, "Label") ?? null, ...readParticipation(form) };
    return participants.create(placeOf(request), call, participation, readConference(form, origin));
  }

  function update(request: CollectionRequest): ParticipantRow {
    // An unknown participant is reported before an invalid parameter.
    const row = participants.fetch(placeOf(request), callOf(request));
    const form = formOf(request);
    const muted = textParameter(form, "Muted")?.toLowerCase();
    // Documented for an update: any value but true unmutes.
    const changes = readParticipation({ ...form, Muted: muted === undefined || muted === "true" ? muted : "false" });
    return participants.update(row, changes);
  }
}

function placeOf({ accountSid, params }: CollectionRequest): ParticipantPlace {
  return { account_sid: accountSid, conference: params.ConferenceSid as string };
}

function callOf({ params }: CollectionRequest): string {
  return params.CallSid as string;
}

/** Parses the parameters that both create and update have. */
function readParticipation(form: Query): Participation {
  const flag = (name: string) => (textParameter(form, name) === undefined ? undefined : booleanParameter(form, name));
  const flags = {
    muted: flag("Muted"),
    hold: flag("Hold"),
    coaching: flag("Coaching"),
    start_conference_on_enter: flag("StartConferenceOnEnter"),
    end_conference_on_exit: flag("EndConferenceOnExit"),
    call_sid_to_coach: sidParameter(form, "CallSidToCoach", "CA"),
  };
  // Documented: coaching is true if there is a call to coach.
  const coaching = flags.coaching ?? (flags.call_sid_to_coach === undefined ? undefined : true);
  return Object.fromEntries(Object.entries({ ...flags, coaching }).filter(([, value]) => value !== undefined));
}

/** Parses `ConferenceRecord` and `ConferenceStatusCallback`, and what goes with them. */
function readConference(form: Query, origin: string): ConferenceScript {
  const callback = readCallbackOrder(form, "ConferenceStatusCallback", EVENT_NAMES, ["start", "end"], origin);
  const recording = readConferenceRecord(form, origin);
  return { ...(callback && { callback }), ...(recording && { recording }) };
}

function readConferenceRecord(form: Query, origin: string): RecordingOrder | undefined {
  const choice = choiceParameter(form, "ConferenceRecord", ["true", "false", "record-from-start", "do-not-record"]);
  const trim = choiceParameter(form, "ConferenceTrim", ["trim-silence", "do-not-trim"]);
  const name = "ConferenceRecordingStatusCallback";
  const callback = readCallbackOrder(form, name, RECORDING_EVENTS, ["completed"], origin);
  if (choice !== "true" && choice !== "record-from-start") return undefined;
  const order = readRecordingForm({}, trim !== "do-not-trim", origin);
  return { ...order, source: "Conference", ...(callback && { callback }) };
}
