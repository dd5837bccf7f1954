import { parseCallbackUrl } from "../../callbacks/callback-url.js";
import type { State } from "../../state/state.js";
import type { TimedEvent } from "../../state/timed-events.js";
import type { DocumentRequests } from "../callback-order.js";
import type { LiveRecordingRules } from "../recordings/live.js";
import type { RecordingRow } from "../recordings/table.js";
import { isEnded } from "./lifecycle.js";
import type { Instructions, Program } from "./script.js";
import type { CallRow } from "./table.js";
import { type TwimlConferences, twimlDials } from "./twiml-dial.js";
import type { Element } from "./twiml-document.js";
import { type Execute, type TwimlCalls, twimlPrograms } from "./twiml-programs.js";
import { methodOf, readRecord, readStartRecording, resolveUrl, secondsOf } from "./twiml-verbs.js";

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
  const dials = twimlDials(programs, calls, recordings, conferences, requests);

  const VERBS: Readonly<Record<string, Execute>> = {
    Say: pause,
    Play: pause,
    Pause: pause,
    Record: record,
    Dial: dials.dial,
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

  /** Calls `act` for each `<Recording>` of a `<Start>` or `<Stop>`. */
  function eachNoun(call: CallRow, { name, children }: Element, at: number, act: (noun: Element) => void): boolean {
    for (const noun of children) {
      if (noun.name === "Recording") act(noun);
      else note(call, "skipped", at, `<${noun.name}> in <${name}> is not supported`);
    }
    return true;
  }

  function startRecording(call: CallRow, program: Program, noun: Element, at: number): void {
    const place = { account_sid: call.account_sid, call_sid: call.sid, conference_sid: null };
    const { sid } = recordings.start(place, readStartRecording(noun, program), at);
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

    childAnswered: dials.childAnswered,
    ended: dials.ended,
    leaves: dials.leaves,
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
