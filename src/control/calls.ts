import { parseCallbackUrl } from "../callbacks/callback-url.js";
import type { CallbackOrder } from "../resources/callback-order.js";
import { fictionalNumber, OWN_NUMBER, parseAddress } from "../resources/calls/addresses.js";
import { type CallTransition, transitionTo } from "../resources/calls/lifecycle.js";
import { representCall } from "../resources/calls/representation.js";
import type { CallRules } from "../resources/calls/rules.js";
import type { NewCall, Script } from "../resources/calls/script.js";
import type { CallSettings } from "../resources/calls/settings.js";
import type { CallRow } from "../resources/calls/table.js";
import { lowerCaseSid } from "../resources/fixture.js";
import type { RecordingOrder, TranscriptionOrder } from "../resources/recordings/live.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import type { Rules } from "../resources/rules.js";
import { ErrorList } from "../seeding/error-list.js";
import type { FixtureFolder } from "../seeding/folder.js";
import type { State } from "../state/state.js";
import { parseSid } from "../twilio-api/request/sids.js";
import {
  CALL,
  CALL_CHANGE,
  CALL_SETTINGS,
  CALL_SETTINGS_CHANGE,
  type CallbackSpec,
  type CallSettingsChange,
  type CallSettingsView,
  type CallView,
  NEW_CALL,
  type NewCallSpec,
  RECORDING_ORDER,
  type RecordingSpec,
} from "./call-schemas.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { RECORDING, type RecordingView } from "./recording-schemas.js";

/** Places and moves calls, and records them without TwiML. */
export function callCapability(
  { database, clock, random }: State,
  { calls, conferences, liveRecordings }: Rules,
  folder: FixtureFolder,
  viewRecording: (row: RecordingRow, origin: string) => RecordingView,
  publicUrl: string | undefined,
) {
  const originFor = (origin: string) => publicUrl ?? origin;

  const place = database.transaction((account: string, spec: NewCallSpec, origin: string): CallRow => {
    const { status = "queued", conference, recording, ...rest } = spec;
    const ofConference = recording?.source === "Conference" ? orderOf(recording, origin) : undefined;
    const call = newCallOf(account, ofConference === undefined ? spec : rest, origin);
    if (conference === undefined) {
      if (ofConference === undefined) return calls.make(call, status);
      throw new ControlError(400, "recording has source Conference; expected: another source, or a conference as well");
    }
    const { friendly_name, ...participation } = conference;
    return calls.make(call, status, (row) =>
      conferences.add(
        conferences.open(account, friendly_name, ofConference && { recording: ofConference }),
        row,
        participation,
      ),
    );
  });

  function newCallOf(account: string, spec: NewCallSpec, origin: string): NewCall {
    const { sid, to = OWN_NUMBER, direction = "inbound", parent_call_sid, script = {}, recording, callback } = spec;
    if (sid !== undefined && calls.find(account, lowerCaseSid(sid)) !== undefined) {
      throw new ControlError(409, `account ${account} already has ${lowerCaseSid(sid)}`);
    }
    return {
      account_sid: account,
      ...(sid !== undefined && { sid: lowerCaseSid(sid) }),
      to_address: addressOf("to", to),
      from_address: addressOf("from", spec.from ?? fictionalNumber(random.of(account).hex(8))),
      parent_call_sid: parent_call_sid === undefined ? null : lowerCaseSid(parent_call_sid),
      direction,
      script: {
        settings: script,
        ...(recording && { recording: orderOf(recording, origin) }),
        ...(callback && { callback: callbackOf(callback, ["completed"], origin) }),
        ...instructionsOf(spec, origin),
      },
    };
  }

  function instructionsOf({ url, method = "POST", twiml }: NewCallSpec, origin: string): Pick<Script, "instructions"> {
    if (url !== undefined) {
      if (parseCallbackUrl(url) === undefined) throw unexpected("url", url, "An absolute http or https URL");
      return { instructions: { document: { url, method }, origin } };
    }
    return twiml === undefined ? {} : { instructions: { twiml, origin } };
  }

  async function settingsChange(given: CallSettingsChange): Promise<Partial<CallSettings>> {
    const { recording_key, from_numbers, ...changes } = given;
    return {
      ...changes,
      ...(from_numbers !== undefined && {
        from_numbers: from_numbers?.map((number) => addressOf("from_numbers", number)) ?? null,
      }),
      ...(recording_key !== undefined && { recording_key: recording_key === null ? null : await keyOf(recording_key) }),
    };
  }

  async function keyOf(sid: string) {
    const { readPublicKeys } = await import("../seeding/read.js");
    const keys = readPublicKeys(folder, new ErrorList());
    const key = keys.get(lowerCaseSid(sid));
    if (key === undefined) {
      throw unexpected("recording_key", sid, `one of ${[...keys.keys()].join(", ")}, the public keys of the fixtures`);
    }
    return { sid: lowerCaseSid(sid), pem: key.export({ type: "spki", format: "pem" }) as string };
  }

  return {
    place: operation({
      method: "POST",
      url: "/calls",
      id: "placeCall",
      summary: "Place a call, or make one in any status",
      description: "It rings, is answered and ends by its script, on the account's clock.",
      inProcess: "`calls.place(…)`",
      docs: { answer: "the call" },
      scope: "main",
      body: NEW_CALL,
      answer: CALL,
      status: 201,
      errors: [409],
      run: ({ account, body, origin }): CallView => representCall(place(account, body, originFor(origin))),
    }),

    move: operation({
      method: "PATCH",
      url: "/calls/{Sid}",
      id: "moveCall",
      summary: "Let a call ring, be answered or end",
      inProcess: "`calls.move(sid, status)`, `answer(sid)`, `hangUp(sid)`",
      docs: { answer: "the call" },
      scope: "main",
      body: CALL_CHANGE,
      answer: CALL,
      errors: [409],
      run({ account, key, body: { status } }): CallView {
        const row = findCall(calls, account, key);
        const moved = calls.change(row, transitionTo(status) as CallTransition, "control");
        if (moved === row && row.status !== status) {
          throw new ControlError(409, `call ${row.sid} is ${row.status}; it cannot become ${status}`);
        }
        return representCall(moved);
      },
    }),

    record: operation({
      method: "POST",
      url: "/calls/{Sid}/recordings",
      id: "recordCall",
      summary: "Record a call without TwiML or a request",
      description:
        "As `<Record>`, `<Dial record>`, `<Start><Recording>`, a trunk or `Record=true` would, with a transcription if asked for. Source Conference records the conference that the call is in.",
      inProcess: "`calls.record(sid, …)`",
      docs: { answer: "the recording" },
      scope: "main",
      body: RECORDING_ORDER,
      answer: RECORDING,
      status: 201,
      errors: [409],
      run({ account, key, body, origin }): RecordingView {
        const { sid, status } = findCall(calls, account, key);
        if (status !== "in-progress") throw new ControlError(409, `call ${sid} is ${status}; it is not in progress`);
        const order = orderOf(body, originFor(origin));
        const conference = order.source === "Conference" ? conferences.of(account, sid) : undefined;
        if (order.source === "Conference" && conference === undefined) {
          throw new ControlError(409, `call ${sid} is in no conference`);
        }
        const where = { account_sid: account, call_sid: sid, conference_sid: conference?.sid ?? null };
        return viewRecording(liveRecordings.start(where, order, clock.now(account)), origin);
      },
    }),

    settings: operation({
      method: "GET",
      url: "/call-settings",
      id: "readCallSettings",
      summary: "Read how the calls of an account go",
      inProcess: "`calls.settings()`",
      docs: { answer: "the settings" },
      scope: "main",
      answer: CALL_SETTINGS,
      run: ({ account }) => viewSettings(calls.settings.of(account)),
    }),

    configure: operation({
      method: "PATCH",
      url: "/call-settings",
      id: "changeCallSettings",
      summary: "Change how the calls of an account go",
      description: "Applies to calls that are placed later; a reset undoes it.",
      inProcess: "`calls.configure(…)`",
      docs: { answer: "the settings" },
      scope: "main",
      body: CALL_SETTINGS_CHANGE,
      answer: CALL_SETTINGS,
      run: async ({ account, body }) => viewSettings(calls.settings.change(account, await settingsChange(body))),
    }),
  };
}

/** @throws ControlError 404 if there is no such call. */
export function findCall(calls: CallRules, account: string, sid: string): CallRow {
  const parsed = parseSid("CA", sid);
  const row = parsed === undefined ? undefined : calls.find(account, parsed);
  if (row === undefined || row.date_deleted !== null) {
    throw new ControlError(404, `account ${account} has no call ${JSON.stringify(sid)}`);
  }
  return row;
}

/** Returns an order with the defaults of its source. */
export function orderOf(spec: RecordingSpec, origin: string): RecordingOrder {
  const { source = "RecordVerb", track = "both", trim = true, length, transcription, callback, action } = spec;
  return {
    source,
    channels: spec.channels ?? (source === "StartCallRecordingTwiML" ? 2 : 1),
    track: track === "both" ? null : track,
    trim,
    ...(length !== undefined && { length }),
    ...(callback && { callback: callbackOf(callback, ["completed"], origin) }),
    ...(action && { action: callbackOf(action, [], origin) }),
    ...(transcription && source === "RecordVerb" && { transcription: transcriptionOf(transcription, origin) }),
  };
}

function transcriptionOf(
  given: Exclude<RecordingSpec["transcription"], undefined>,
  origin: string,
): TranscriptionOrder {
  const { callback, ...rest } = typeof given === "boolean" ? {} : given;
  return { ...rest, ...(callback && { callback: callbackOf(callback, [], origin) }) };
}

/** @param defaults - the events of an order that names none. */
export function callbackOf(
  { url, method = "POST", events }: CallbackSpec,
  defaults: readonly string[],
  origin: string,
): CallbackOrder {
  if (parseCallbackUrl(url) === undefined) throw unexpected("url", url, "An absolute http or https URL");
  return { url, method, events: events ?? defaults, origin };
}

function viewSettings({ recording_key, from_numbers, ...settings }: CallSettings): CallSettingsView {
  return { ...settings, recording_key: recording_key?.sid ?? null, from_numbers: from_numbers && [...from_numbers] };
}

function addressOf(key: string, given: string): string {
  const address = parseAddress(given);
  if (address === undefined)
    throw unexpected(key, given, "a phone number such as +12025550100, client:name or sip:name@host");
  return address;
}
