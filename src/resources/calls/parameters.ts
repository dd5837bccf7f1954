import { parseCallbackUrl } from "../../callbacks/callback-url.js";
import {
  booleanParameter,
  choiceParameter,
  numberParameter,
  type Query,
  sidParameter,
  textParameter,
} from "../../twilio-api/request/parameters.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { RECORDING_EVENTS } from "../callback-events.js";
import { type CallbackOrder, readCallbackOrder } from "../callback-order.js";
import type { RecordingOrder } from "../recordings/live.js";
import { parseAddress } from "./addresses.js";
import type { DocumentAddress, Instructions, NewCall } from "./script.js";
import type { CallSettings } from "./settings.js";
import { CALL_EVENTS } from "./status-callback.js";

/** Twilio's own limit. */
const MAX_TWIML_LENGTH = 4000;
const MAX_TIMEOUT = 600;
const MAX_TIME_LIMIT = 86_400;

/**
 * Parses the parameters of a call to place, in the order in which Twilio checks them.
 *
 * @throws TwilioError 21201, 21205, 21213, 21211, 21210 or 20001.
 * @see https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
 */
export function readCall(form: Query, account_sid: string, { from_numbers }: CallSettings, origin: string): NewCall {
  const to = textParameter(form, "To");
  if (to === undefined) throw new TwilioError({ code: 21201 });
  checkInstructions(form);
  const { to_address, from_address } = readAddresses(form, to, from_numbers);
  const { script, ...course } = readCourse(form, origin);
  const instructions = readInstructions(form, origin);
  return {
    account_sid,
    to_address,
    from_address,
    direction: "outbound-api",
    ...course,
    script: { ...script, ...(instructions && { instructions }) },
  };
}

/** Parses the TwiML that a call executes; undefined without any, as for an application. Documented: `Url` precedes `Twiml`. */
export function readInstructions(form: Query, origin: string): Instructions | undefined {
  const document = readDocument(form, "Url", "Method");
  const twiml = textParameter(form, "Twiml");
  const fallback = readDocument(form, "FallbackUrl", "FallbackMethod");
  const others = { ...(fallback && { fallback }), origin };
  if (document !== undefined) return { document, ...others };
  return twiml === undefined ? undefined : { twiml, ...others };
}

function readDocument(form: Query, name: string, method: string): DocumentAddress | undefined {
  const chosen = choiceParameter(form, method, ["GET", "POST"]) ?? "POST";
  const url = textParameter(form, name);
  return url === undefined || parseCallbackUrl(url) === undefined ? undefined : { url, method: chosen };
}

/** Parses `To` and `From`, which must be there. */
export function readAddresses(form: Query, to: string, allowed: readonly string[] | null) {
  const from = textParameter(form, "From");
  if (from === undefined) throw new TwilioError({ code: 21213 });
  const to_address = parseAddress(to);
  if (to_address === undefined) throw new TwilioError({ code: 21211, to });
  // Documented for participants: a call to a SIP address is from the name of a user.
  const isUser = /^sips?:/i.test(to_address) && /^[\w.+-]+$/.test(from);
  const from_address = parseAddress(from) ?? (isUser ? from : undefined);
  const isAllowed = from_address !== undefined && (allowed === null || allowed.includes(from_address));
  if (!isAllowed) throw new TwilioError({ code: 21210, from });
  return { to_address, from_address };
}

/** Parses how a call goes: `Timeout`, `TimeLimit`, `MachineDetection`, its callbacks, and `Record` with what goes with it. */
export function readCourse(form: Query, origin: string): Pick<NewCall, "script" | "timeout"> {
  const timeout = numberParameter(form, "Timeout", 1, MAX_TIMEOUT);
  const timeLimit = readTimeLimit(form);
  const detection = choiceParameter(form, "MachineDetection", ["Enable", "DetectMessageEnd"]);
  const recording = readRecord(form, origin);
  const callback = readCallCallback(form, origin);
  return {
    script: {
      settings: {},
      ...(recording && { recording }),
      ...(detection !== undefined && { detectsMachines: true }),
      ...(timeLimit !== undefined && { timeLimit }),
      ...(callback && { callback }),
    },
    ...(timeout !== undefined && { timeout }),
  };
}

export function readCallCallback(form: Query, origin: string): CallbackOrder | undefined {
  return readCallbackOrder(form, "StatusCallback", CALL_EVENTS, ["completed"], origin);
}

export function readTimeLimit(form: Query): number | undefined {
  return numberParameter(form, "TimeLimit", 1, MAX_TIME_LIMIT);
}

/** Parses `Record` and what goes with it; undefined for a call that is not recorded. */
function readRecord(form: Query, origin: string): RecordingOrder | undefined {
  if (!booleanParameter(form, "Record")) return undefined;
  return { source: "OutboundAPI", ...readRecordingForm(form, true, origin) };
}

/**
 * Parses the parameters that all starts of a recording share.
 *
 * @param trims - the default of `Trim`.
 */
export function readRecordingForm(form: Query, trims: boolean, origin: string): Omit<RecordingOrder, "source"> {
  const callback = readCallbackOrder(form, "RecordingStatusCallback", RECORDING_EVENTS, ["completed"], origin);
  const trim = choiceParameter(form, "Trim", ["trim-silence", "do-not-trim"]);
  const channels = choiceParameter(form, "RecordingChannels", ["mono", "dual"]);
  const track = choiceParameter(form, "RecordingTrack", ["inbound", "outbound", "both"]) ?? "both";
  return {
    channels: channels === "dual" ? 2 : 1,
    track: track === "both" ? null : track,
    trim: trim === undefined ? trims : trim === "trim-silence",
    ...(callback && { callback }),
  };
}

/** @throws TwilioError 21205 for a call without instructions, or with a URL that is none; 20001 for TwiML that is too long. */
function checkInstructions(form: Query): void {
  const [url, twiml] = [textParameter(form, "Url"), textParameter(form, "Twiml")];
  const application = sidParameter(form, "ApplicationSid", "AP");
  if (url === undefined && twiml === undefined && application === undefined) throw new TwilioError({ code: 21205 });
  checkRedirect(url, twiml);
}

/** Checks a document to go on with. */
export function checkRedirect(url: string | undefined, twiml: string | undefined): void {
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new TwilioError({ code: 21205, url });
  if (twiml !== undefined && twiml.length > MAX_TWIML_LENGTH) {
    const value = `${twiml.slice(0, 40)}…`;
    throw new TwilioError({
      code: 20001,
      parameter: "Twiml",
      value,
      expected: `at most ${MAX_TWIML_LENGTH} characters`,
    });
  }
}
