import { parseCallbackUrl } from "../callbacks/callback-url.js";
import type { Callbacks } from "../callbacks/callbacks.js";
import { checkSignature } from "../callbacks/check-signature.js";
import type { CallbackFault } from "../callbacks/faults.js";
import type { LoggedCallback } from "../callbacks/log.js";
import { parseMapping } from "../callbacks/url-map.js";
import type { CallbackEvent } from "../resources/callback-events.js";
import { lowerCaseSid } from "../resources/fixture.js";
import type { Rules } from "../resources/rules.js";
import {
  ARMED,
  ARMED_FAULTS,
  CALLBACK,
  CALLBACK_LIST,
  CALLBACKS,
  type CallbackFaultView,
  type CallbackFilter,
  type CallbackView,
  FAULT,
  FILTER,
  MAP,
  NEW_CALLBACK,
  REDELIVERY,
  SIGNED,
  SIGNING,
  URL_TEXT,
  WAIT,
} from "./callback-schemas.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";

/** Sent callbacks, their faults, and signatures. */
export function callbackCapability(
  { outbox, log, faults, urlMap }: Callbacks,
  rules: Rules,
  publicUrl: string | undefined,
) {
  const waiting = new Set<() => void>();

  function find({ event, state, sid, since = "" }: CallbackFilter, account: string | undefined): LoggedCallback[] {
    const wanted = sid?.toLowerCase();
    return log
      .list(account)
      .filter(
        (entry) =>
          entry.id > since &&
          (event === undefined || entry.event === event) &&
          (state === undefined || entry.state === state) &&
          (wanted === undefined || entry.subjectSid.toLowerCase() === wanted),
      );
  }

  /** @throws ControlError 408 after the timeout, or if the emulator closes. */
  async function wait(
    filter: CallbackFilter,
    account: string | undefined,
    count: number,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<LoggedCallback[]> {
    signal?.throwIfAborted();
    // A callback counts when its delivery is over.
    const done = () => find(filter, account).filter(({ state }) => filter.state !== undefined || state !== "pending");
    return await new Promise((resolve, reject) => {
      const giveUp = (when: string) =>
        end(() => reject(new ControlError(408, `${done().length} of ${count} callbacks were sent ${when}`)));
      const close = () => giveUp("before the emulator closed");
      const abort = () => end(() => reject(signal?.reason));
      const timer = setTimeout(() => giveUp(`in ${timeout} s`), timeout * 1000);
      const stop = log.onChange(look);
      waiting.add(close);
      signal?.addEventListener("abort", abort);
      look();

      function look(): void {
        const found = done();
        if (found.length >= count) end(() => resolve(found));
      }

      function end(settle: () => void): void {
        clearTimeout(timer);
        stop();
        waiting.delete(close);
        signal?.removeEventListener("abort", abort);
        settle();
      }
    });
  }

  function entryOf(account: string | undefined, id: string): LoggedCallback {
    const entry = log.list(account).find((one) => one.id === id);
    if (entry === undefined) throw new ControlError(404, `there is no callback ${JSON.stringify(id)}`);
    return entry;
  }

  const operations = {
    list: operation({
      method: "GET",
      url: "/callbacks",
      id: "listCallbacks",
      summary: "List the last callbacks, oldest first",
      description: "With their attempts, and the exact text that was signed.",
      inProcess: "`callbacks.list(…)`",
      scope: "all",
      query: FILTER,
      answer: CALLBACK_LIST,
      run: ({ account, query }) => ({
        ...counted(find(query, account)),
        paused: account === undefined ? null : outbox.isPaused(account),
      }),
    }),

    wait: operation({
      method: "GET",
      url: "/callbacks/wait",
      id: "waitForCallbacks",
      summary: "Wait for matching callbacks",
      description:
        "A callback counts when its delivery is over; earlier ones count. In process, `signal` ends the wait.",
      inProcess: "`callbacks.waitFor(…)`",
      docs: { input: "the same, `count` (1), `timeout` (5 s, at most 600)" },
      scope: "all",
      query: WAIT,
      answer: CALLBACKS,
      errors: [408],
      async run({ account, query: { count = 1, timeout = 5, ...filter }, signal }) {
        return counted(await wait(filter, account, count, timeout, signal()));
      },
    }),

    send: operation({
      method: "POST",
      url: "/callbacks",
      id: "sendCallback",
      summary: "Send the callback of an event without the event",
      description: "For a recording, call, conference or transcription that exists, with its present values.",
      inProcess: "`callbacks.send(…)`",
      docs: { answer: "the callback, pending" },
      scope: "main",
      body: NEW_CALLBACK,
      answer: CALLBACK,
      status: 202,
      run({ account, body: { event, sid, url, method = "POST" }, origin }) {
        if (parseCallbackUrl(url) === undefined) throw unexpected("url", url, URL_TEXT.description);
        const from = publicUrl ?? origin;
        const parameters = rules.callbackParameters(account, event as CallbackEvent, lowerCaseSid(sid), url, from);
        if (parameters === undefined) {
          throw new ControlError(404, `account ${account} has no ${event.split(".")[0]} ${JSON.stringify(sid)}`);
        }
        return viewOf(outbox.send({ account_sid: account, event, subject_sid: sid, url, method, parameters }));
      },
    }),

    redeliver: operation({
      method: "POST",
      url: "/callbacks/{Id}/redeliver",
      id: "redeliverCallback",
      summary: "Deliver a callback again",
      inProcess: "`callbacks.redeliver(id, …)`",
      docs: { answer: "the new callback, pending" },
      scope: "all",
      body: REDELIVERY,
      answer: CALLBACK,
      status: 202,
      run({ account, key, body: { new_token = false, bad_signature = false } }) {
        const entry = entryOf(account, key);
        const { accountSid: account_sid, event, subjectSid, method, parameters, idempotencyToken } = entry;
        const url = log.urlOf(entry);
        const token = new_token ? {} : { idempotencyToken };
        const again = { account_sid, event, subject_sid: subjectSid, url, method, parameters, ...token };
        return viewOf(outbox.send(again, bad_signature));
      },
    }),

    pause: operation({
      method: "POST",
      url: "/callbacks/pause",
      id: "pauseCallbacks",
      summary: "Hold the callbacks of an account back",
      inProcess: "`callbacks.pause()`",
      scope: "main",
      run: ({ account }) => outbox.pause(account),
    }),

    release: operation({
      method: "POST",
      url: "/callbacks/release",
      id: "releaseCallbacks",
      summary: "Send the callbacks that were held back",
      inProcess: "`callbacks.release()`",
      scope: "main",
      run: ({ account }) => outbox.release(account),
    }),

    clear: operation({
      method: "DELETE",
      url: "/callbacks",
      id: "clearCallbacks",
      summary: "Clear the log of callbacks",
      inProcess: "`callbacks.clear()`",
      scope: "all",
      run: ({ account }) => log.clear(account),
    }),

    armFault: operation({
      method: "POST",
      url: "/callback-faults",
      id: "armCallbackFault",
      summary: "Arm a fault of callbacks",
      description:
        "drop loses the callback, reorder sends it after the next one of the account, duplicate sends it twice.",
      inProcess: "`callbacks.arm(…)`",
      docs: { answer: "the armed fault" },
      scope: "all",
      body: FAULT,
      answer: ARMED,
      status: 201,
      run: ({ account, body: { fault, event, delay = 1000, times = 1 } }) =>
        viewFault(faults.arm({ account, fault, event, delay, times })),
    }),

    faults: operation({
      method: "GET",
      url: "/callback-faults",
      id: "listCallbackFaults",
      summary: "List the armed faults of callbacks",
      inProcess: "`callbacks.faults()`",
      scope: "all",
      answer: ARMED_FAULTS,
      run: ({ account }) => ({ faults: faults.list(account).map(viewFault) }),
    }),

    clearFaults: operation({
      method: "DELETE",
      url: "/callback-faults",
      id: "clearCallbackFaults",
      summary: "Remove the armed faults of callbacks",
      inProcess: "`callbacks.clearFaults()`",
      scope: "all",
      run: ({ account }) => faults.reset(account),
    }),

    readMap: operation({
      method: "GET",
      url: "/callback-map",
      id: "readCallbackMap",
      summary: "Read which callback URLs of an account are requested elsewhere",
      inProcess: "`callbacks.map()`",
      docs: { answer: "the map" },
      scope: "main",
      answer: MAP,
      run: ({ account }) => Object.fromEntries(urlMap.of(account).map(({ from, to }) => [from, to])),
    }),

    map: operation({
      method: "PUT",
      url: "/callback-map",
      id: "setCallbackMap",
      summary: "Request callback URLs elsewhere",
      description: "They are signed as before, so that hard-coded public URLs and checks behind proxies work.",
      inProcess: "`callbacks.map({ … })`",
      docs: { input: "URLs as keys, and what is requested instead", answer: "the map" },
      scope: "main",
      body: MAP,
      answer: MAP,
      run({ account, body }) {
        const mappings = Object.entries(body).map(([from, to]) => {
          const mapping = parseMapping(`${from}=${to}`);
          if (mapping === undefined) throw unexpected(from, to, "absolute http or https URLs, the first without =");
          return mapping;
        });
        urlMap.set(account, mappings);
        return Object.fromEntries(mappings.map(({ from, to }) => [from, to]));
      },
    }),

    sign: operation({
      method: "POST",
      url: "/signature",
      id: "signRequest",
      summary: "Compute Twilio's signature of a request, or check one",
      description:
        "With the auth token of the account. For a signature that does not match, names what it is a signature of.",
      inProcess: "`callbacks.sign(…)`",
      docs: { answer: "`signature`, `signed_text`, `matches`, `differences`" },
      scope: "main",
      body: SIGNING,
      answer: SIGNED,
      run({ account, body: { url, parameters = {}, signature } }) {
        const token = rules.accounts.authTokenOf(account);
        return checkSignature({ url, parameters, ...(signature !== undefined && { signature }) }, token);
      },
    }),
  };

  return {
    operations,
    /** Ends all waits. */
    close(): void {
      for (const close of [...waiting]) close();
    },
  };
}

function counted(entries: LoggedCallback[]) {
  return { count: entries.length, callbacks: entries.map(viewOf) };
}

/** Returns a callback as lists show it. */
export function viewOf(entry: LoggedCallback): CallbackView {
  const { delivery } = entry;
  return {
    id: entry.id,
    account: entry.accountSid,
    event: entry.event,
    sid: entry.subjectSid,
    url: entry.url,
    method: entry.method,
    parameters: entry.parameters.map(([name, value]) => [name, value]),
    idempotency_token: entry.idempotencyToken,
    state: entry.state,
    created_at: new Date(entry.createdAt).toISOString(),
    finished_at: entry.finishedAt === undefined ? null : new Date(entry.finishedAt).toISOString(),
    faults: [...entry.faults],
    requested_url: delivery?.requestedUrl ?? null,
    headers: delivery?.headers ?? {},
    body: delivery?.body ?? "",
    signed_text: delivery?.signedText ?? null,
    attempts: (delivery?.attempts ?? []).map(({ duration, status, answer, error, debuggerCode }) => ({
      duration: Math.round(duration * 1000) / 1000,
      status: status ?? null,
      answer: answer ?? null,
      error: error ?? null,
      debugger_code: debuggerCode ?? null,
    })),
  };
}

function viewFault({ id, fault, event, account, delay, times, struck }: CallbackFault): CallbackFaultView {
  return { id, fault, event: event ?? null, account: account ?? null, delay, times, struck };
}
