import type { Callbacks } from "../callbacks/callbacks.js";
import type { NumberedEntry } from "../state/journal.js";
import type { State } from "../state/state.js";
import { viewOf as callbackView } from "./callbacks.js";
import { type ChangedList, changeHints } from "./change-hints.js";
import { createEventStream, eventText } from "./event-stream.js";
import { operation } from "./operation.js";

const QUERY = {
  type: "object",
  additionalProperties: false,
  properties: {
    since: {
      type: "integer",
      minimum: 0,
      description: "The number of a request: later ones in the log are sent first.",
    },
  },
} as const;

const ANSWER = {
  type: "string",
  description: "Events: ready, request, callback, changed.",
} as const;

/** Milliseconds. Proxies close connections that are silent for longer, often a minute. */
const HEARTBEAT = 15_000;
/** Milliseconds after which a browser connects again. */
const RETRY = 1000;

/** The lists that a change of rows or a clock affects: of an account, or of all. */
const OF_ACCOUNT = ["recordings", "calls", "clock"] as const satisfies ChangedList[];
const WITH_ACCOUNTS = [...OF_ACCOUNT, "accounts"] as const satisfies ChangedList[];

/** A client that reads events. */
interface Subscriber {
  account: string | undefined;
  send(event: string | NumberedEntry): void;
  hint(lists: readonly ChangedList[], account: string | undefined): void;
  end(): void;
}

/** Requests, callbacks and changes, as they happen. */
export function eventCapability({ journal, revisions, faults }: State, { log }: Callbacks, heartbeat = HEARTBEAT) {
  const subscribers = new Set<Subscriber>();

  journal.onRecord((entry) => {
    for (const { account, send } of subscribers) if (account === undefined || account === entry.account) send(entry);
  });
  journal.onClear((account) => hint(["requests"], account));
  faults.onChange(() => hint(["faults"], undefined));
  revisions.onTouch((account) => {
    if (account === "") hint(["snapshots"], undefined);
    else hint(account === undefined ? WITH_ACCOUNTS : OF_ACCOUNT, account);
  });
  log.onChange((entry) => {
    if (subscribers.size === 0) return;
    if (entry === undefined) return hint(["callbacks"], undefined);
    const text = eventText("callback", callbackView(entry));
    for (const { account, send } of subscribers) if (account === undefined || account === entry.accountSid) send(text);
  });

  function hint(lists: readonly ChangedList[], account: string | undefined): void {
    for (const subscriber of subscribers) subscriber.hint(lists, account);
  }

  /** @param since - the number of the last request that the client has; one of an earlier epoch may be too large. */
  function subscribe(account: string | undefined, since: number) {
    const latest = journal.latest();
    const later = journal.entries(account).filter(({ number }) => number > (since > latest ? 0 : since));
    const ready = eventText("ready", { epoch: journal.epoch(), latest });
    const stream = createEventStream([`retry: ${RETRY}\n${ready}`, ...later]);
    const hints = changeHints((changed) => stream.send(eventText("changed", changed)));
    const timer = setInterval(() => stream.send(":\n\n"), heartbeat).unref();
    const subscriber: Subscriber = {
      account,
      send: stream.send,
      hint(lists, changed) {
        if (account === undefined || changed === undefined || changed === account) hints.add(lists, changed);
      },
      end: stream.end,
    };
    const release = journal.keepAnswers();
    subscribers.add(subscriber);
    stream.readable.once("close", () => {
      clearInterval(timer);
      hints.end();
      release();
      subscribers.delete(subscriber);
    });
    return stream.readable;
  }

  return {
    operations: {
      stream: operation({
        method: "GET",
        url: "/events",
        id: "streamEvents",
        summary: "Stream requests, callbacks and changes as server-sent events",
        description: "The ids are numbers of requests; a Last-Event-ID header overrides `since`.",
        docs: { answer: "see [Events](#events)" },
        scope: "all",
        query: QUERY,
        isEventStream: true,
        answer: ANSWER,
        run: ({ account, query: { since } }) => subscribe(account, since ?? journal.latest()) as never,
      }),
    },
    /** Returns the number of clients. */
    subscribers: (): number => subscribers.size,
    /** Ends all streams. */
    close(): void {
      for (const { end } of subscribers) end();
    },
  };
}
