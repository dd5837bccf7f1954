import type { RandomSequences } from "./random.js";

export interface Effect {
  /** Answers with this error instead. */
  error?: { code: number; status: number; message(path: string): string; retryAfter: number | undefined } | undefined;
  /** Milliseconds. */
  delay?: readonly [least: number, most: number] | undefined;
  /** Closes the connection before the response, or halfway through its body. */
  drop?: "before" | "middle" | undefined;
  /** Sends half of the body as if it were complete, or a body that cannot be parsed. */
  body?: "truncated" | "malformed" | undefined;
}

/** Conditions on a request; all given ones must hold. */
export interface FaultMatch {
  account?: string | undefined;
  method?: string | undefined;
  operation?: string | undefined;
  /** A segment of the path; case and extension are ignored. */
  sid?: string | undefined;
  /** Compared with the whole path; `*` matches any text. */
  path?: string | undefined;
}

export interface Matchable {
  account: string | undefined;
  method: string;
  operation: string | undefined;
  /** Percent-decoded, without the query. */
  path: string;
}

export interface ArmedFault {
  id: string;
  match: FaultMatch;
  effect: Effect;
  /** Maximum number of strikes; Infinity for a fault that stays until it is cleared. */
  times: number;
  /** Number of matching requests to skip first. */
  after: number;
  /** From 0 to 1. */
  probability: number;
  /** Matching requests so far, and those of them that the fault struck. */
  seen: number;
  struck: number;
}

/** The armed faults. Methods without an account apply to all accounts. */
export interface Faults {
  arm(fault: Omit<ArmedFault, "id" | "seen" | "struck">): ArmedFault;
  list(account?: string): ArmedFault[];
  clear(account?: string): void;
  /** Clears faults; without an account, ids also restart at F1. */
  reset(account?: string): void;
  remove(id: string): boolean;
  areArmed(): boolean;
  /** Returns the first fault that strikes the request. Later faults do not count this request as seen. */
  strike(request: () => Matchable): ArmedFault | undefined;
  /** Calls `listener` when faults or their counts changed. */
  onChange(listener: () => void): void;
}

export function createFaults(random: RandomSequences): Faults {
  let armed: ArmedFault[] = [];
  let count = 0;
  const listeners: (() => void)[] = [];

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function clear(account?: string): void {
    armed = account === undefined ? [] : armed.filter(({ match }) => match.account !== account);
    changed();
  }

  function strikes(fault: ArmedFault, request: Matchable): boolean {
    if (!matches(fault.match, request)) return false;
    if (++fault.seen <= fault.after || fault.struck >= fault.times) return false;
    if (fault.probability < 1 && random.of(request.account).fraction() >= fault.probability) return false;
    fault.struck++;
    return true;
  }

  return {
    arm(fault) {
      const added = { ...fault, id: `F${++count}`, seen: 0, struck: 0 };
      armed.push(added);
      changed();
      return added;
    },
    list: (account) => armed.filter(({ match }) => account === undefined || match.account === account),
    clear,
    reset(account) {
      clear(account);
      if (account === undefined) count = 0;
    },
    remove(id) {
      const before = armed.length;
      armed = armed.filter((fault) => fault.id !== id);
      changed();
      return armed.length < before;
    },
    areArmed: () => armed.length > 0,
    strike(request) {
      if (armed.length === 0) return undefined;
      const seen = request();
      const struck = armed.find((fault) => strikes(fault, seen));
      changed();
      return struck;
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

export function matches(match: FaultMatch, request: Matchable): boolean {
  return mismatch(match, request) === undefined;
}

/** Returns the first condition that a request fails, undefined if it meets all. */
export function mismatch(match: FaultMatch, request: Matchable): keyof FaultMatch | undefined {
  const { account, method, operation, sid, path } = match;
  if (account !== undefined && account !== request.account) return "account";
  if (method !== undefined && method !== request.method) return "method";
  if (operation !== undefined && operation !== request.operation) return "operation";
  if (sid !== undefined && !segmentsOf(request.path).includes(sid.toLowerCase())) return "sid";
  return path === undefined || matchesPattern(path, request.path) ? undefined : "path";
}

/**
 * Returns whether a pattern matches the whole path; `*` matches any text, including none. The leftmost match of each part
 * leaves the most room for the next one, so there is no backtracking, unlike with a regular expression.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const [first, ...rest] = pattern.split("*") as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return path === pattern;
  const end = path.length - last.length;
  if (first.length > end || !path.startsWith(first) || !path.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = path.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= end;
}

function segmentsOf(path: string): string[] {
  return path.split("/").map((segment) => segment.replace(/\.\w+$/, "").toLowerCase());
}
