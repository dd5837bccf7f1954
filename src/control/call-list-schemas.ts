import { CALL_STATUSES } from "../resources/calls/table.js";
import { CONFERENCE_STATUSES } from "../resources/conferences/table.js";
import { PARTICIPANT_STATUSES } from "../resources/participants/table.js";
import { CALL, CONFERENCE } from "./call-schemas.js";
import { NEXT, pageQuery, sidText } from "./paging-query.js";
import { objectWith, oneOf, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const flag = { type: "boolean" } as const;
const recordingSids = {
  type: "array",
  items: text,
  description: "Its last 100 recordings, newest first, soft-deleted ones included.",
} as const;

export const CALL_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    status: oneOf(CALL_STATUSES),
    conference_sid: sidText("CF", "CF and 32 hexadecimal digits: the calls that are in it, or were."),
    ...pageQuery("CA"),
  },
} as const;

/** A Call resource, and what belongs to it. */
export const CALL_DETAIL = objectWith(
  {
    ...CALL.properties,
    recording_sids: recordingSids,
    conference_sid: { ...textOrNull, description: "The conference that it is in, or was in last." },
  },
  { title: "CallDetail" },
);
export const CALL_LIST = objectWith({ calls: { type: "array", items: CALL_DETAIL }, next: NEXT });

export const CONFERENCE_QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    status: oneOf(CONFERENCE_STATUSES),
    friendly_name: { ...text, description: "The whole name." },
    ...pageQuery("CF"),
  },
} as const;

const PARTICIPANT = objectWith(
  {
    account_sid: text,
    call_sid: text,
    label: textOrNull,
    conference_sid: text,
    date_created: text,
    date_updated: text,
    end_conference_on_exit: flag,
    muted: flag,
    hold: flag,
    status: { enum: PARTICIPANT_STATUSES },
    start_conference_on_enter: flag,
    coaching: flag,
    call_sid_to_coach: textOrNull,
    queue_time: textOrNull,
    uri: text,
  },
  { title: "Participant" },
);

/** A Conference resource, and what belongs to it. */
export const CONFERENCE_DETAIL = objectWith(
  {
    ...CONFERENCE.properties,
    participants: { type: "array", items: PARTICIPANT, description: "Those in it now, the oldest first." },
    recording_sids: recordingSids,
  },
  { title: "ConferenceDetail" },
);
export const CONFERENCE_LIST = objectWith({ conferences: { type: "array", items: CONFERENCE_DETAIL }, next: NEXT });

export type CallQuery = TypeOf<typeof CALL_QUERY>;
export type CallDetail = TypeOf<typeof CALL_DETAIL>;
export type CallList = TypeOf<typeof CALL_LIST>;
export type ConferenceQuery = TypeOf<typeof CONFERENCE_QUERY>;
export type ConferenceDetail = TypeOf<typeof CONFERENCE_DETAIL>;
export type ConferenceList = TypeOf<typeof CONFERENCE_LIST>;
