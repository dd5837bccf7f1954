import { parseCallbackUrl } from "../../callbacks/callback-url.js";
import { RECORDING_EVENTS } from "../callback-events.js";
import { type CallbackOrder, readCallbackOrder } from "../callback-order.js";
import type { ConferenceScript, Participation } from "../conferences/script.js";
import { CONFERENCE_EVENTS } from "../conferences/status-callback.js";
import type { RecordingOrder } from "../recordings/live.js";
import { parseAddress } from "./addresses.js";
import type { DocumentAddress } from "./script.js";
import { CALL_EVENTS } from "./status-callback.js";
import type { Element } from "./twiml-document.js";

/** The document of a verb, and scheme and host of the emulator in callbacks. */
export interface VerbPlace {
  document?: DocumentAddress;
  origin: string;
}

/** The characters that a voice speaks in a second: 150 words in a minute. */
const CHARACTERS_A_SECOND = 15;
/** The length of any sound file, in seconds: it is not requested. */
const SOUND_LENGTH = 5;
/** The length of one tone, in seconds. */
const TONE_LENGTH = 0.5;

/** Returns the seconds that `<Say>`, `<Play>` or `<Pause>` takes; Infinity for an endless loop. */
export function secondsOf(verb: Element): number {
  const { name, text, attributes } = verb;
  if (name === "Pause") return numberOf(verb, "length", 1);
  const digits = attributes.digits ?? "";
  const once =
    name === "Say"
      ? Math.ceil(text.length / CHARACTERS_A_SECOND)
      : digits === ""
        ? SOUND_LENGTH
        : digits.length * TONE_LENGTH;
  const loop = numberOf(verb, "loop", 1);
  return loop === 0 && once > 0 ? Number.POSITIVE_INFINITY : once * loop;
}

/** Returns a URL of a document in absolute form; undefined if there is none, or it is relative and its document has no URL. */
export function resolveUrl(text: string | undefined, { document }: VerbPlace): string | undefined {
  if (text === undefined || text === "") return undefined;
  const url = /^https?:/i.test(text) ? text : document && URL.parse(text, document.url)?.href;
  return url !== undefined && parseCallbackUrl(url) !== undefined ? url : undefined;
}

/** Returns the `action` of a verb; undefined without one. */
export function actionOf(verb: Element, place: VerbPlace): DocumentAddress | undefined {
  const url = resolveUrl(verb.attributes.action, place);
  return url === undefined ? undefined : { url, method: methodOf(verb, "method") };
}

export function methodOf(verb: Element, name: string): "GET" | "POST" {
  return choiceOf(verb, name, ["GET", "POST"]) ?? "POST";
}

/** What `<Record>` asks for. Times are seconds. */
export interface RecordVerb {
  order: RecordingOrder;
  action: DocumentAddress | undefined;
  maxLength: number;
  /** The silence that ends it. */
  timeout: number;
  finishOnKey: string;
}

/** @see https://www.twilio.com/docs/voice/twiml/record */
export function readRecord(verb: Element, place: VerbPlace): RecordVerb {
  const { transcribe, transcribeCallback, finishOnKey = "1234567890*#" } = verb.attributes;
  const url = resolveUrl(transcribeCallback, place);
  const isTranscribed = transcribe === "true" || url !== undefined;
  const callback = { method: "POST", events: [], origin: place.origin } as const;
  // Without an action, the document itself is requested again.
  const action = actionOf(verb, place) ?? (place.document && { ...place.document, method: methodOf(verb, "method") });
  return {
    order: {
      ...readRecording(verb, place),
      source: "RecordVerb",
      ...(isTranscribed && { transcription: { ...(url !== undefined && { callback: { ...callback, url } }) } }),
      ...(action && { action: { ...callback, ...action } }),
    },
    action,
    maxLength: Math.max(1, numberOf(verb, "maxLength", isTranscribed ? 120 : 3600)),
    timeout: numberOf(verb, "timeout", 5),
    finishOnKey,
  };
}

/** Returns the recording that the `record` of `<Dial>` orders, and whether it begins before the answer. */
export function readDialRecording(verb: Element, place: VerbPlace) {
  const found = /^(?:true|record-from-(answer|ringing)(-dual)?)$/.exec(verb.attributes.record ?? "");
  if (found === null) return undefined;
  const [, start, dual] = found;
  const order: RecordingOrder = {
    ...readRecording(verb, place),
    source: "DialVerb",
    channels: dual === undefined ? 1 : 2,
  };
  return { order, isFromRinging: start === "ringing" };
}

/** @see https://www.twilio.com/docs/voice/twiml/recording */
export function readStartRecording(noun: Element, place: VerbPlace): RecordingOrder {
  // Recorded in 2026: a relative URL fails here.
  return {
    ...readRecording(noun, { origin: place.origin }),
    source: "StartCallRecordingTwiML",
    channels: choiceOf(noun, "channels", ["mono", "dual"]) === "mono" ? 1 : 2,
  };
}

/** Reads the attributes that all verbs share that record. */
function readRecording(verb: Element, place: VerbPlace): Omit<RecordingOrder, "source"> {
  const track = choiceOf(verb, verb.name === "Recording" ? "track" : "recordingTrack", ["inbound", "outbound"]);
  const callback = readCallback(verb, "recordingStatusCallback", RECORDING_EVENTS, ["completed"], place);
  return {
    channels: 1,
    track: track ?? null,
    trim: choiceOf(verb, "trim", ["trim-silence", "do-not-trim"]) !== "do-not-trim",
    ...(callback && { callback }),
  };
}

/** Returns the address that a noun of `<Dial>`, or its text, names; undefined if it is none. */
export function readDialled({ name, text }: Element): string | undefined {
  return parseAddress(name === "Client" ? `client:${text}` : text);
}

/** Returns the status callback of `<Number>`, `<Client>` or `<Sip>`. */
export function readDialCallback(noun: Element, place: VerbPlace): CallbackOrder | undefined {
  return readCallback(noun, "statusCallback", CALL_EVENTS, ["completed"], place);
}

/** @see https://www.twilio.com/docs/voice/twiml/conference */
export function readConference(noun: Element, place: VerbPlace) {
  const flag = (name: string, otherwise: boolean) => (noun.attributes[name] ?? String(otherwise)) === "true";
  const { participantLabel, coach, record } = noun.attributes;
  const participation: Participation = {
    label: participantLabel ?? null,
    muted: flag("muted", false),
    start_conference_on_enter: flag("startConferenceOnEnter", true),
    end_conference_on_exit: flag("endConferenceOnExit", false),
    coaching: coach !== undefined,
    call_sid_to_coach: coach ?? null,
  };
  const callback = readCallback(noun, "statusCallback", Object.keys(CONFERENCE_EVENTS), ["start", "end"], place);
  const isRecorded = record === "true" || record === "record-from-start";
  const script: ConferenceScript = {
    ...(callback && { callback }),
    ...(isRecorded && { recording: { ...readRecording(noun, place), source: "Conference" } }),
  };
  return { name: noun.text, participation, script };
}

/** Returns a number that is not negative; `otherwise` without one. */
export function numberOf({ attributes }: Element, name: string, otherwise: number): number {
  const text = attributes[name]?.trim() ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : otherwise;
}

function readCallback(
  verb: Element,
  name: string,
  events: readonly string[],
  defaults: readonly string[],
  place: VerbPlace,
): CallbackOrder | undefined {
  const form = {
    [name]: resolveUrl(verb.attributes[name], place),
    [`${name}Method`]: methodOf(verb, `${name}Method`),
    [`${name}Event`]: verb.attributes[`${name}Event`],
  };
  return readCallbackOrder(form, name, events, defaults, place.origin);
}

/** An unknown value counts as none: TwiML has no errors for it. */
function choiceOf<const Choice extends string>(
  { attributes }: Element,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = attributes[name]?.trim().toLowerCase();
  return choices.find((choice) => choice.toLowerCase() === value);
}
