import { Ajv, type ValidateFunction } from "ajv";
import type { InjectOptions } from "fastify";
import type { Test } from "tap";
import type { Config } from "../../src/config/config.js";
import { ACCOUNT, emulator, pathOf } from "./emulator.js";
import {
  callRecordingSchema,
  callSchema,
  conferenceRecordingSchema,
  conferenceSchema,
  listSchema,
  participantSchema,
  recordingSchema,
  strict,
  transcriptionSchema,
} from "./schemas.js";

export const CALLS = `/2010-04-01/Accounts/${ACCOUNT}/Calls.json`;
export const NOON = "2026-01-31T12:00:00.000Z";

/** A documented example number, and one of those that are reserved for fiction. */
export const TO = "+14155551212";
export const FROM = "+12025550100";

export const callPath = (sid: string, account = ACCOUNT) => `/2010-04-01/Accounts/${account}/Calls/${sid}.json`;
export const recordingsPath = (callSid: string, account = ACCOUNT) =>
  `/2010-04-01/Accounts/${account}/Calls/${callSid}/Recordings.json`;
export const recordingPath = (callSid: string, sid: string) => recordingsPath(callSid).replace(".json", `/${sid}.json`);

/** Returns the path of a recording's media. */
export const mediaPath = (sid: string, extension = ".wav") => pathOf(sid).replace(".json", extension);

/** Returns the seconds of sound in a WAV file of 8 kHz and 16 bit. */
export function secondsOf(wav: Buffer): number {
  const channels = wav.readUInt16LE(22);
  return wav.readUInt32LE(40) / (8000 * 2 * channels);
}

/** Returns the date of so many seconds after noon, as in answers. */
export const secondsAfterNoon = (seconds: number) =>
  new Date(Date.parse(NOON) + seconds * 1000).toUTCString().replace("GMT", "+0000");

/** Returns an error's body. */
export const errorOf = (status: number, code: number, message: string) => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

/** Returns the error of a parameter with an unknown value. */
export const invalidValue = (parameter: string, value: string, expected: string) =>
  errorOf(400, 20001, `Invalid value '${value}' for parameter '${parameter}': expected ${expected}`);

/** The error of a call, or a recording, that cannot be recorded at present. */
export const NOT_ELIGIBLE = errorOf(400, 21220, "Requested resource is not eligible for recording");

const ajv = new Ajv({ allowUnionTypes: true });
type Shape = [method: "GET" | "POST", path: RegExp, schema: object, validate: ValidateFunction];
const SHAPES: Shape[] = (
  [
    ["POST", /\/Calls\.json$/, callSchema],
    ["GET", /\/Calls\.json$/, listSchema("calls", callSchema)],
    ["GET", /\/Calls\/\w+\.json$/, callSchema],
    ["POST", /\/Calls\/\w+\.json$/, callSchema],
    ["GET", /\/Calls\/\w+\/Recordings\.json$/, listSchema("recordings", callRecordingSchema)],
    ["POST", /\/Calls\/\w+\/Recordings\.json$/, callRecordingSchema],
    ["GET", /\/Calls\/\w+\/Recordings\/\w+\.json$/, callRecordingSchema],
    ["POST", /\/Calls\/\w+\/Recordings\/[\w.]+\.json$/, callRecordingSchema],
    ["GET", /\/Conferences\.json$/, listSchema("conferences", conferenceSchema)],
    ["GET", /\/Conferences\/\w+\.json$/, conferenceSchema],
    ["POST", /\/Conferences\/\w+\.json$/, conferenceSchema],
    ["GET", /\/Conferences\/[^/]+\/Participants\.json$/, listSchema("participants", participantSchema)],
    ["POST", /\/Conferences\/[^/]+\/Participants\.json$/, participantSchema],
    ["GET", /\/Conferences\/[^/]+\/Participants\/[^/]+\.json$/, participantSchema],
    ["POST", /\/Conferences\/[^/]+\/Participants\/[^/]+\.json$/, participantSchema],
    ["GET", /\/Conferences\/\w+\/Recordings\.json$/, listSchema("recordings", conferenceRecordingSchema)],
    ["GET", /\/Conferences\/\w+\/Recordings\/\w+\.json$/, conferenceRecordingSchema],
    ["POST", /\/Conferences\/\w+\/Recordings\/[\w.]+\.json$/, conferenceRecordingSchema],
    ["GET", /\/Transcriptions\.json$/, listSchema("transcriptions", transcriptionSchema)],
    ["GET", /AC\w+\/Recordings\.json$/, listSchema("recordings", recordingSchema)],
    ["GET", /AC\w+\/Recordings\/\w+\.json$/, recordingSchema],
  ] as const
).map(([method, path, schema]) => [method, path, schema, ajv.compile(strict(schema))]);

/** Returns a value with the keys of its schema in the schema's order. */
function inOrder(value: unknown, schema: object): unknown {
  const { properties, items } = schema as { properties?: Record<string, object>; items?: object };
  if (Array.isArray(value)) return items === undefined ? value : value.map((one) => inOrder(one, items));
  if (properties === undefined || value === null) return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, inOrder(record[key], inner)]));
}

/** Fails the test if a successful answer of calls and recordings has other keys, another order or other values than its schema. */
function checkShape(t: Test, method: string, url: string, answer: { statusCode: number; body: string }): void {
  const path = url.split("?")[0] as string;
  if (answer.statusCode >= 300 || !path.endsWith(".json") || !/^(GET|POST)$/.test(method)) return;
  const [, , schema, validate] = SHAPES.find(([verb, pattern]) => verb === method && pattern.test(path)) ?? [];
  if (schema === undefined || validate === undefined) return void t.fail(`${method} ${path} has no schema`);
  const body: unknown = JSON.parse(answer.body);
  if (!validate(body)) t.fail(`${method} ${url} does not fit its schema`, { errors: validate.errors, body });
  if (JSON.stringify(inOrder(body, schema)) !== answer.body) t.fail(`${method} ${url} has its keys in another order`);
}

/**
 * Starts an emulator whose clock is frozen at noon. Each answer is checked against its schema.
 *
 * By default, a call rings after 1 s, is answered after 2 s and lasts 10 s; its recording is processed for 3 s.
 */
export async function callEmulator(t: Test, overrides: Partial<Config> = {}) {
  // The dates of the default fixtures are relative to the time of seeding.
  const running = await emulator(t, { clock: Date.parse(NOON), ...overrides });
  await running.steer("POST", "/clock", { now: NOON, frozen: true });

  const send = async (url: string, options: Omit<InjectOptions, "url"> = {}) => {
    const answer = await running.send(url, options);
    checkShape(t, options.method ?? "GET", url, answer);
    return answer;
  };
  const post = async (...[url, form, options]: Parameters<typeof running.post>) => {
    const answer = await running.post(url, form, options);
    checkShape(t, "POST", url, answer);
    return answer;
  };
  /** Turns the clock forward by seconds. */
  const advance = async (seconds: number) => {
    const { status, body } = await running.steer("POST", "/clock", { advance: `PT${seconds}S` });
    if (status !== 200) throw new Error(JSON.stringify(body));
  };
  /** Changes how the account's calls go. */
  const configure = async (settings: object) => {
    const { status, body } = await running.steer("PATCH", "/call-settings", settings);
    if (status !== 200) throw new Error(JSON.stringify(body));
  };
  /** Places a call; returns its SID. */
  const place = async (form: Record<string, string> = {}): Promise<string> => {
    const answer = await post(CALLS, { To: TO, From: FROM, Url: "https://example.com/voice.xml", ...form });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json().sid;
  };
  /** Places a call and lets it be answered, 2 s later; returns its SID. */
  const answered = async (form?: Record<string, string>) => {
    const sid = await place(form);
    await advance(2);
    return sid;
  };
  const fetchCall = async (sid: string) => (await send(callPath(sid))).json();
  /** Returns the call's view of its recordings. */
  const recordingsOf = async (callSid: string) => (await send(recordingsPath(callSid))).json().recordings;
  return { ...running, send, post, advance, configure, place, answered, fetchCall, recordingsOf };
}
