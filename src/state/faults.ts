import type { RandomSequences } from "./random.js";

/** What an armed fault does to an answer. */
export interface Effect {
  /** Answers with this error instead. */
  error?: { code: number; status: number; message(path: string): string; retryAfter: number | undefined } | undefined;
  /** Waits first, for a time between these, in milliseconds. */
  delay?: readonly [least: number, most: number] | undefined;
  /** Breaks the connection off, before the answer or in the middle of its body. */
  drop?: "before" | "middle" | undefined;
  /** Sends half of the body as if it were the whole, or one that cannot be parsed. */
  body?: "truncated" | "malformed" | undefined;
}

/** Which requests an armed fault meets: those that agree with all that is given. */
export interface FaultMatch {
  account?: string | undefined;
  method?: string | undefined;
  operation?: string | undefined;
  /** In any place of the path. */
  sid?: string | undefined;
  /** The whole path; `*` stands for anything. */
  path?: string | undefined;
}

/** A request as faults and the journal's readers see it. */
export interface Matchable {
  account: string | undefined;
  method: string;
  operation: string | undefined;
  /** Percent-decoded, without the query. */
  path: string;
}

/** A fault, and how often it strikes. */
export interface ArmedFault {
  id: string;
  match: FaultMatch;
  effect: Effect;
  /** How often it strikes; Infinity until it is cleared. */
  times: number;
  /** How many matching requests it lets pass first. */
  after: number;
  /** How likely it strikes a request that it could, from 0 to 1. */
  probability: number;
  /** How many matching requests it has seen, and how many of them it has struck. */
  seen: number;
  struck: number;
}

/** The answers that tests have armed. */
export interface Faults {
  arm(fault: Omit<ArmedFault, "id" | "seen" | "struck">): ArmedFault;
  /** Those of an account, or all of them, in the order in which they were armed. */
  list(account?: string): ArmedFault[];
  /** Clears those of an account, or all. */
  clear(account?: string): void;
  /** As at first: clears them, and all together also count from 1 again. */
  reset(account?: string): void;
  remove(id: string): boolean;
  /** Whether there is any. */
  areArmed(): boolean;
  /** The first armed fault that strikes a request; those armed later do not see it then. */
  strike(request: () => Matchable): ArmedFault | undefined;
}

/** @param random - decides where a probability leaves it open, with the sequence of the request's account. */
export function createFaults(random: RandomSequences): Faults {
  let armed: ArmedFault[] = [];
  let count = 0;

  function clear(account?: string): void {
    armed = account === undefined ? [] : armed.filter(({ match }) => match.account !== account);
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
      const whole = { ...fault, id: `F${++count}`, seen: 0, struck: 0 };
      armed.push(whole);
      return whole;
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
      return armed.length < before;
    },
    areArmed: () => armed.length > 0,
    strike(request) {
      // Nearly always there is none, and the request need not be looked at.
      if (armed.length === 0) return undefined;
      const seen = request();
      return armed.find((fault) => strikes(fault, seen));
    },
  };
}

/** Returns whether a request agrees with all that is given. */
export function matches(match: FaultMatch, request: Matchable): boolean {
  return mismatch(match, request) === undefined;
}

/** Returns the first key of a match that a request disagrees with, undefined if it agrees with all of them. */
export function mismatch(match: FaultMatch, request: Matchable): keyof FaultMatch | undefined {
  const { account, method, operation, sid, path } = match;
  if (account !== undefined && account !== request.account) return "account";
  if (method !== undefined && method !== request.method) return "method";
  if (operation !== undefined && operation !== request.operation) return "operation";
  if (sid !== undefined && !segmentsOf(request.path).includes(sid.toLowerCase())) return "sid";
  return path === undefined || matchesPattern(path, request.path) ? undefined : "path";
}

/**
 * Returns whether a pattern matches the whole path; `*` stands for any text, also an empty one. The leftmost match of each
 * part leaves most room for the next one, so nothing is tried twice, as a regular expression would.
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
