import { type FaultMatch, type Matchable, mismatch } from "../state/faults.js";
import type { Journal, NumberedEntry } from "../state/journal.js";
import { pathOf } from "../twilio-api/request/urls.js";
import { ControlError } from "./control-error.js";

/** The values of a matching request. */
export interface Wanted {
  match: FaultMatch;
  status: number | undefined;
  code: number | undefined;
  fault: string | undefined;
  since: number;
}

/** An entry with the fields that faults and filters match. */
export type Seen = NumberedEntry & Matchable;

/** A wait under way. */
interface Waiting {
  see(entry: Seen): void;
  /** Drops the found requests of an account, or all. */
  drop(account: string | undefined): void;
  giveUp(when: string): void;
}

/** The most other requests that the error of a wait lists. */
const MAX_OTHERS = 5;

/** Finds requests in the log, and waits for them. */
export function requestWaits(journal: Journal) {
  const waiting = new Set<Waiting>();
  journal.onRecord((entry) => {
    if (waiting.size === 0) return;
    const seen = seenOf(entry);
    for (const wait of waiting) wait.see(seen);
  });
  journal.onClear((account) => {
    for (const wait of waiting) wait.drop(account);
  });

  function find(wanted: Wanted): Seen[] {
    return journal
      .entries(wanted.match.account)
      .map(seenOf)
      .filter((entry) => differenceOf(wanted, entry) === undefined);
  }

  return {
    find,

    /**
     * Waits until the log contains the wanted requests; earlier ones count.
     *
     * @param timeout - seconds.
     * @throws ControlError 408 after the timeout, or if the emulator closes.
     */
    async wait(wanted: Wanted, count: number, timeout: number, signal: AbortSignal | undefined): Promise<Seen[]> {
      signal?.throwIfAborted();
      let found = find(wanted);
      if (found.length >= count) return found;

      return await new Promise((resolve, reject) => {
        const others: Seen[] = [];
        const wait: Waiting = {
          see(entry) {
            // Most entries match none of many waits, so this path must be cheap.
            if (differenceOf(wanted, entry) !== undefined) {
              others.push(entry);
              if (others.length > MAX_OTHERS) others.shift();
              return;
            }
            found.push(entry);
            if (found.length >= count) end(() => resolve(found));
          },
          drop(cleared) {
            found = found.filter((entry) => cleared !== undefined && entry.account !== cleared);
          },
          giveUp(when) {
            const instead = others.map((entry) => otherOf(entry, differenceOf(wanted, entry)));
            const last = instead.length === 0 ? "" : `; the last others that came meanwhile: ${instead.join("; ")}`;
            end(() => reject(new ControlError(408, `${found.length} of ${count} requests were seen ${when}${last}`)));
          },
        };
        const abort = () => end(() => reject(signal?.reason));
        const timer = setTimeout(() => wait.giveUp(`in ${timeout} s`), timeout * 1000);
        signal?.addEventListener("abort", abort);
        waiting.add(wait);

        function end(settle: () => void): void {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          waiting.delete(wait);
          settle();
        }
      });
    },

    /** Returns the number of waits under way. */
    waiting: (): number => waiting.size,

    /** Ends all waits. */
    close(): void {
      for (const wait of waiting) wait.giveUp("before the emulator closed");
    },
  };
}

function seenOf(entry: NumberedEntry): Seen {
  return { ...entry, path: pathOf(entry.url) };
}

/** Returns the first key in which a request differs, undefined if it matches. */
function differenceOf({ match, status, code, fault, since }: Wanted, entry: Seen): string | undefined {
  if (entry.number <= since) return "since";
  const key = mismatch(match, entry);
  if (key !== undefined) return key;
  if (status !== undefined && entry.status !== status) return "status";
  if (code !== undefined && entry.code !== code) return "code";
  return fault === undefined || entry.fault === fault ? undefined : "fault";
}

function otherOf({ method, path, operation, status }: Seen, difference: string | undefined): string {
  return `${method} ${path}, ${operation ?? "no operation"}, ${status ?? "no answer"} (differs in ${difference})`;
}
