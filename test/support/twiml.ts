import type { Test } from "tap";
import type { Config } from "../../src/config/config.js";
import type { HistoryView } from "../../src/control/history.js";
import { callbackEmulator } from "./callbacks.js";
import { CALLS, callPath, FROM, NOON, TO } from "./calls.js";
import type { Answer } from "./receiver.js";

/** What the receiver answers by path: verbs, or a function. An unknown path gets 200 without a body. */
export type Documents = Record<string, string | Answer>;

/** Answers with a whole document. */
export const xml =
  (text: string, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, { "content-type": "text/xml" }).end(text);

/** Answers with a redirect. */
export const redirectTo =
  (location: string, status = 302): Answer =>
  (_, response) =>
    void response.writeHead(status, { location }).end();

/** Returns an answer with a document that is given when it is released, and a promise of the first request. */
export function held(document: string) {
  let release!: () => void;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let arrived!: () => void;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const answer: Answer = async (_, response) => {
    arrived();
    await released;
    response.end(document);
  };
  return { answer, release, arrival };
}

/** As `callbackEmulator`; the receiver answers with TwiML. A call is answered after 2 s. */
export async function twimlEmulator(t: Test, documents: Documents = {}, overrides: Partial<Config> = {}) {
  const running = await callbackEmulator(t, overrides, (request, response) => {
    const document = documents[request.url.replace(/\?.*/, "")];
    if (typeof document === "function") return document(request, response);
    if (document === undefined) return undefined;
    return response.setHeader("content-type", "text/xml").end(`<Response>${document}</Response>`);
  });
  const { done, advance, post, takeAll, port, fetchCall } = running;
  const base = `http://127.0.0.1:${port}`;

  /** Places an inbound call that lasts a minute and gets its TwiML from `/voice`; returns its SID. */
  const ring = async (
    verbs: string | Answer,
    { script = {}, ...spec }: { script?: object; [key: string]: unknown } = {},
  ) => {
    documents["/voice"] = verbs;
    return (await done("POST", "/calls", { url: `${base}/voice`, script: { lasts: 60, ...script }, ...spec }))
      .sid as string;
  };
  /** As `ring`, and lets it be answered. */
  const start = async (...given: Parameters<typeof ring>) => {
    const sid = await ring(...given);
    await advance(2);
    return sid;
  };
  /** As `start`, with the TwiML in the order of the call. */
  const startWith = async (verbs: string, { script = {}, ...spec }: { script?: object } = {}): Promise<string> => {
    const twiml = `<Response>${verbs}</Response>`;
    const { sid } = await done("POST", "/calls", { twiml, script: { lasts: 60, ...script }, ...spec });
    await advance(2);
    return sid;
  };
  /** Waits until nothing happens any more without turning the clock. */
  const settle = async () => {
    for (;;) {
      await advance(0);
      const { now } = await done("GET", "/clock");
      const { events } = await done("GET", "/clock/events");
      const { count } = await done("GET", "/callbacks?state=pending");
      if (count === 0 && !events.some(({ due }: { due: string }) => due <= now)) return;
    }
  };
  /** Redirects a call in progress, and waits for what follows at this moment of the clock. */
  const redirect = async (sid: string, form: Record<string, string>) => {
    const answer = await post(callPath(sid), form);
    if (answer.statusCode !== 200) throw new Error(answer.body);
    await settle();
  };
  const entries = async (sid: string): Promise<HistoryView[]> => (await done("GET", `/history?sid=${sid}`)).entries;
  /** Returns the TwiML that a call executed, one line each: seconds after noon, event, note. */
  const twiml = async (sid: string) =>
    (await entries(sid))
      .filter((entry) => entry.sid === sid && entry.event.startsWith("twiml."))
      .map(({ time, event, note }) =>
        `${(Date.parse(time) - Date.parse(NOON)) / 1000} ${event.slice(6)} ${note}`
          .replaceAll(base, "")
          .replace(/\b(CA|RE|CF)[0-9a-f]{32}/g, "$1"),
      );
  /** Waits for the deliveries under way; returns and forgets the requests, such as `POST /voice`. */
  const requests = async () => {
    await advance(0);
    return takeAll().map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`);
  };
  const hangUp = (sid: string) => post(callPath(sid), { Status: "completed" });
  /** Returns the calls that a call dialled. */
  const childrenOf = async (sid: string) => (await running.send(`${CALLS}?ParentCallSid=${sid}`)).json().calls;
  /** Lists a call's recordings, as source, status and duration. */
  const recorded = async (sid: string) =>
    (await running.recordingsOf(sid)).map((one: Record<string, unknown>) => [one.source, one.status, one.duration]);
  const statusOf = async (sid: string): Promise<string> => (await fetchCall(sid)).status;
  /** Lists the kinds of timed events that are due. */
  const due = async () => (await done("GET", "/clock/events")).events.map(({ kind }: { kind: string }) => kind);
  /** Places a call by Twilio's API. */
  const create = async (form: Record<string, string>): Promise<string> => {
    const answer = await post(CALLS, { To: TO, From: FROM, ...form });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return answer.json().sid;
  };
  return {
    ...running,
    ...{ documents, base, ring, start, startWith, redirect, entries, twiml, requests, hangUp, childrenOf, recorded },
    ...{ statusOf, due, create, settle },
  };
}
