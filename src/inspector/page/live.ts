import { addressOf, call, loginNeeded } from "./api.js";
import { createValue } from "./value.js";
import type { CallbackView, RequestView } from "./views.js";

/** What a hint to read again may name. */
export type Topic = "recordings" | "calls" | "clock" | "faults" | "snapshots" | "accounts" | "callbacks" | "requests";

export interface Batch {
  requests: RequestView[];
  callbacks: CallbackView[];
}

const RETRY = 1000;

export const connection = createValue<"connecting" | "open" | "lost">("connecting");

const batchListeners = new Set<(batch: Batch) => void>();
const topicListeners = new Set<(topics: ReadonlySet<Topic> | undefined) => void>();

/** Calls `listener` with the events of each frame. */
export function onBatch(listener: (batch: Batch) => void): () => void {
  batchListeners.add(listener);
  return () => void batchListeners.delete(listener);
}

/** Calls `listener` when lists must be read again; without topics, all of them. */
export function onTopics(listener: (topics: ReadonlySet<Topic> | undefined) => void): () => void {
  topicListeners.add(listener);
  return () => void topicListeners.delete(listener);
}

/** Says that lists must be read again. */
export function announce(...topics: Topic[]): void {
  const changed = topics.length === 0 ? undefined : new Set(topics);
  for (const listener of [...topicListeners]) listener(changed);
}

/** Follows the events of an account, or of all, until it is called again or ended. */
export function follow(account: string | undefined): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;
  let batch: Batch | undefined;

  open();
  return () => {
    isEnded = true;
    clearTimeout(timer);
    source?.close();
  };

  function open(): void {
    const opened = new EventSource(addressOf("/events", { account }));
    source = opened;
    opened.onopen = () => {
      connection.set("open");
      // The emulator may be another one than before.
      announce();
    };
    opened.onerror = () => {
      opened.close();
      if (isEnded) return;
      connection.set("lost");
      timer = setTimeout(retry, RETRY);
    };
    opened.addEventListener("request", ({ data }) => collect((all) => all.requests.push(JSON.parse(data))));
    opened.addEventListener("callback", ({ data }) => collect((all) => all.callbacks.push(JSON.parse(data))));
    opened.addEventListener("changed", ({ data }) => announce(...(JSON.parse(data) as { what: Topic[] }).what));
  }

  // An EventSource does not say why it failed; a call does, and opens the login. It does so before the page has a connection.
  async function retry(): Promise<void> {
    const isThere = await call("GET", "/clock").then(
      () => true,
      () => false,
    );
    if (isEnded || loginNeeded.get()) return;
    if (isThere) open();
    else timer = setTimeout(retry, RETRY);
  }

  // A burst of events is shown once a frame.
  function collect(add: (all: Batch) => void): void {
    if (batch === undefined) {
      batch = { requests: [], callbacks: [] };
      setTimeout(flush, 16);
    }
    add(batch);
  }

  function flush(): void {
    const all = batch;
    batch = undefined;
    if (all === undefined || isEnded) return;
    for (const listener of [...batchListeners]) listener(all);
  }
}
