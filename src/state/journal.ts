import { randomUUID } from "node:crypto";

/** A completed or aborted request. What may contain credentials is masked when it is read. */
export interface JournalEntry {
  method: string;
  /** Path and query as the router received them. */
  url: string;
  /** Twilio's name of the operation, such as `FetchRecording`; undefined for an unknown path. */
  operation: string | undefined;
  /** The account of the path; undefined if the request was not authorized. */
  account: string | undefined;
  userAgent: string | undefined;
  requestId: string;
  /** The emulator's time at the end of the request, in milliseconds since the Unix epoch. */
  time: number;
  /** Milliseconds. */
  duration: number;
  /** Undefined if the connection closed before the response. */
  status: number | undefined;
  /** Twilio's error code. */
  code: number | undefined;
  fault: string | undefined;
  /** Whether it came over TLS. */
  secure: boolean;
  /** Alternating names and values as received, at most `MAX_KEPT` characters. */
  headers: readonly string[];
  /** The form as it was sent, a character for each byte; undefined without one. */
  form: KeptText | undefined;
  /** Undefined if it was not kept. */
  answer: KeptAnswer | undefined;
}

/** The beginning of a text. */
export interface KeptText {
  text: string;
  truncated: boolean;
}

export interface KeptAnswer {
  /** Alternating names and values. */
  headers: readonly string[];
  /** Undefined for media, and for a body that a fault has broken. */
  body: KeptText | undefined;
}

/** The most bytes that are kept of headers, a form, and the body of an answer. */
export const MAX_KEPT = 8192;

/** Numbers increase across all accounts. */
export type NumberedEntry = JournalEntry & { number: number };

/**
 * The request log. Each account has its own ring of entries, so that a busy account does not evict the entries of
 * another; unauthorized requests share one. Methods without an account apply to all.
 */
export interface Journal {
  size: number;
  record(entry: JournalEntry): void;
  /** Whether entries contain answers. */
  keepsAnswers(): boolean;
  /** Keeps the answers of later requests. Returns a function that undoes it. */
  keepAnswers(): () => void;
  /** Returns entries, oldest first. */
  entries(account?: string): NumberedEntry[];
  /** Returns the number of the last entry, 0 before the first. */
  latest(): number;
  /** Returns an id that changes when the numbers restart: at a start and at a reset. */
  epoch(): string;
  clear(account?: string): void;
  /** Clears entries; without an account, numbers also restart at 1. */
  reset(account?: string): void;
  onRecord(listener: (entry: NumberedEntry) => void): void;
  /** Calls `listener` after entries were cleared, with the account or undefined for all. */
  onClear(listener: (account: string | undefined) => void): void;
}

/**
 * @param size - maximum number of entries per account; 0 disables the log.
 * @param alwaysKeeps - whether entries always contain answers.
 */
export function createJournal(size: number, alwaysKeeps = false): Journal {
  const rings = new Map<string | undefined, Ring>();
  const recordListeners: ((entry: NumberedEntry) => void)[] = [];
  const clearListeners: ((account: string | undefined) => void)[] = [];
  let count = 0;
  let keepers = alwaysKeeps ? 1 : 0;
  let epoch = randomUUID();

  function clear(account?: string): void {
    if (account === undefined) rings.clear();
    else rings.delete(account);
    for (const listener of clearListeners) listener(account);
  }

  return {
    size,
    record(entry) {
      if (size === 0) return;
      const ring = rings.get(entry.account) ?? { slots: [], next: 0 };
      rings.set(entry.account, ring);
      // The caller does not use the entry afterwards, so it is not copied.
      const numbered = Object.assign(entry, { number: ++count });
      ring.slots[ring.next] = numbered;
      ring.next = (ring.next + 1) % size;
      for (const listener of recordListeners) listener(numbered);
    },
    entries(account) {
      const chosen = account === undefined ? [...rings.values()] : [rings.get(account) ?? { slots: [] }];
      return chosen.flatMap(({ slots }) => slots).sort((one, other) => one.number - other.number);
    },
    keepsAnswers: () => keepers > 0,
    keepAnswers() {
      keepers++;
      return () => void keepers--;
    },
    latest: () => count,
    epoch: () => epoch,
    clear,
    reset(account) {
      if (account === undefined) {
        count = 0;
        epoch = randomUUID();
      }
      clear(account);
    },
    onRecord: (listener) => void recordListeners.push(listener),
    onClear: (listener) => void clearListeners.push(listener),
  };
}

interface Ring {
  slots: NumberedEntry[];
  next: number;
}
