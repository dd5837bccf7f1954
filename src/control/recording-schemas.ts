import { SUBRESOURCES } from "../resources/recordings/representation.js";
import { SOURCES, STATUSES } from "../resources/recordings/table.js";
import { NEXT } from "./paging-query.js";
import { eachKey, objectWith, type TypeOf } from "./schema-type.js";

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

/** A Recording resource, and the state of its deletion. */
export const RECORDING_DETAIL = objectWith(
  {
    ...RECORDING.properties,
    date_deleted: { type: ["string", "null"], description: "RFC 2822; null unless soft-deleted." },
    days_left: {
      type: ["integer", "null"],
      description: "Days of retention left by the account's clock, rounded up; 0 if it is over.",
    },
  },
  { title: "RecordingDetail" },
);

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
export type RecordingList = TypeOf<typeof RECORDING_LIST>;
