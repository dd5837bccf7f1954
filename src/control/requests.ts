import { pathOf } from "../conventions/urls.js";
import { matches } from "../state/faults.js";
import type { Journal, NumberedEntry } from "../state/journal.js";
import { check } from "./check.js";
import { MATCH_PROPERTIES, matchOf } from "./faults.js";
import { ControlRefusal } from "./refusal.js";
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

/** What was asked of the emulator. Texts in a filter's numbers are taken for the numbers: they come from a query, too. */
export function requestControl(journal: Journal, scope: Scope) {
  const waiting = new Set<() => void>();

  function find(
    { status, code, fault, since = 0, ...filter }: RequestFilter,
    account: string | undefined,
  ): RequestView[] {
    const match = matchOf(filter, undefined);
    return journal
      .entries(account)
      .filter(
        (entry) =>
          entry.number > since &&
          (status === undefined || entry.status === status) &&
          (code === undefined || entry.code === code) &&
          (fault === undefined || entry.fault === fault) &&
          matches(match, { ...entry, path: pathOf(entry.url) }),
      )
      .map(viewOf);
  }

  function mustBeOn(): void {
    if (journal.size === 0)
      throw new ControlRefusal(409, "the journal is off; expected: a start with --journal above 0");
  }

  return {
    /** The requests that are still in the journal, the oldest first. */
    async list(filter: RequestFilter = {}, account?: string): Promise<RequestView[]> {
      mustBeOn();
      return find(await check<RequestFilter>(REQUEST_FILTER, { ...filter }, true), scope.of(account));
    },

    /**
     * Waits until the journal has as many requests as asked for; those that are there already count.
     *
     * @throws ControlRefusal 408 if they are not seen in time, or the emulator is closed meanwhile.
     */
    async wait(given: RequestWait = {}, account?: string): Promise<RequestView[]> {
      mustBeOn();
      const checked = await check<RequestWait>(REQUEST_WAIT, { ...given }, true);
      const { count = 1, timeout = 5, ...filter } = checked;
      const sid = scope.of(account);
      return await new Promise((resolve, reject) => {
        let found: RequestView[] = [];
        const look = () => {
          found = find(filter, sid);
          if (found.length >= count) end(() => resolve(found));
        };
        const giveUp = () =>
          end(() => reject(new ControlRefusal(408, `${found.length} of ${count} requests were seen in ${timeout} s`)));
        const stopListening = journal.onRecord(look);
        const timer = setTimeout(giveUp, timeout * 1000);
        waiting.add(giveUp);
        look();

        function end(settle: () => void): void {
          clearTimeout(timer);
          stopListening();
          waiting.delete(giveUp);
          settle();
        }
      });
    },

    clear: (account?: string): void => journal.clear(scope.of(account)),

    /** Nobody waits any longer. */
    close(): void {
      for (const giveUp of waiting) giveUp();
    },
  };
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
