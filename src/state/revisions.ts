/** Counts changes. A cached response is valid as long as its revision is current; the numbers have no other meaning. */
export interface Revisions {
  /** Returns the revision of an account's responses; without an account, that of the last change that affected all. */
  of(account?: string): number;
  latest(): number;
  /** Invalidates an account's responses; without an account, all responses. */
  touch(account?: string): void;
  /** Calls `listener` with the account of each change; undefined if all are affected, empty if no answer is. */
  onTouch(listener: (account: string | undefined) => void): void;
}

export function createRevisions(): Revisions {
  let latest = 0;
  let common = 0;
  // Only accounts that changed after the last common change.
  const own = new Map<string, number>();
  const listeners: ((account: string | undefined) => void)[] = [];
  return {
    of: (account) => (account !== undefined && own.get(account)) || common,
    latest: () => latest,
    touch(account) {
      latest++;
      for (const listener of listeners) listener(account);
      if (account !== undefined) return void own.set(account, latest);
      common = latest;
      own.clear();
    },
    onTouch: (listener) => void listeners.push(listener),
  };
}
