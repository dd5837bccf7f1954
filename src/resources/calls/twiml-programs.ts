import { parseCallbackUrl } from "../../callbacks/callback-url.js";
import type { Delivery, DocumentAnswer } from "../../callbacks/delivery.js";
import type { PendingCallback } from "../../callbacks/table.js";
import type { Parameter } from "../../callbacks/wire-order.js";
import type { State } from "../../state/state.js";
import type { DocumentRequests } from "../callback-order.js";
import { isEnded } from "./lifecycle.js";
import { type DocumentAddress, type Instructions, type NewCall, type Program, scriptOf, scriptWith } from "./script.js";
import type { CallSettings } from "./settings.js";
import { voiceParameters } from "./status-callback.js";
import type { CallRow } from "./table.js";
import { type Element, parseTwiml, type TwimlError } from "./twiml-document.js";
import { resolveUrl } from "./twiml-verbs.js";

/** The functions of calls that TwiML needs. */
export interface TwimlCalls {
  find(account: string, sid: string): CallRow | undefined;
  update(row: CallRow): void;
  place(call: NewCall): CallRow;
  /** Ends a call as part of another change. */
  endAt(account: string, sid: string, at: number): void;
  settingsOf(row: CallRow): CallSettings;
}

export type TwimlPrograms = ReturnType<typeof twimlPrograms>;

/** Executes a verb. Returns whether the next one follows at once. */
export type Execute = (call: CallRow, program: Program, verb: Element, at: number) => boolean;

/** Of one call at one moment of its clock: a document that redirects to itself would never let the clock advance. */
const MAX_REQUESTS = 100;

/**
 * Requests TwiML documents, and goes from verb to verb. A verb that takes time, or waits for a request, leaves the rest in the call's
 * script. `at` is the time of the change, by the account's clock.
 */
export function twimlPrograms(
  { clock, timeline, history }: State,
  calls: TwimlCalls,
  requests: DocumentRequests,
  execute: Execute,
) {
  /**
   * Begins with the TwiML of a call that is answered, or redirected. Returns whether there is any.
   *
   * @param status - the CallStatus of the request.
   */
  function begin(
    call: CallRow,
    { document, twiml, fallback, origin }: Instructions,
    at: number,
    status: string = call.status,
  ): boolean {
    const { runs_twiml } = calls.settingsOf(call);
    if (!runs_twiml || (document === undefined && twiml === undefined)) return false;
    const program: Program = { origin, rest: [], requests: { at, count: 0 }, ...(fallback && { fallback }) };
    if (document !== undefined) request(call, program, document, at, { status });
    else load(call, program, { text: twiml as string, contentType: "" }, at);
    return true;
  }

  function save({ account_sid, sid }: CallRow, program: Program | undefined): void {
    const row = calls.find(account_sid, sid) as CallRow;
    calls.update({ ...row, script: scriptWith(row, { program: program as Program }) });
  }

  function programOf(call: CallRow | undefined): Program | undefined {
    return call && scriptOf(call).program;
  }

  function note({ account_sid, sid }: CallRow, event: string, at: number, text: string): void {
    history.add(account_sid, { at, event: `twiml.${event}`, sid, note: text });
  }

  /**
   * Requests a document. One at a public host is not requested: the call goes on by its settings.
   *
   * @param more - parameters beside those of every request of a call.
   */
  function request(
    call: CallRow,
    program: Program,
    { url, method }: DocumentAddress,
    at: number,
    { event = "call.twiml", more = [] as readonly Parameter[], status = call.status as string } = {},
  ): void {
    const { account_sid, sid: subject_sid } = call;
    const refusal = requests.refusalOf(account_sid, url);
    if (refusal !== undefined) {
      leaveToSettings(call, refusal, at);
      return;
    }
    const counted = count(call, program, at);
    if (counted === undefined) return;
    const parameters = [...voiceParameters(call, status), ...more];
    const token = requests.add({ account_sid, event, subject_sid, url, method, parameters });
    awaitDocument(call, counted, { url, method }, token, at);
  }

  /** Counts a request. Returns undefined after one too many: the call ends. */
  function count(call: CallRow, program: Program, at: number): Program | undefined {
    const { requests } = program;
    // An instant call takes no time, also on a clock that runs.
    const isSame = requests.at === at || calls.settingsOf(call).instant;
    const counted = { ...program, requests: { at, count: isSame ? requests.count + 1 : 1 } };
    if (counted.requests.count <= MAX_REQUESTS) return counted;
    note(call, "error", at, `more than ${MAX_REQUESTS} documents at one moment of the clock`);
    hangUp(call, at);
    return undefined;
  }

  function awaitDocument(call: CallRow, program: Program, address: DocumentAddress, token: string, at: number): void {
    save(call, { ...program, waits: { for: "document", token, ...address } });
    note(call, "request", at, `${address.method} ${withoutPassword(address.url)}`);
  }

  /** Goes on with the answer to a request that the call waits for. */
  function answered({ account_sid, parameters, idempotency_token }: PendingCallback, delivery: Delivery | undefined) {
    const sent = JSON.parse(parameters) as Parameter[];
    const { CallSid } = Object.fromEntries(sent);
    const call = calls.find(account_sid, CallSid as string);
    const program = programOf(call);
    if (call === undefined || program?.waits?.for !== "document" || isEnded(call.status)) return;
    const { token, url, method } = program.waits;
    if (token !== idempotency_token) return;
    const at = clock.now(account_sid);
    const error = delivery?.attempts.at(-1)?.error;
    if (delivery?.outcome === "refused") {
      leaveToSettings(call, String(error), at);
      return;
    }
    const answer = delivery?.document;
    if (answer === undefined) {
      const status = delivery?.attempts.at(-1)?.status;
      const reason = error ?? (status === undefined ? "dropped by a fault" : `status ${status}`);
      return fail(call, program, { url, method }, 11200, reason, at);
    }
    const location =
      answer.status < 300 ? undefined : resolveUrl(answer.location, { ...program, document: { url, method } });
    if (location === undefined) return load(call, { ...program, document: { url, method } }, answer, at);
    // RFC 9110, 15.4: 307 and 308 keep the method.
    const next = { url: location, method: answer.status < 307 ? ("GET" as const) : method };
    const known = new Set(voiceParameters(call).map(([name]) => name));
    request(call, program, next, at, { more: sent.filter(([name]) => !known.has(name)) });
  }

  function load(
    call: CallRow,
    program: Program,
    answer: Pick<DocumentAnswer, "text" | "contentType">,
    at: number,
  ): void {
    let rest: Element[];
    try {
      rest = verbsOf(answer);
    } catch (error) {
      const address = program.document ?? { url: "", method: "POST" };
      fail(call, program, address, 12100, (error as TwimlError).message, at);
      return;
    }
    note(call, "document", at, rest.length === 1 ? "1 verb" : `${rest.length} verbs`);
    run(call, { ...program, rest }, at);
  }

  /** Requests the fallback, or ends the call. */
  function fail(
    call: CallRow,
    { fallback, ...program }: Program,
    { url }: DocumentAddress,
    code: number,
    reason: string,
    at: number,
  ): void {
    note(call, "error", at, `${code}: ${reason}`);
    if (fallback === undefined) {
      hangUp(call, at);
      return;
    }
    const more: Parameter[] = [
      ["ErrorCode", String(code)],
      ["ErrorUrl", parseCallbackUrl(url)?.requested ?? url],
    ];
    request(call, program, fallback, at, { more });
  }

  /** Executes verbs until one takes time. */
  function run(call: CallRow, { waits: _, ...program }: Program, at: number): void {
    for (const [index, verb] of program.rest.entries()) {
      if (!execute(call, { ...program, rest: program.rest.slice(index + 1) }, verb, at)) return;
    }
    note(call, "end", at, "no verb is left: the call ends");
    hangUp(call, at);
  }

  /** Stops executing: the call lasts as long as its settings say. */
  function leaveToSettings(call: CallRow, reason: string, at: number): void {
    note(call, "not-requested", at, reason);
    save(call, undefined);
    endIfInstant(call, at);
  }

  /** Ends an instant call that nothing else ends: the time that it lasts is over at once. */
  function endIfInstant(call: CallRow, at: number): void {
    const { instant, lasts } = calls.settingsOf(call);
    if (instant && lasts !== null) timeline.schedule(call.account_sid, at, "call.complete", call.sid);
  }

  function hangUp({ account_sid, sid }: CallRow, at: number): void {
    calls.endAt(account_sid, sid, at);
  }

  return {
    save,
    programOf,
    note,
    request,
    count,
    awaitDocument,
    answered,
    fail,
    run,
    leaveToSettings,
    endIfInstant,
    hangUp,
    begin,
  };
}

/** Twilio says a plain text, and plays a sound. */
function verbsOf({ text, contentType }: Pick<DocumentAnswer, "text" | "contentType">): Element[] {
  const verb = { attributes: {}, text, children: [] };
  if (/^text\/plain\b/i.test(contentType)) return [{ ...verb, name: "Say" }];
  if (/^audio\//i.test(contentType)) return [{ ...verb, name: "Play", text: "" }];
  return parseTwiml(text);
}

/** Without the password. */
function withoutPassword(url: string): string {
  return url.replace(/^(https?:\/\/[^/?#:]*):[^/?#]*@/i, "$1:***@");
}
