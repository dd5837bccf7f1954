import type { Page, PageSelection } from "../../state/collection-store.js";
import { atomic } from "../../state/database.js";
import type { State } from "../../state/state.js";
import type { TimedEvent } from "../../state/timed-events.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { CallbackOrder, DocumentRequests } from "../callback-order.js";
import { after, type Trigger } from "../lifecycle.js";
import { listedRules } from "../listed-rules.js";
import type { LiveRecordingRules } from "../recordings/live.js";
import { recordingUrl } from "../recordings/status-callback.js";
import type { RecordingRow } from "../recordings/table.js";
import { CALL_LIFECYCLE, type CallTransition, endOf, isEnded, OUTCOME_TRANSITIONS, transitionTo } from "./lifecycle.js";
import { callPriceOf } from "./price.js";
import { type Instructions, type NewCall, type Script, scriptOf, scriptWith } from "./script.js";
import { type CallSettings, type CallSettingsStore, nominalSeconds, OUTCOME_NUMBERS } from "./settings.js";
import { type CallEvent, type CallRecordingParameters, callParameters } from "./status-callback.js";
import { callStore } from "./store.js";
import { type CallRow, type CallStatus, NO_DETAILS } from "./table.js";
import { twimlRules } from "./twiml.js";
import type { TwimlConferences } from "./twiml-dial.js";

/** The filters of a list. Times are milliseconds since the Unix epoch, undefined for no limit. */
export interface CallFilter {
  where: Partial<Pick<CallRow, "to_address" | "from_address" | "status" | "parent_call_sid">>;
  startTime: { from: number | undefined; until: number | undefined };
  endTime: { from: number | undefined; until: number | undefined };
}

/** An update, as the API asks for it. */
export interface CallUpdate {
  status: "completed" | "canceled" | undefined;
  /** The TwiML to go on with. */
  instructions: Instructions | undefined;
  timeLimit: number | undefined;
  callback: CallbackOrder | undefined;
}

/** The functions of conferences that a call needs. */
export interface CallConferences extends TwimlConferences {
  answered(call: CallRow, at: number): void;
  moved(call: CallRow, at: number): void;
  /** @param isKicked - whether it was removed from the conference. */
  ended(call: CallRow, at: number, isKicked: boolean): void;
}

export type CallRules = ReturnType<typeof callRules>;

/** Calls: they are placed, ring, are answered and end. `at` is the time of the change, by the account's clock. */
export function callRules(
  state: State,
  settings: CallSettingsStore,
  recordings: LiveRecordingRules,
  conferences: CallConferences,
  requests: DocumentRequests,
) {
  const { database, clock, random, timeline, history } = state;
  const store = callStore(database);
  const rules = listedRules(store, "CA", clock);

  /** Places a call: the rest of its life are timed events. */
  const place = atomic(database, (call: NewCall): CallRow => {
    const { account_sid, script, timeout = 60 } = call;
    const at = clock.now(account_sid);
    const row = insertNew(call, at);
    const all = { ...settings.of(account_sid), ...script.settings };
    const outcome = script.settings.outcome ?? OUTCOME_NUMBERS.get(row.to_address) ?? all.outcome;
    const last = OUTCOME_TRANSITIONS[outcome];
    const ringing = all[CALL_LIFECYCLE.ring.after];
    const ended = Math.max(ringing, all[CALL_LIFECYCLE[last].after]);
    const schedule = (name: CallTransition, seconds: number) =>
      timeline.schedule(account_sid, at + (all.instant ? 0 : seconds * 1000), `call.${name}`, row.sid);
    if (last !== "fail") schedule("ring", ringing);
    if (ended - ringing > timeout) schedule("ignore", ringing + timeout);
    else schedule(last, ended);
    return row;
  });

  /**
   * Makes a call in any status, without the time that the steps before it take.
   *
   * @param join - adds the queued call to a conference.
   */
  const make = atomic(database, (call: NewCall, status: CallStatus, join?: (row: CallRow) => void): CallRow => {
    const at = clock.now(call.account_sid);
    const row = status === "queued" ? place(call) : insertNew(call, at);
    join?.(row);
    if (status === "queued") return row;
    // A call that has ended rang before, and one that is completed was answered.
    const before: CallTransition[] = status === "completed" ? ["ring", "answer"] : isEnded(status) ? ["ring"] : [];
    return [...before, transitionTo(status) as CallTransition].reduce(
      (call, transition) => change(call, transition, at, "control"),
      row,
    );
  });

  function insertNew({ account_sid, sid, ...call }: NewCall, at: number): CallRow {
    const isTaken = (other: string) => store.get(account_sid, other) !== undefined;
    const row: CallRow = {
      account_sid,
      sid: sid ?? random.freeSid("CA", isTaken, account_sid),
      parent_call_sid: call.parent_call_sid ?? null,
      to_address: call.to_address,
      from_address: call.from_address,
      status: "queued",
      direction: call.direction,
      date_created: at,
      date_updated: at,
      start_time: null,
      end_time: null,
      duration: null,
      price: null,
      ...NO_DETAILS,
      script: JSON.stringify(withSettingsOf(account_sid, call.script)),
      date_deleted: null,
    };
    store.insert(row);
    return notify(row, "initiated", at);
  }

  /** Notes an event, and calls it back, if it was asked for. Returns the row with the number of its next callback. */
  function notify(row: CallRow, event: CallEvent, at: number, recording?: CallRecordingParameters): CallRow {
    const name = event === "completed" ? row.status : event;
    const of = row.parent_call_sid === null ? [] : [row.parent_call_sid];
    history.add(row.account_sid, { at, event: `call.${name}`, sid: row.sid, of });
    const script = scriptOf(row);
    const { callback, sequence = 0 } = script;
    if (!callback?.events.includes(event)) return row;
    const { account_sid, sid: subject_sid } = row;
    const { url, method } = callback;
    const parameters = callParameters(row, event, at, sequence, recording);
    requests.add({ account_sid, event: `call.${event}`, subject_sid, url, method, parameters });
    const counted = { ...row, script: JSON.stringify({ ...script, sequence: sequence + 1 } satisfies Script) };
    store.update(counted);
    return counted;
  }

  /** Later changes of the account's settings are for later calls. */
  function withSettingsOf(account: string, script: Script): Script {
    const { from_numbers: _, ...present } = settings.of(account);
    return { ...script, settings: { ...present, ...script.settings } };
  }

  /** Applies a transition; a call that is in another status stays as it is. */
  function change(row: CallRow, name: CallTransition, at: number, by: Trigger, isKicked = false): CallRow {
    const status = after(CALL_LIFECYCLE[name], row.status, by);
    if (status === undefined) return row;
    if (isEnded(status)) return end(row, status, at, isKicked);
    const changed = { ...row, status, date_updated: at, start_time: at };
    if (status !== "in-progress") {
      store.update(changed);
      conferences.moved(changed, at);
      return notify(changed, "ringing", at);
    }
    return answer(changed, at);
  }

  function answer(row: CallRow, at: number): CallRow {
    const { account_sid, sid } = row;
    const script = scriptOf(row);
    const answered = { ...row, answered_by: script.detectsMachines ? "human" : row.answered_by };
    store.update(answered);
    const { recording, instructions } = script;
    timeline.events.cancel(account_sid, sid);
    // An instant call ends when its TwiML does.
    const endsByTwiml = instructions !== undefined && settingsOf(answered).instant;
    if (!endsByTwiml) scheduleEnd(answered, at, at);
    if (recording !== undefined) recordings.start({ account_sid, call_sid: sid, conference_sid: null }, recording, at);
    conferences.answered(answered, at);
    const notified = notify(answered, "answered", at);
    twiml.childAnswered(notified, at);
    if (instructions === undefined) return notified;
    // Documented: a call that comes in is answered by its first verb.
    const isBegun = twiml.begin(notified, instructions, at, row.direction === "inbound" ? "ringing" : notified.status);
    if (endsByTwiml && !isBegun) scheduleEnd(notified, at, at);
    return store.get(account_sid, sid) as CallRow;
  }

  /** Schedules the end of a call in progress. */
  function scheduleEnd(row: CallRow, answeredAt: number, at: number): void {
    const { account_sid, sid } = row;
    const { [CALL_LIFECYCLE.complete.after]: seconds, instant } = settingsOf(row);
    if (seconds === null) return;
    timeline.schedule(account_sid, instant ? at : Math.max(at, answeredAt + seconds * 1000), "call.complete", sid);
  }

  function end(row: CallRow, status: CallStatus, at: number, isKicked: boolean): CallRow {
    const { account_sid, sid } = row;
    // Documented: empty for a call that was not dialled.
    const start_time = status === "canceled" ? row.start_time : (row.start_time ?? at);
    // The clock may have been turned back since the answer.
    const elapsed = Math.max(0, Math.round((at - (start_time ?? at)) / 1000));
    const duration = row.status === "in-progress" ? Math.max(elapsed, nominalSeconds(settingsOf(row))) : 0;
    const ended = {
      ...row,
      status,
      date_updated: at,
      start_time,
      end_time: at,
      duration,
      price: callPriceOf(duration),
    };
    store.update(ended);
    timeline.events.cancel(account_sid, sid);
    // A conference's goes on.
    const own = recordings
      .active({ account_sid, call_sid: sid })
      .filter(({ conference_sid }) => conference_sid === null);
    const whole = own.map((row) => recordings.end(row, at)).find(({ source }) => source === "OutboundAPI");
    conferences.ended(ended, at, isKicked);
    const notified = notify(ended, "completed", at, whole && recordingOf(whole, scriptOf(row)));
    twiml.ended(notified, at);
    return notified;
  }

  /** Documented for `Record=true`: the callback of the end has the recording of the call. */
  function recordingOf(row: RecordingRow, { callback }: Script): CallRecordingParameters {
    const url = recordingUrl(row, callback?.origin ?? "");
    return { url, sid: row.sid, seconds: recordings.secondsOf(row) };
  }

  function settingsOf(row: CallRow): CallSettings {
    const { settings: own, timeLimit } = scriptOf(row);
    const all = { ...settings.of(row.account_sid), ...own };
    return timeLimit === undefined ? all : { ...all, lasts: Math.min(all.lasts ?? timeLimit, timeLimit) };
  }

  /** Sets the time limit of a call that has not ended. */
  function limit(row: CallRow, timeLimit: number, at: number): CallRow {
    const limited = { ...row, script: scriptWith(row, { timeLimit }) };
    store.update(limited);
    if (row.status !== "in-progress") return limited;
    timeline.events.cancel(row.account_sid, row.sid, "call.complete");
    scheduleEnd(limited, row.start_time ?? row.date_created, at);
    return limited;
  }

  /** Ends a call as part of another change. */
  function endAt(account: string, sid: string, at: number, isKicked = false): void {
    const row = store.get(account, sid);
    if (row !== undefined) change(row, endOf(row.status), at, "clock", isKicked);
  }

  const twimlCalls = { find: store.get, update: store.update, place, endAt, settingsOf };
  const twiml = twimlRules(state, twimlCalls, recordings, conferences, requests);

  recordings.useCalls((account, sid) => {
    const row = store.get(account, sid);
    return row && { row, settings: settingsOf(row) };
  });

  function apply(name: CallTransition) {
    return ({ account_sid, subject_sid }: TimedEvent, at: number): void => {
      const row = store.get(account_sid, subject_sid);
      if (row !== undefined) change(row, name, at, "clock");
    };
  }

  return {
    place,
    make,
    settings,
    find: store.get,
    fetch: (account: string, pathSid: string): CallRow => rules.fetch({ account_sid: account }, pathSid),

    /** @returns undefined if the page's token matches no row. */
    list(account: string, { where, startTime, endTime }: CallFilter, page: PageSelection): Page<CallRow> | undefined {
      const within = [
        { column: "start_time" as const, ...startTime },
        { column: "end_time" as const, ...endTime },
      ].filter(({ from, until }) => from !== undefined || until !== undefined);
      return rules.list({ ...where, account_sid: account }, page, { within });
    },

    /** Applies a transition now. */
    change: atomic(database, (row: CallRow, name: CallTransition, by: Trigger, isKicked: boolean = false): CallRow => {
      return change(row, name, clock.now(row.account_sid), by, isKicked);
    }),

    /** Ends a call whose conference has ended, or lets its TwiML go on. */
    leaveConference(account: string, sid: string, at: number, isKicked: boolean = false): void {
      const row = store.get(account, sid);
      if (row !== undefined && !twiml.leaves(row, at, isKicked)) endAt(account, sid, at, isKicked);
    },

    /** Goes on with the answer to a request for a document. */
    answered: twiml.answered,

    /**
     * Changes a call as a request asks for it.
     *
     * @param change.timeLimit - seconds from the answer on.
     * @throws TwilioError 21220 for a call that has ended, or that is not in progress and is redirected.
     */
    update: atomic(database, (row: CallRow, { status, instructions, timeLimit, callback }: CallUpdate): CallRow => {
      const isRunning = row.status === "in-progress";
      const hasEnded = isEnded(row.status);
      if ((instructions !== undefined && !isRunning) || (status !== undefined && hasEnded)) {
        throw new TwilioError({ code: 21220, problem: "Call is not in-progress. Cannot redirect." });
      }
      const at = clock.now(row.account_sid);
      const limited = timeLimit === undefined || hasEnded ? row : limit(row, timeLimit, at);
      const changed = callback === undefined ? limited : { ...limited, script: scriptWith(limited, { callback }) };
      if (changed !== limited) store.update(changed);
      if (status === undefined) {
        if (instructions !== undefined) twiml.redirect(changed, instructions, at);
        return store.get(row.account_sid, row.sid) as CallRow;
      }
      // `canceled` does not end a call in progress.
      return change(changed, status === "canceled" ? "cancel" : endOf(row.status), at, "api");
    }),

    /** @throws TwilioError 20404 if there is no such call, 20009 before its end. */
    remove(account: string, pathSid: string): void {
      const row = rules.fetch({ account_sid: account }, pathSid);
      if (!isEnded(row.status)) throw new TwilioError({ code: 20009 });
      rules.remove({ account_sid: account }, pathSid);
    },

    handlers: {
      ...Object.fromEntries(
        (Object.keys(CALL_LIFECYCLE) as CallTransition[]).map((name) => [`call.${name}`, apply(name)]),
      ),
      ...twiml.handlers,
    },
  };
}
