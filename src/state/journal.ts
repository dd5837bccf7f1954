/** A request that was answered, or broken off, as the journal keeps it: no header of it but its user agent. */
export interface JournalEntry {
  method: string;
  /** Path and query, as the router saw them. */
  url: string;
  /** Twilio's name of the operation, such as `FetchRecording`; undefined for a path that is none. */
  operation: string | undefined;
  /** The account that the path names, if the caller was let in. */
  account: string | undefined;
  userAgent: string | undefined;
  requestId: string;
  /** The emulator's time at the end of the request, in milliseconds since the Unix epoch. */
  time: number;
  /** Milliseconds. */
  duration: number;
  /** Undefined if the connection broke off before the answer. */
  status: number | undefined;
  /** Twilio's error code. */
  code: number | undefined;
  /** The id of the armed fault that it met. */
  fault: string | undefined;
}

/** An entry with its number; numbers grow over all accounts. */
export type NumberedEntry = JournalEntry & { number: number };

/**
 * The last requests. Each account has a journal of its own, so that one that is busy does not push out what another still
 * wants to see; a further one holds the requests that no account was let in for.
 */
export interface Journal {
  /** How many requests of an account it keeps; 0 if it is off. */
  size: number;
  record(entry: JournalEntry): void;
  /** An account's entries, or all of them, the oldest first. */
  entries(account?: string): NumberedEntry[];
  clear(account?: string): void;
  /** As at first: clears it, and all together also counts from 1 again. */
  reset(account?: string): void;
  /** Calls `listener` with each new entry. */
  onRecord(listener: (entry: NumberedEntry) => void): void;
  /** Calls `listener` when entries were cleared: those of an account, or all. */
  onClear(listener: (account: string | undefined) => void): void;
}

/** @param size - how many entries are kept of each account; 0 turns the journal off. */
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
      // Made for the journal alone, so it need not be copied.
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

/** A new entry takes the place of the oldest. */
interface Ring {
  slots: NumberedEntry[];
  next: number;
}
