import type { Chance } from "./random.js";

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

/** @param chance - decides where a probability leaves it open, with the sequence of the request's account. */
export function createFaults(chance: Chance): Faults {
  let armed: ArmedFault[] = [];
  let count = 0;

  function clear(account?: string): void {
    armed = account === undefined ? [] : armed.filter(({ match }) => match.account !== account);
  }

  function strikes(fault: ArmedFault, request: Matchable): boolean {
    if (!matches(fault.match, request)) return false;
    if (++fault.seen <= fault.after || fault.struck >= fault.times) return false;
    if (fault.probability < 1 && chance.of(request.account).fraction() >= fault.probability) return false;
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

/** Whether a request agrees with all that is given. */
export function matches(match: FaultMatch, request: Matchable): boolean {
  return (
    (match.account === undefined || match.account === request.account) &&
    (match.method === undefined || match.method === request.method) &&
    (match.operation === undefined || match.operation === request.operation) &&
    (match.sid === undefined || segmentsOf(request.path).includes(match.sid.toLowerCase())) &&
    (match.path === undefined || patternOf(match.path).test(request.path))
  );
}

function segmentsOf(path: string): string[] {
  return path.split("/").map((segment) => segment.replace(/\.\w+$/, "").toLowerCase());
}

function patternOf(path: string): RegExp {
  const literal = path.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}
