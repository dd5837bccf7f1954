/**
 * Tells one state from the next. What was worked out from a state holds as long as the revision is the same; which number
 * it has says nothing else.
 */
export interface Revisions {
  /** The revision of what an account's answers may tell of; without an account, of what all of them may. */
  of(account?: string): number;
  /** The last revision of anything. */
  latest(): number;
  /** Something has changed: what an account's answers may tell of, or without an account, what all of them may. */
  touch(account?: string): void;
}

export function createRevisions(): Revisions {
  let latest = 0;
  let common = 0;
  // Only those that have changed since all did.
  const own = new Map<string, number>();
  return {
    of: (account) => (account !== undefined && own.get(account)) || common,
    latest: () => latest,
    touch(account) {
      latest++;
      if (account !== undefined) return void own.set(account, latest);
      common = latest;
      own.clear();
    },
  };
}
