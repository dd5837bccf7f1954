import { type FaultMatch, type Matchable, mismatch } from "../state/faults.js";
import type { Journal, NumberedEntry } from "../state/journal.js";
import { pathOf } from "../twilio-api/request/urls.js";
import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import { MATCH_PROPERTIES, matchOf } from "./faults.js";
import { checkOperation, type Operations } from "./operations.js";
import type { Scope } from "./scope.js";

/** Which requests to look for: those that agree with all that is given. */
export interface RequestFilter {
  method?: string;
  /** Twilio's name of the operation, such as FetchRecording. */
  operation?: string;
  /** In any place of the path. */
  sid?: string;
  /** The whole path; `*` stands for anything. */
  path?: string;
  /** The HTTP status of the answer. */
  status?: number;
  /** Twilio's error code. */
  code?: number;
  /** The id of the armed fault that they met. */
  fault?: string;
  /** Only those with a larger number. */
  since?: number;
}

/** A request that was seen. */
export interface RequestView {
  /** Grows with each request, over all accounts. */
  number: number;
  /** When it ended, by its account's clock: ISO 8601. */
  time: string;
  method: string;
  path: string;
  query: string;
  operation: string | null;
  account: string | null;
  user_agent: string | null;
  /** Null if there was no answer to bear it. */
  request_id: string | null;
  /** Null if the connection broke off before the answer. */
  status: number | null;
  /** Twilio's error code. */
  code: number | null;
  /** Milliseconds. */
  duration: number;
  /** The id of the armed fault that it met. */
  fault: string | null;
}

const whole = (description: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  ({ type: "integer", minimum, maximum, description }) as const;

/** The query of a look into the journal, beside the account. */
export const REQUEST_FILTER = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...MATCH_PROPERTIES,
    status: whole("An HTTP status such as 200.", 100, 599),
    code: whole("An error code of Twilio's such as 20404.", 1),
    fault: { type: "string", description: "The id of an armed fault." },
    since: whole("The number of a request: only later ones count.", 0),
  },
} as const;

const MAX_WAIT = 600;

/** The query of a wait, beside the account. */
export const REQUEST_WAIT = {
  ...REQUEST_FILTER,
  properties: {
    ...REQUEST_FILTER.properties,
    count: whole("A whole number from 1: how many requests to wait for. Left out: 1.", 1),
    timeout: {
      type: "number",
      minimum: 0,
      maximum: MAX_WAIT,
      description: `Seconds, 0 to ${MAX_WAIT}. Left out: 5.`,
    },
  },
} as const;

/** How long to wait, and for how many. */
export interface RequestWait extends RequestFilter {
  /** Left out: 1. */
  count?: number;
  /** Seconds; left out: 5. */
  timeout?: number;
}

export type RequestControl = ReturnType<typeof requestControl>;

/** What a request must agree with to count. */
interface Wanted {
  match: FaultMatch;
  status: number | undefined;
  code: number | undefined;
  fault: string | undefined;
  since: number;
}

/** An entry as faults and filters see it. */
type Seen = NumberedEntry & Matchable;

/** A wait under way. */
interface Waiting {
  see(entry: Seen): void;
  /** Forgets the requests of an account, or all, that were found. */
  forget(account: string | undefined): void;
  giveUp(when: string): void;
}

/** How many of the requests that did not count a wait names when it gives up. */
const MAX_OTHERS = 5;

/** What was asked of the emulator. Texts in a filter's numbers are taken for the numbers: they come from a query, too. */
export function requestControl(journal: Journal, scope: Scope, operations: Operations) {
  const waiting = new Set<Waiting>();
  journal.onRecord((entry) => {
    if (waiting.size === 0) return;
    const seen = seenOf(entry);
    for (const wait of waiting) wait.see(seen);
  });
  journal.onClear((account) => {
    for (const wait of waiting) wait.forget(account);
  });

  function find(wanted: Wanted): Seen[] {
    return journal
      .entries(wanted.match.account)
      .map(seenOf)
      .filter((entry) => differenceOf(wanted, entry) === undefined);
  }

  function mustBeOn(): void {
    if (journal.size === 0) throw new ControlError(409, "the journal is off; expected: a start with --journal above 0");
  }

  return {
    /** The requests that are still in the journal, the oldest first. */
    async list(filter: RequestFilter = {}, account?: string): Promise<RequestView[]> {
      mustBeOn();
      const checked = await check<RequestFilter>(REQUEST_FILTER, { ...filter }, true);
      await checkOperation(checked.operation, operations);
      return find(wantedOf(checked, scope.of(account))).map(viewOf);
    },

    /**
     * Waits until the journal has seen as many requests as asked for; those that are in it already count.
     *
     * @param signal - ends the wait, which then throws the signal's reason.
     * @throws ControlError 408 if they are not seen in time, or the emulator is closed meanwhile.
     */
    async wait(given: RequestWait = {}, account?: string, signal?: AbortSignal): Promise<RequestView[]> {
      mustBeOn();
      const checked = await check<RequestWait>(REQUEST_WAIT, { ...given }, true);
      await checkOperation(checked.operation, operations);
      const { count = 1, timeout = 5, ...filter } = checked;
      const wanted = wantedOf(filter, scope.of(account));
      signal?.throwIfAborted();
      let found = find(wanted);
      if (found.length >= count) return found.map(viewOf);

      return await new Promise((resolve, reject) => {
        const others: Seen[] = [];
        const wait: Waiting = {
          see(entry) {
            // Of many waits, most look at most entries in vain: this must cost little.
            if (differenceOf(wanted, entry) !== undefined) {
              others.push(entry);
              if (others.length > MAX_OTHERS) others.shift();
              return;
            }
            found.push(entry);
            if (found.length >= count) end(() => resolve(found.map(viewOf)));
          },
          forget(cleared) {
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

    clear: (account?: string): void => journal.clear(scope.of(account)),

    /** How many waits are under way. */
    waiting: (): number => waiting.size,

    /** Ends all waits. */
    close(): void {
      for (const wait of waiting) wait.giveUp("before the emulator closed");
    },
  };
}

function wantedOf({ status, code, fault, since = 0, ...filter }: RequestFilter, account: string | undefined): Wanted {
  return { match: matchOf(filter, account), status, code, fault, since };
}

function seenOf(entry: NumberedEntry): Seen {
  return { ...entry, path: pathOf(entry.url) };
}

/** Returns the first key that a request disagrees with, undefined if it counts. */
function differenceOf({ match, status, code, fault, since }: Wanted, entry: Seen): string | undefined {
  if (entry.number <= since) return "since";
  const key = mismatch(match, entry);
  if (key !== undefined) return key;
  if (status !== undefined && entry.status !== status) return "status";
  if (code !== undefined && entry.code !== code) return "code";
  return fault === undefined || entry.fault === fault ? undefined : "fault";
}

/** Returns a request that did not count, as the text of a refusal shows it. */
function otherOf({ method, path, operation, status }: Seen, difference: string | undefined): string {
  return `${method} ${path}, ${operation ?? "no operation"}, ${status ?? "no answer"} (differs in ${difference})`;
}

function viewOf(entry: NumberedEntry): RequestView {
  const [, query = ""] = /\?(.*)$/s.exec(entry.url) ?? [];
  return {
    number: entry.number,
    time: new Date(entry.time).toISOString(),
    method: entry.method,
    path: pathOf(entry.url),
    query,
    operation: entry.operation ?? null,
    account: entry.account ?? null,
    user_agent: entry.userAgent ?? null,
    request_id: entry.requestId || null,
    status: entry.status ?? null,
    code: entry.code ?? null,
    duration: Math.round(entry.duration * 1000) / 1000,
    fault: entry.fault ?? null,
  };
}
