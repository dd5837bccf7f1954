import { parseCallbackUrl } from "../../callbacks/callback-url.js";
import type { Parameter } from "../../callbacks/wire-order.js";
import type { State } from "../../state/state.js";
import type { TimedEvent } from "../../state/timed-events.js";
import type { DocumentRequests } from "../callback-order.js";
import type { ConferenceScript, Participation } from "../conferences/script.js";
import type { LiveRecordingRules, RecordingOrder } from "../recordings/live.js";
import { recordingUrl } from "../recordings/status-callback.js";
import type { RecordingRow } from "../recordings/table.js";
import { isEnded } from "./lifecycle.js";
import type { DialWait, DocumentAddress, Instructions, Program } from "./script.js";
import { voiceParameters } from "./status-callback.js";
import type { CallRow } from "./table.js";
import type { Element } from "./twiml-document.js";
import { type Execute, type TwimlCalls, twimlPrograms } from "./twiml-programs.js";
import {
  actionOf,
  methodOf,
  numberOf,
  readConference,
  readDialCallback,
  readDialled,
  readDialRecording,
  readRecord,
  readStartRecording,
  resolveUrl,
  secondsOf,
} from "./twiml-verbs.js";

/** The functions of conferences that TwiML needs. */
export interface TwimlConferences {
  /** Adds a call in progress to the conference of a name. Returns its SID. */
  join(call: CallRow, name: string, participation: Participation, script: ConferenceScript, at: number): string;
  /** Removes a call that goes on. */
  left(call: CallRow, at: number, isKicked: boolean): void;
  isIn(call: CallRow): boolean;
}

export type TwimlRules = ReturnType<typeof twimlRules>;

/**
 * Executes TwiML: requests documents, and executes their verbs one after the other. A verb that takes time, or waits for a request, leaves
 * the rest in the call's script. `at` is the time of the change, by the account's clock.
 *
 * @see https://www.twilio.com/docs/voice/twiml
 */
export function twimlRules(
  state: State,
  calls: TwimlCalls,
  recordings: LiveRecordingRules,
  conferences: TwimlConferences,
  requests: DocumentRequests,
) {
  const programs = twimlPrograms(state, calls, requests, execute);
  const { save, programOf, note, request, fail, run, leaveToSettings, endIfInstant, hangUp } = programs;

  const VERBS: Readonly<Record<string, Execute>> = {
    Say: pause,
    Play: pause,
    Pause: pause,
    Record: record,
    Dial: dial,
    Start: (call, program, verb, at) => eachNoun(call, verb, at, (noun) => startRecording(call, program, noun, at)),
    Stop: (call, _program, verb, at) => eachNoun(call, verb, at, () => stopRecordings(call, at)),
    Redirect(call, program, verb, at) {
      const url = verb.text === "" ? program.document?.url : resolveUrl(verb.text, program);
      const method = methodOf(verb, "method");
      if (url === undefined) fail(call, program, { url: verb.text, method }, 11100, "the URL is relative", at);
      else request(call, program, { url, method }, at);
      return false;
    },
    Hangup(call, _program, _verb, at) {
      note(call, "Hangup", at, "the call ends");
      hangUp(call, at);
      return false;
    },
  };

  function execute(call: CallRow, program: Program, verb: Element, at: number): boolean {
    const known = Object.hasOwn(VERBS, verb.name) ? VERBS[verb.name] : undefined;
    if (known !== undefined) return known(call, program, verb, at);
    note(call, "skipped", at, `<${verb.name}> is not supported`);
    return true;
  }

  function pause(call: CallRow, program: Program, verb: Element, at: number): boolean {
    const seconds = secondsOf(verb);
    const text = verb.text === "" ? "" : `${JSON.stringify(verb.text)}, `;
    note(call, verb.name, at, seconds === Number.POSITIVE_INFINITY ? `${text}until the end` : `${text}${seconds} s`);
    const isInstant = calls.settingsOf(call).instant;
    if (seconds === Number.POSITIVE_INFINITY) {
      save(call, { ...program, waits: { for: "time" } });
      endIfInstant(call, at);
      return false;
    }
    if (isInstant || seconds === 0) return true;
    state.timeline.schedule(call.account_sid, at + seconds * 1000, "call.continue", call.sid);
    save(call, { ...program, waits: { for: "time" } });
    return false;
  }

  function record(call: CallRow, program: Program, verb: Element, at: number): boolean {
    const { account_sid, sid: call_sid } = call;
    const { order, action, maxLength, timeout, finishOnKey } = readRecord(verb, program);
    const isRefused = action !== undefined && requests.refusalOf(account_sid, action.url) !== undefined;
    const { action: called, ...silent } = order;
    const { sound, speaks_for, instant } = calls.settingsOf(call);
    const speech = sound === "silence" ? 0 : speaks_for;
    // The caller presses # after speaking, if # ends the recording; else silence does.
    const isKey = speech !== null && speech > 0 && finishOnKey.includes("#");
    const length = speech === null ? maxLength : Math.min(maxLength, isKey ? speech : speech + timeout);
    const lastsToTheEnd = instant && speech === null;
    const recording = recordings.start(
      { account_sid, call_sid, conference_sid: null },
      {
        ...silent,
        ...(called && !isRefused && { action: called }),
        ...(!lastsToTheEnd && { length }),
        ...(isKey && speech <= maxLength && { key: "#" }),
      },
      at,
    );
    note(call, "Record", at, `${recording.sid}, at most ${maxLength} s`);
    save(call, { ...program, waits: { for: "recording", sid: recording.sid, ...(action && { action }) } });
    if (lastsToTheEnd) endIfInstant(call, at);
    return false;
  }

  /** @param token - the idempotency token of the request to the `action`; undefined if nothing was recorded. */
  function recordingEnded(recording: RecordingRow, token: string | undefined, at: number): void {
    const { account_sid, call_sid, sid } = recording;
    const call = call_sid === null ? undefined : calls.find(account_sid, call_sid);
    const program = programOf(call);
    if (call === undefined || isEnded(call.status)) return;
    if (program?.waits?.for !== "recording" || program.waits.sid !== sid) return;
    const { action } = program.waits;
    const refusal = action && requests.refusalOf(account_sid, action.url);
    if (refusal !== undefined && recordings.secondsOf(recording) > 0) {
      leaveToSettings(call, refusal, at);
      return;
    }
    if (token === undefined || action === undefined) {
      run(call, program, at);
      return;
    }
    const counted = programs.count(call, program, at);
    if (counted !== undefined) programs.awaitDocument(call, counted, action, token, at);
  }

  function dial(call: CallRow, program: Program, verb: Element, at: number): boolean {
    const action = actionOf(verb, program);
    const nouns = verb.children.length > 0 ? verb.children : [verb];
    const [noun, ...others] = nouns.filter(({ name, text }) => DIALLED.has(name) && text !== "");
    for (const { name } of [...nouns.filter(({ name }) => !DIALLED.has(name)), ...others]) {
      const reason = DIALLED.has(name) ? "only the first one is dialled" : "is not supported";
      note(call, "skipped", at, `<${name}> in <Dial>: ${reason}`);
    }
    if (noun === undefined) return true;
    const wait = noun.name === "Conference" ? join(call, program, noun, at) : dialCall(call, program, verb, noun, at);
    if (wait !== undefined) {
      save(call, { ...program, waits: { ...wait, ...(action && { action }) } });
      if (noun.name === "Conference") endIfInstant(call, at);
      return false;
    }
    note(call, "Dial", at, `${JSON.stringify(noun.text)} is no address`);
    return afterDial(call, program, action, [["DialCallStatus", "failed"]], at);
  }

  function join(call: CallRow, program: Program, noun: Element, at: number): DialWait {
    const { name, participation, script } = readConference(noun, program);
    const sid = conferences.join(call, name, participation, script, at);
    note(call, "Dial", at, `conference ${JSON.stringify(name)}, ${sid}`);
    return { for: "dial", sid };
  }

  function dialCall(call: CallRow, program: Program, verb: Element, noun: Element, at: number): DialWait | undefined {
    const { account_sid } = call;
    const to_address = readDialled(noun);
    if (to_address === undefined) return undefined;
    const caller = readDialled({ ...noun, name: "Number", text: verb.attributes.callerId ?? "" });
    const timeLimit = numberOf(verb, "timeLimit", 14_400);
    const callback = readDialCallback(noun, program);
    const child = calls.place({
      account_sid,
      parent_call_sid: call.sid,
      to_address,
      from_address: caller ?? call.from_address,
      direction: "outbound-dial",
      timeout: numberOf(verb, "timeout", 30),
      script: {
        settings: { instant: calls.settingsOf(call).instant },
        timeLimit,
        ...(callback && { callback }),
      },
    });
    note(call, "Dial", at, `${to_address}, ${child.sid}`);
    const recording = readDialRecording(verb, program);
    if (recording === undefined) return { for: "dial", sid: child.sid };
    const { order, isFromRinging } = recording;
    if (!isFromRinging) return { for: "dial", sid: child.sid, recording: order };
    return { for: "dial", sid: child.sid, recordingSid: startOf(call, order, at).sid };
  }

  function startOf({ account_sid, sid: call_sid }: CallRow, order: RecordingOrder, at: number) {
    return recordings.start({ account_sid, call_sid, conference_sid: null }, order, at);
  }

  /** Returns the call that dialled another, and what it waits for. */
  function dialling({ account_sid, sid, parent_call_sid }: CallRow) {
    const call = parent_call_sid === null ? undefined : calls.find(account_sid, parent_call_sid);
    const program = programOf(call);
    const wait = program?.waits;
    return call && program && wait?.for === "dial" && wait.sid === sid ? { call, program, wait } : undefined;
  }

  /** Begins the recording of a `<Dial>`, when the call that it dialled is answered. */
  function childAnswered(child: CallRow, at: number): void {
    const { call, program, wait } = dialling(child) ?? {};
    if (call === undefined || program === undefined || wait?.recording === undefined) return;
    const { recording, ...rest } = wait;
    save(call, { ...program, waits: { ...rest, recordingSid: startOf(call, recording, at).sid } });
  }

  function childEnded(child: CallRow, at: number): void {
    const found = dialling(child);
    if (found === undefined) return;
    const { call, program, wait } = found;
    const { account_sid } = child;
    const isAnswered = child.status === "completed";
    const recording = wait.recordingSid === undefined ? undefined : recordings.find(account_sid, wait.recordingSid);
    const ended = recording && recordings.end(recording, at);
    const isRecorded = ended !== undefined && (ended.status === "completed" || recordings.secondsOf(ended) > 0);
    const parameters: Parameter[] = [
      ["DialCallStatus", child.status],
      ["DialCallSid", child.sid],
      ...(isAnswered ? [["DialCallDuration", String(child.duration ?? 0)] as const] : []),
      ["DialBridged", String(isAnswered)],
      ...(isRecorded ? [["RecordingUrl", recordingUrl(ended, program.origin)] as const] : []),
    ];
    if (afterDial(call, program, wait.action, parameters, at)) run(call, program, at);
  }

  /** Requests the `action` of a `<Dial>`. Returns whether the next verb follows. */
  function afterDial(
    call: CallRow,
    program: Program,
    action: DocumentAddress | undefined,
    parameters: readonly Parameter[],
    at: number,
  ): boolean {
    if (action === undefined) return !isEnded(call.status);
    if (!isEnded(call.status)) {
      request(call, program, action, at, { event: "dial.action", more: parameters });
    } else if (requests.refusalOf(call.account_sid, action.url) === undefined) {
      // Its answer has no effect.
      const { account_sid, sid: subject_sid } = call;
      const all = [...voiceParameters(call), ...parameters];
      requests.add({ account_sid, event: "dial.action", subject_sid, ...action, parameters: all });
    }
    return false;
  }

  /** Calls `act` for each `<Recording>` of a `<Start>` or `<Stop>`. */
  function eachNoun(call: CallRow, { name, children }: Element, at: number, act: (noun: Element) => void): boolean {
    for (const noun of children) {
      if (noun.name === "Recording") act(noun);
      else note(call, "skipped", at, `<${noun.name}> in <${name}> is not supported`);
    }
    return true;
  }

  function startRecording(call: CallRow, program: Program, noun: Element, at: number): void {
    const { sid } = startOf(call, readStartRecording(noun, program), at);
    const url = noun.attributes.recordingStatusCallback;
    // Recorded in 2026.
    const isLost = url !== undefined && parseCallbackUrl(url) === undefined;
    note(call, "Start", at, isLost ? `${sid}, 11200: recordingStatusCallback is relative` : sid);
  }

  function stopRecordings(call: CallRow, at: number): void {
    const { account_sid, sid: call_sid } = call;
    const started = recordings
      .active({ account_sid, call_sid })
      .filter(({ source }) => source === "StartCallRecordingTwiML");
    for (const row of started) recordings.end(row, at);
    note(call, "Stop", at, started.map(({ sid }) => sid).join(", ") || "no recording");
  }

  /** Ends what the present verb does, as a redirected call does. */
  function abandon(call: CallRow, at: number): void {
    const { account_sid, sid } = call;
    const wait = programOf(call)?.waits;
    save(call, undefined);
    state.timeline.events.cancel(account_sid, sid, "call.continue");
    if (conferences.isIn(call)) conferences.left(call, at, false);
    if (wait?.for !== "recording" && wait?.for !== "dial") return;
    const recordingSid = wait.for === "recording" ? wait.sid : wait.recordingSid;
    const recording = recordingSid === undefined ? undefined : recordings.find(account_sid, recordingSid);
    if (recording !== undefined) recordings.end(recording, at);
    if (wait.for === "dial") calls.endAt(account_sid, wait.sid, at);
  }

  recordings.onEnd(recordingEnded);

  return {
    begin: programs.begin,

    /** Goes on with other TwiML. */
    redirect(call: CallRow, instructions: Instructions, at: number): void {
      if (!calls.settingsOf(call).runs_twiml) return;
      abandon(call, at);
      programs.begin(call, instructions, at);
    },

    childAnswered,

    /** Ends the calls that an ended call dialled, and lets one that dialled it go on. */
    ended(call: CallRow, at: number): void {
      const wait = programOf(call)?.waits;
      if (wait?.for === "dial") {
        const child = calls.find(call.account_sid, wait.sid);
        if (child !== undefined) calls.endAt(call.account_sid, child.sid, at);
        else afterDial(call, programOf(call) as Program, wait.action, [["DialCallStatus", "answered"]], at);
      }
      childEnded(call, at);
    },

    /** Lets a call go on whose conference has ended, or that is removed from it. Returns false if no verb is left to go on with. */
    leaves(call: CallRow, at: number, isKicked: boolean): boolean {
      const program = programOf(call);
      const wait = program?.waits;
      const isDialled = wait?.for === "dial" && calls.find(call.account_sid, wait.sid) === undefined;
      if (program === undefined || !isDialled || isEnded(call.status)) return false;
      conferences.left(call, at, isKicked);
      if (afterDial(call, program, wait.action, [["DialCallStatus", "answered"]], at)) run(call, program, at);
      return true;
    },

    answered: programs.answered,

    handlers: {
      "call.continue": ({ account_sid, subject_sid }: TimedEvent, at: number): void => {
        const call = calls.find(account_sid, subject_sid);
        const program = programOf(call);
        if (call !== undefined && program?.waits?.for === "time") run(call, program, at);
      },
    },
  };
}

/** What a `<Dial>` can contain; its own text is a number. */
const DIALLED: ReadonlySet<string> = new Set(["Dial", "Number", "Client", "Sip", "Conference"]);
