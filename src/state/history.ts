/** What happened to a resource. */
export interface HistoryEntry {
  /** Grows with each entry, across all accounts. */
  number: number;
  /** By the account's clock: milliseconds since the Unix epoch. */
  at: number;
  /** Such as `call.ringing`, `recording.paused` or `twiml.Say`. */
  event: string;
  sid: string;
  /** The call or the conference that a recording belongs to, or another resource that it concerns. */
  of: readonly string[];
  note: string | null;
}

const MAX_ENTRIES = 1000;

export type History = ReturnType<typeof createHistory>;

/** The last events of each account's calls, conferences and recordings, in memory. */
export function createHistory() {
  const entries = new Map<string, HistoryEntry[]>();
  const listeners = new Set<(account: string) => void>();
  let number = 0;

  return {
    add(account: string, { of = [], note = null, ...entry }: Added): void {
      const list = entries.get(account) ?? [];
      entries.set(account, list);
      list.push({ ...entry, of, note, number: ++number });
      if (list.length > MAX_ENTRIES) list.shift();
      for (const listener of listeners) listener(account);
    },
    /** Returns the entries of an account, the oldest first. */
    list: (account: string): readonly HistoryEntry[] => entries.get(account) ?? [],
    reset(account?: string): void {
      if (account === undefined) entries.clear();
      else entries.delete(account);
    },
    /** Calls `listener` with the account of each new entry. Returns a function that stops the calls. */
    onAdd(listener: (account: string) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

type Added = Pick<HistoryEntry, "at" | "event" | "sid"> & Partial<Pick<HistoryEntry, "of" | "note">>;
