import type { Parameter } from "../../callbacks/wire-order.js";
import type { DocumentRequests } from "../callback-order.js";
import type { ConferenceScript, Participation } from "../conferences/script.js";
import type { LiveRecordingRules, RecordingOrder } from "../recordings/live.js";
import { recordingUrl } from "../recordings/status-callback.js";
import { isEnded } from "./lifecycle.js";
import type { DialWait, DocumentAddress, Program } from "./script.js";
import { voiceParameters } from "./status-callback.js";
import type { CallRow } from "./table.js";
import type { Element } from "./twiml-document.js";
import type { TwimlCalls, TwimlPrograms } from "./twiml-programs.js";
import { actionOf, numberOf, readConference, readDialCallback, readDialled, readDialRecording } from "./twiml-verbs.js";

/** The functions of conferences that TwiML needs. */
export interface TwimlConferences {
  /** Adds a call in progress to the conference of a name. Returns its SID. */
  join(call: CallRow, name: string, participation: Participation, script: ConferenceScript, at: number): string;
  /** Removes a call that goes on. */
  left(call: CallRow, at: number, isKicked: boolean): void;
  isIn(call: CallRow): boolean;
}

/**
 * `<Dial>`: places a call, or joins a conference, and goes on when that ends.
 *
 * @see https://www.twilio.com/docs/voice/twiml/dial
 */
export function twimlDials(
  { save, programOf, note, request, run, endIfInstant }: TwimlPrograms,
  calls: TwimlCalls,
  recordings: LiveRecordingRules,
  conferences: TwimlConferences,
  requests: DocumentRequests,
) {
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
      ...(isAnswered ? [["DialCallDuration", String(child.duration)] as const] : []),
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

  return {
    dial,
    childAnswered,

    /** Ends the call that an ended call dialled, and lets the one that dialled it go on. */
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
  };
}

/** What a `<Dial>` can contain; its own text is a number. */
const DIALLED: ReadonlySet<string> = new Set(["Dial", "Number", "Client", "Sip", "Conference"]);
