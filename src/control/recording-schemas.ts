import { ADD_ON_RESULT_STATUSES } from "../resources/add-on-results/table.js";
import { SUBRESOURCES } from "../resources/recordings/representation.js";
import { SOURCES, STATUSES } from "../resources/recordings/table.js";
import { TRANSCRIPTION_STATUSES } from "../resources/transcriptions/table.js";
import { NEXT } from "./paging-query.js";
import { eachKey, objectWith, oneOf, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const numberOrNull = { type: ["integer", "null"] } as const;

/** A Recording resource of Twilio's. */
export const RECORDING = objectWith(
  {
    account_sid: text,
    api_version: text,
    call_sid: textOrNull,
    conference_sid: textOrNull,
    date_created: { type: "string", description: "RFC 2822." },
    date_updated: { type: "string", description: "RFC 2822." },
    start_time: { type: ["string", "null"], description: "RFC 2822." },
    duration: { type: ["string", "null"], description: "Seconds." },
    sid: text,
    price: textOrNull,
    price_unit: textOrNull,
    status: { enum: STATUSES },
    channels: numberOrNull,
    source: { enum: SOURCES },
    error_code: numberOrNull,
    uri: text,
    encryption_details: { anyOf: [{ type: "object", additionalProperties: text }, { type: "null" }] },
    subresource_uris: eachKey(SUBRESOURCES, text),
    media_url: text,
  },
  { title: "Recording" },
);

/** A Recording resource, the state of its deletion, and its own status. */
export const RECORDING_DETAIL = objectWith(
  {
    ...RECORDING.properties,
    detailed_status: { enum: STATUSES, description: "As `--live-status detailed` shows it." },
    date_deleted: { type: ["string", "null"], description: "RFC 2822; null unless soft-deleted." },
    days_left: {
      type: ["integer", "null"],
      description: "Days of retention left by the account's clock, rounded up; 0 if it is over.",
    },
  },
  { title: "RecordingDetail" },
);

const TRANSCRIPTION = objectWith(
  {
    account_sid: text,
    api_version: text,
    date_created: text,
    date_updated: text,
    duration: textOrNull,
    price: textOrNull,
    price_unit: textOrNull,
    recording_sid: text,
    sid: text,
    status: { enum: TRANSCRIPTION_STATUSES },
    transcription_text: textOrNull,
    type: textOrNull,
    uri: text,
  },
  { title: "Transcription" },
);

const ADD_ON_RESULT = objectWith(
  {
    sid: text,
    account_sid: text,
    status: { enum: ADD_ON_RESULT_STATUSES },
    add_on_sid: text,
    add_on_configuration_sid: text,
    date_created: text,
    date_updated: text,
    date_completed: textOrNull,
    reference_sid: text,
    subresource_uris: objectWith({ payloads: text }),
  },
  { title: "AddOnResult" },
);

/** A recording, and what belongs to it. */
export const RECORDING_WITH_RESULTS = objectWith(
  {
    ...RECORDING_DETAIL.properties,
    track: { enum: ["inbound", "outbound", "both"] },
    has_key: {
      type: ["boolean", "null"],
      description: "Whether the emulator can decrypt it; null for a recording that is not encrypted.",
    },
    transcriptions: { type: "array", items: TRANSCRIPTION, description: "The last 100, newest first." },
    add_on_results: { type: "array", items: ADD_ON_RESULT, description: "The last 100, newest first." },
  },
  { title: "RecordingWithResults" },
);

export const RECORDING_MOVE = {
  type: "object",
  description: "An object with status.",
  required: ["status"],
  additionalProperties: false,
  properties: { status: oneOf(["in-progress", "paused", "stopped"]) },
} as const;

export const RECORDING_LIST = objectWith({
  recordings: { type: "array", items: RECORDING_DETAIL },
  next: NEXT,
});

export const CREATED_RECORDINGS = {
  description: "The recording; or recordings, for an array or an object with lists.",
  anyOf: [RECORDING, objectWith({ recordings: { type: "array", items: RECORDING } })],
} as const;

export type RecordingView = TypeOf<typeof RECORDING>;
export type RecordingDetail = TypeOf<typeof RECORDING_DETAIL>;
export type RecordingWithResults = TypeOf<typeof RECORDING_WITH_RESULTS>;
export type RecordingList = TypeOf<typeof RECORDING_LIST>;
