import { RECORDING_EVENTS } from "../resources/callback-events.js";
import { CALL_SUBRESOURCES } from "../resources/calls/representation.js";
import { OUTCOMES } from "../resources/calls/settings.js";
import { CALL_EVENTS } from "../resources/calls/status-callback.js";
import { CALL_STATUSES, DIRECTIONS } from "../resources/calls/table.js";
import { CONFERENCE_EVENTS } from "../resources/conferences/status-callback.js";
import { CONFERENCE_STATUSES } from "../resources/conferences/table.js";
import { SOURCES } from "../resources/recordings/table.js";
import { eachKey, objectWith, oneOf, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const textOrNull = { type: ["string", "null"] } as const;
const date = { type: ["string", "null"], description: "RFC 2822." } as const;
const flag = (description: string) => ({ type: "boolean", description }) as const;
const seconds = (description: string) =>
  ({ type: "number", minimum: 0, maximum: 86_400, description: `Seconds, 0 to 86400: ${description}` }) as const;

/** How calls go. */
const SCRIPT_PROPERTIES = {
  rings_after: seconds("from the request to the first ring."),
  answered_after: seconds("from the request to the answer, or to another outcome."),
  lasts: {
    ...seconds("from the answer to the end; null until it is hung up."),
    type: ["number", "null"],
  },
  processed_for: seconds("from the end of a recording to its completion."),
  speaks_for: {
    type: ["number", "null"],
    minimum: 1,
    maximum: 86_400,
    description: "Seconds, 1 to 86400: in a <Record>, before the caller presses #; null until the call ends.",
  },
  outcome: oneOf(OUTCOMES),
  runs_twiml: flag("false executes no TwiML: the call goes by these settings alone."),
  sound: oneOf(["speech", "silence"], " What recordings contain."),
  absent_if_silent: flag("true makes silent recordings absent, with error 16102."),
  instant: flag("true lets every step take no time; recordings are as long as they would have been."),
} as const;

const SCRIPT = {
  type: "object",
  description: "How the call goes; omitted keys are the account's settings.",
  additionalProperties: false,
  properties: SCRIPT_PROPERTIES,
} as const;

const SETTINGS_PROPERTIES = {
  ...SCRIPT_PROPERTIES,
  transcribed_for: seconds("from the completion of a recording to that of its transcription."),
  from_numbers: {
    type: ["array", "null"],
    items: { ...text, description: "A number, client: or sip:." },
    description: "The numbers that the account may call from: any other is refused with 21210. null for any number.",
  },
  recording_key: {
    type: ["string", "null"],
    description: "The SID of a public key of the fixtures that encrypts new recordings; null for none.",
  },
} as const;

export const CALL_SETTINGS = objectWith(SETTINGS_PROPERTIES);
export const CALL_SETTINGS_CHANGE = {
  type: "object",
  description: "An object with the keys to change.",
  minProperties: 1,
  additionalProperties: false,
  properties: SETTINGS_PROPERTIES,
} as const;

export type CallSettingsView = TypeOf<typeof CALL_SETTINGS>;
export type CallSettingsChange = TypeOf<typeof CALL_SETTINGS_CHANGE>;

const URL = { type: "string", pattern: "^https?://", description: "An absolute http or https URL." } as const;

/** Where callbacks go. */
const callback = (events: readonly string[], omitted: string) =>
  ({
    type: "object",
    description: "An object with url: where status callbacks go.",
    required: ["url"],
    additionalProperties: false,
    properties: {
      url: URL,
      method: oneOf(["GET", "POST"], " Omitted: POST."),
      events: { type: "array", items: oneOf(events), description: `An array of events. Omitted: ${omitted}.` },
    },
  }) as const;
export type CallbackSpec = TypeOf<ReturnType<typeof callback>>;

/** What to record, as TwiML or a request would ask for it. */
export const RECORDING_ORDER = {
  type: "object",
  description: "What to record; all keys may be omitted.",
  additionalProperties: false,
  properties: {
    source: oneOf(
      SOURCES.filter((source) => source !== "StartConferenceRecordingAPI"),
      " Omitted: RecordVerb.",
    ),
    channels: oneOf([1, 2], " Omitted: 2 for StartCallRecordingTwiML, else 1."),
    track: oneOf(["inbound", "outbound", "both"]),
    trim: flag("false keeps silence. Omitted: true."),
    length: {
      type: "number",
      minimum: 1,
      maximum: 86_400,
      description: "Seconds, 1 to 86400, after which it ends. Omitted: with the call.",
    },
    callback: callback(RECORDING_EVENTS, "completed"),
    action: callback(["completed"], "its only one"),
    transcription: {
      description: "true transcribes it; or an object with text or fails. Only for RecordVerb.",
      anyOf: [
        { type: "boolean" },
        {
          type: "object",
          additionalProperties: false,
          properties: {
            text,
            fails: flag("true lets it fail."),
            callback: callback(["completed"], "its only one"),
          },
        },
      ],
    },
  },
} as const;
export type RecordingSpec = TypeOf<typeof RECORDING_ORDER>;

const SID = (prefix: string) => ({ type: "string", pattern: `^${prefix}[0-9a-fA-F]{32}$` }) as const;

const PARTICIPATION = {
  label: { ...text, description: "A text, by which it is found." },
  muted: flag("true mutes it."),
  hold: flag("true holds it."),
  coaching: flag("true lets it coach another call."),
  start_conference_on_enter: flag("false waits for another participant. Omitted: true."),
  end_conference_on_exit: flag("true ends the conference when it leaves."),
} as const;

export const NEW_CALL = {
  type: "object",
  description: "An object; all keys may be omitted.",
  additionalProperties: false,
  properties: {
    sid: { ...SID("CA"), description: "CA and 32 hexadecimal digits. Omitted: random." },
    to: { ...text, description: "A number, client: or sip:. Omitted: +12025550100." },
    from: { ...text, description: "A number, client: or sip:. Omitted: a number for fiction." },
    status: oneOf(CALL_STATUSES, " Omitted: queued. A ringing call rings until it is moved."),
    direction: oneOf(DIRECTIONS, " Omitted: inbound."),
    parent_call_sid: {
      ...SID("CA"),
      description: "CA and 32 hexadecimal digits: the call that this one is a child of.",
    },
    script: SCRIPT,
    recording: { ...RECORDING_ORDER, description: "What to record from the answer on." },
    url: { ...URL, description: "The address of its TwiML: an absolute http or https URL." },
    method: oneOf(["GET", "POST"], " Of the request to url. Omitted: POST."),
    twiml: { ...text, description: "Its TwiML, if there is no url." },
    callback: callback(CALL_EVENTS, "completed"),
    conference: {
      type: "object",
      description: "The conference that it joins when it is answered, by name.",
      required: ["friendly_name"],
      additionalProperties: false,
      properties: {
        friendly_name: { type: "string", minLength: 1, description: "A name of one character or more." },
        ...PARTICIPATION,
      },
    },
  },
} as const;
export type NewCallSpec = TypeOf<typeof NEW_CALL>;

export const CALL_CHANGE = {
  type: "object",
  description: "An object with status.",
  required: ["status"],
  additionalProperties: false,
  properties: { status: oneOf(CALL_STATUSES.filter((status) => status !== "queued")) },
} as const;

/** A Call resource. */
export const CALL = objectWith(
  {
    account_sid: text,
    annotation: { type: "null" },
    answered_by: textOrNull,
    api_version: text,
    caller_name: textOrNull,
    date_created: date,
    date_updated: date,
    direction: { enum: DIRECTIONS },
    duration: { type: ["string", "null"], description: "Seconds." },
    end_time: date,
    forwarded_from: textOrNull,
    from: text,
    from_formatted: text,
    group_sid: textOrNull,
    parent_call_sid: textOrNull,
    phone_number_sid: textOrNull,
    price: textOrNull,
    price_unit: text,
    queue_time: text,
    sid: text,
    start_time: date,
    status: { enum: CALL_STATUSES },
    subresource_uris: eachKey(CALL_SUBRESOURCES, text),
    to: text,
    to_formatted: text,
    trunk_sid: text,
    uri: text,
  },
  { title: "Call" },
);
export type CallView = TypeOf<typeof CALL>;

export const NEW_CONFERENCE = {
  type: "object",
  description: "An object; all keys may be omitted.",
  additionalProperties: false,
  properties: {
    friendly_name: { type: "string", minLength: 1, description: "A name of one character or more. Omitted: random." },
    participants: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "A whole number from 1 to 100: the calls in it. Omitted: 2.",
    },
    recording: {
      description: "true records it from its start; or an object with callback.",
      anyOf: [
        { type: "boolean" },
        {
          type: "object",
          additionalProperties: false,
          properties: { callback: callback(RECORDING_EVENTS, "completed") },
        },
      ],
    },
    callback: callback(Object.keys(CONFERENCE_EVENTS), "start and end"),
    script: { ...SCRIPT, description: "How its calls go. Omitted: they last until they are hung up." },
  },
} as const;
export type NewConferenceSpec = TypeOf<typeof NEW_CONFERENCE>;

/** A Conference resource, and its calls. */
export const CONFERENCE = objectWith(
  {
    account_sid: text,
    api_version: text,
    date_created: text,
    date_updated: text,
    friendly_name: text,
    region: text,
    sid: text,
    status: { enum: CONFERENCE_STATUSES },
    subresource_uris: objectWith({ participants: text, recordings: text }),
    uri: text,
    reason_conference_ended: textOrNull,
    call_sid_ending_conference: textOrNull,
    call_sids: { type: "array", items: text, description: "The calls in it now." },
  },
  { title: "Conference" },
);
export type ConferenceView = TypeOf<typeof CONFERENCE>;
