import { ADD_ON_RESULT_STATUSES } from "../../src/resources/add-on-results/table.js";
import { CALL_STATUSES, DIRECTIONS } from "../../src/resources/calls/table.js";
import { CONFERENCE_STATUSES, END_REASONS } from "../../src/resources/conferences/table.js";
import { PARTICIPANT_STATUSES } from "../../src/resources/participants/table.js";
import { SOURCES, STATUSES } from "../../src/resources/recordings/table.js";
import { TRANSCRIPTION_STATUSES } from "../../src/resources/transcriptions/table.js";

// JSON Schemas of the responses. The keys are in Twilio's order.

const HEX_32 = "[0-9a-f]{32}";
const RFC_2822 = "^[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} \\+0000$";
const DECIMAL = "^-?\\d+(\\.\\d+)?$";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const integerOrNull = { type: ["integer", "null"] } as const;
const path = { ...text, pattern: "^/2010-04-01/" } as const;
const date = { ...text, pattern: RFC_2822 } as const;
const dateOrNull = { ...textOrNull, pattern: RFC_2822 } as const;
const base64 = { ...text, pattern: "^[\\w+/-]+=*$" } as const;
/** Whole seconds, as text. */
const secondsOrNull = { ...textOrNull, pattern: "^\\d+$" } as const;
const priceOrNull = { ...textOrNull, pattern: DECIMAL } as const;
const currencyOrNull = { ...textOrNull, pattern: "^[A-Za-z]{3}$" } as const;

export const recordingSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2010-04-01"]),
    call_sid: sidOrNull("CA"),
    conference_sid: sidOrNull("CF"),
    date_created: date,
    date_updated: date,
    start_time: dateOrNull,
    duration: secondsOrNull,
    sid: sid("RE"),
    price: priceOrNull,
    price_unit: currencyOrNull,
    status: among(STATUSES),
    channels: integerOrNull,
    source: among(SOURCES),
    error_code: integerOrNull,
    uri: path,
    encryption_details: { type: ["object", "null"], additionalProperties: base64 },
    subresource_uris: uris("add_on_results", "transcriptions"),
    media_url: text,
  },
} as const;

/** A recording in the view of its call. */
export const callRecordingSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2010-04-01"]),
    call_sid: sid("CA"),
    conference_sid: sidOrNull("CF"),
    channels: { ...integerOrNull, enum: [1, 2, null] },
    date_created: date,
    date_updated: date,
    start_time: dateOrNull,
    price: priceOrNull,
    price_unit: currencyOrNull,
    duration: secondsOrNull,
    sid: sid("RE"),
    source: among(SOURCES),
    status: among(STATUSES.filter((status) => status !== "deleted")),
    error_code: integerOrNull,
    encryption_details: { type: ["object", "null"], additionalProperties: base64 },
    track: among(["inbound", "outbound", "both"]),
    uri: path,
  },
} as const;

export const callSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    annotation: { type: "null" },
    answered_by: textOrNull,
    api_version: among(["2010-04-01"]),
    caller_name: textOrNull,
    date_created: dateOrNull,
    date_updated: dateOrNull,
    direction: among(DIRECTIONS),
    duration: secondsOrNull,
    end_time: dateOrNull,
    forwarded_from: textOrNull,
    from: text,
    from_formatted: text,
    group_sid: sidOrNull("GP"),
    parent_call_sid: sidOrNull("CA"),
    phone_number_sid: sidOrNull("PN"),
    price: priceOrNull,
    price_unit: among(["USD"]),
    queue_time: { ...text, pattern: "^\\d+$" },
    sid: sid("CA"),
    start_time: dateOrNull,
    status: among(CALL_STATUSES),
    subresource_uris: uris(
      "events",
      "notifications",
      "payments",
      "recordings",
      "siprec",
      "streams",
      "transcriptions",
      "user_defined_message_subscriptions",
      "user_defined_messages",
    ),
    to: text,
    to_formatted: text,
    /** Empty without a trunk. */
    trunk_sid: { ...text, pattern: `^(TK${HEX_32})?$` },
    uri: path,
  },
} as const;

/** A recording in the view of its conference. */
export const conferenceRecordingSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2010-04-01"]),
    call_sid: sidOrNull("CA"),
    conference_sid: sid("CF"),
    channels: integerOrNull,
    date_created: date,
    date_updated: date,
    start_time: dateOrNull,
    price: priceOrNull,
    price_unit: currencyOrNull,
    duration: secondsOrNull,
    sid: sid("RE"),
    source: among(SOURCES),
    status: among(STATUSES.filter((status) => status !== "deleted")),
    error_code: integerOrNull,
    encryption_details: { type: ["object", "null"], additionalProperties: base64 },
    uri: path,
  },
} as const;

export const conferenceSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2010-04-01"]),
    date_created: date,
    date_updated: date,
    friendly_name: text,
    region: text,
    sid: sid("CF"),
    status: among(CONFERENCE_STATUSES),
    subresource_uris: uris("participants", "recordings"),
    uri: path,
    reason_conference_ended: { ...textOrNull, enum: [...END_REASONS, null] },
    call_sid_ending_conference: sidOrNull("CA"),
  },
} as const;

export const participantSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    call_sid: sid("CA"),
    label: textOrNull,
    conference_sid: sid("CF"),
    date_created: date,
    date_updated: date,
    end_conference_on_exit: { type: "boolean" },
    muted: { type: "boolean" },
    hold: { type: "boolean" },
    status: among(PARTICIPANT_STATUSES),
    start_conference_on_enter: { type: "boolean" },
    coaching: { type: "boolean" },
    call_sid_to_coach: sidOrNull("CA"),
    queue_time: secondsOrNull,
    uri: path,
  },
} as const;

export const accountSchema = {
  type: "object",
  properties: {
    auth_token: text,
    date_created: date,
    date_updated: date,
    friendly_name: text,
    owner_account_sid: sid("AC"),
    sid: sid("AC"),
    status: among(["active"]),
    subresource_uris: { type: "object", additionalProperties: path },
    type: among(["Full"]),
    uri: path,
  },
} as const;

export const transcriptionSchema = {
  type: "object",
  properties: {
    account_sid: sid("AC"),
    api_version: among(["2008-08-01"]),
    date_created: date,
    date_updated: date,
    duration: secondsOrNull,
    price: { ...text, pattern: DECIMAL },
    price_unit: currencyOrNull,
    recording_sid: sid("RE"),
    sid: sid("TR"),
    status: among(TRANSCRIPTION_STATUSES),
    transcription_text: textOrNull,
    type: textOrNull,
    uri: path,
  },
} as const;

export const addOnResultSchema = {
  type: "object",
  properties: {
    sid: sid("XR"),
    account_sid: sid("AC"),
    status: among(ADD_ON_RESULT_STATUSES),
    add_on_sid: sid("XB"),
    add_on_configuration_sid: sid("XE"),
    date_created: date,
    date_updated: date,
    date_completed: dateOrNull,
    reference_sid: sid("RE"),
    subresource_uris: uris("payloads"),
  },
} as const;

export const payloadSchema = {
  type: "object",
  properties: {
    sid: sid("XH"),
    add_on_result_sid: sid("XR"),
    account_sid: sid("AC"),
    label: textOrNull,
    add_on_sid: sid("XB"),
    add_on_configuration_sid: sid("XE"),
    content_type: text,
    date_created: date,
    date_updated: date,
    reference_sid: sid("RE"),
    subresource_uris: uris("data"),
  },
} as const;

export const payloadDataSchema = { type: "object", properties: { redirect_to: text } } as const;

/** Returns the schema with every key required and no additional properties. */
export function strict(schema: object): object {
  const { properties, items, ...rest } = schema as { properties?: Record<string, object>; items?: object };
  return {
    ...rest,
    ...(items && { items: strict(items) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, strict(value)])),
      required: Object.keys(properties),
      additionalProperties: false,
    }),
  };
}

export function listSchema(key: string, item: object): object {
  return {
    type: "object",
    properties: {
      first_page_uri: text,
      end: { type: "integer" },
      previous_page_uri: textOrNull,
      uri: text,
      page_size: { type: "integer" },
      start: { type: "integer" },
      [key]: { type: "array", items: item },
      next_page_uri: textOrNull,
      page: { type: "integer" },
    },
  };
}

function sid(prefix: string) {
  return { ...text, pattern: `^${prefix}${HEX_32}$` };
}

function sidOrNull(prefix: string) {
  return { ...textOrNull, pattern: `^${prefix}${HEX_32}$` };
}

/** One of these texts. */
function among(texts: readonly string[]) {
  return { ...text, enum: texts };
}

/** An object with these keys, each a path. */
function uris<Key extends string>(...keys: Key[]) {
  return { type: "object", properties: Object.fromEntries(keys.map((key) => [key, path])) };
}
