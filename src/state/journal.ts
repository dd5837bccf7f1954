/** A completed or aborted request. The user agent is the only stored header. */
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
}

/** Numbers increase across all accounts. */
export type NumberedEntry = JournalEntry & { number: number };

/**
 * The request log. Each account has its own ring of entries, so that a busy account does not evict the entries of
 * another; unauthorized requests share one. Methods without an account apply to all.
 */
export interface Journal {
  size: number;
  record(entry: JournalEntry): void;
  /** Returns entries, oldest first. */
  entries(account?: string): NumberedEntry[];
  clear(account?: string): void;
  /** Clears entries; without an account, numbers also restart at 1. */
  reset(account?: string): void;
  onRecord(listener: (entry: NumberedEntry) => void): void;
  /** Calls `listener` after entries were cleared, with the account or undefined for all. */
  onClear(listener: (account: string | undefined) => void): void;
}

/** @param size - maximum number of entries per account; 0 disables the log. */
export function createJournal(size: number): Journal {
  const rings = new Map<string | undefined, Ring>();
  const recordListeners: ((entry: NumberedEntry) => void)[] = [];
  const clearListeners: ((account: string | undefined) => void)[] = [];
  let count = 0;

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
    clear,
    reset(account) {
      clear(account);
      if (account === undefined) count = 0;
    },
    onRecord: (listener) => void recordListeners.push(listener),
    onClear: (listener) => void clearListeners.push(listener),
  };
}

interface Ring {
  slots: NumberedEntry[];
  next: number;
}
