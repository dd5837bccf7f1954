/** The lists that a hint names. */
export type ChangedList =
  | "accounts"
  | "recordings"
  | "calls"
  | "clock"
  | "faults"
  | "snapshots"
  | "requests"
  | "callbacks";

/** The data of a hint: lists to read again, of one account or, with null, of any. */
export interface Changed {
  what: ChangedList[];
  account: string | null;
}

/** Milliseconds between two hints. */
const INTERVAL = 250;

/** Combines hints, so that at most four are sent in a second. */
export function changeHints(send: (changed: Changed) => void) {
  const lists = new Set<ChangedList>();
  const accounts = new Set<string | undefined>();
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    timer = undefined;
    if (lists.size === 0) return;
    const [account] = accounts;
    send({ what: [...lists], account: accounts.size === 1 ? (account ?? null) : null });
    lists.clear();
    accounts.clear();
    timer = setTimeout(flush, INTERVAL).unref();
  }

  return {
    /** @param account - undefined if any may be affected. */
    add(changed: readonly ChangedList[], account: string | undefined): void {
      for (const list of changed) lists.add(list);
      accounts.add(account);
      // After the change is complete: several rows may change at once.
      timer ??= setTimeout(flush).unref();
    },
    end: (): void => clearTimeout(timer),
  };
}
