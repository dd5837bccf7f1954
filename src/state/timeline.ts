import { setImmediate } from "node:timers/promises";
import type { Clock } from "./clock.js";
import type { Database } from "./database.js";
import { LostDatabaseError } from "./database-file.js";
import type { Revisions } from "./revisions.js";
import { type TimedEvent, type TimedEventStore, timedEventStore } from "./timed-events.js";

/** Applies an event. `at` is its due time: the time of all that it changes. */
export type EventHandler = (event: TimedEvent, at: number) => void;

/** The most events that one turn of a clock may apply. */
export const MAX_EVENTS = 100_000;

/** Events that are applied without serving requests in between. */
const BATCH = 500;

/** The longest delay of a timer, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

/** Milliseconds after which the timer tries again what failed. */
const RETRY = 60_000;

/** Thrown when a reset, or another replacement of the state, ends the turn of a clock. */
export class TurnError extends Error {
  constructor(cause: string) {
    super(`the turn of the clock was ended by ${cause}`);
    this.name = "TurnError";
  }
}

/** Where a clock goes, and the function that sets it once it is there. */
export interface Destination {
  /** Milliseconds since the Unix epoch. */
  time: number;
  arrive(): void;
}

/** Returns what a turn waits for after an event; undefined for nothing. */
type AfterEvent = (account: string | undefined) => Promise<void> | undefined;

/** Applies timed events when an account's clock reaches them. */
export interface Timeline {
  events: TimedEventStore;
  /** Sets the function that applies the events of a kind. */
  handle(handlers: Readonly<Record<string, EventHandler>>): void;
  /** Schedules an event, and sets the timer for it. */
  schedule(account: string, due: number, kind: string, subject: string, data?: object): void;
  /** Returns when the next event of an account is due; Infinity without one. */
  nextDue(account: string): number;
  /** Applies the events of an account, or of all, that are due by now. Without the database file, they stay due. */
  settle(account?: string): void;
  /**
   * Turns a clock, after the turns that were asked for before: forward through all events on the way, each at its own time; back
   * without any.
   *
   * @param plan - called when the turn begins, because an earlier one may have moved the clock.
   * @throws TurnError if the state is replaced meanwhile.
   * @returns the number of events. If more of them are left than one turn may apply, the clock stays at the last, and does not arrive.
   */
  turn(account: string | undefined, plan: () => Destination): Promise<{ events: number }>;
  /** Ends the turns of an account's clock, or of all clocks, which then throw a TurnError. The clock stays where it is. */
  interrupt(account: string | undefined, cause: string): void;
  /** Calls `listener` after each event of a turn, which goes on when the promise is settled. */
  onEvent(listener: AfterEvent): void;
  /** Sets the timer anew: for changed clocks and replaced rows. */
  arm(): void;
  /** Starts the timer. Events that became due while the process did not run are applied now, at their own times. */
  start(onError: (error: unknown) => void): void;
  close(): void;
}

/** A turn of a clock that is under way, or waits for another. */
interface Turn {
  account: string | undefined;
  /** Whether it stopped a clock that was not frozen. */
  holds: boolean;
  /** Why it ended before its destination. */
  endedBy?: string;
}

export function createTimeline(database: Database, clock: Clock, revisions: Revisions): Timeline {
  const events = timedEventStore(database);
  const handlers = new Map<string, EventHandler>();
  const dueOf = new Map<string, { revision: number; due: number }>();
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Number.POSITIVE_INFINITY;
  /** Undefined before the start and after the end: nothing happens by itself then. */
  let onError: ((error: unknown) => void) | undefined;
  let afterEvent!: AfterEvent;
  const turns = new Set<Turn>();
  /** One turn at a time: each sets its clock to the times of its events. */
  let current: Turn | undefined;
  let lastTurn: Promise<unknown> = Promise.resolve();

  const applyInTransaction = database.transaction((event: TimedEvent) => {
    // Removed with its effect, so that it happens once, whenever the process ends.
    events.remove(event);
    handlers.get(event.kind)?.(event, event.due);
  });

  function nextDue(account: string): number {
    const revision = revisions.of(account);
    const known = dueOf.get(account);
    if (known?.revision === revision) return known.due;
    const due = events.first(account)?.due ?? Number.POSITIVE_INFINITY;
    dueOf.set(account, { revision, due });
    return due;
  }

  /** Returns whether a turn moves an account's clock: it then applies the account's events itself, in its order. */
  function isTurning(account: string): boolean {
    if (current === undefined) return false;
    return current.account === undefined ? !clock.ownAccounts().includes(account) : current.account === account;
  }

  function settleOne(account: string, most: number): void {
    if (nextDue(account) > clock.now(account) || isTurning(account)) return;
    for (let count = 0; count < most; count++) {
      const event = events.first(account);
      if (event === undefined || event.due > clock.now(account)) return;
      applyInTransaction(event);
    }
  }

  function settleAll(most = Number.POSITIVE_INFINITY): void {
    for (const { account_sid } of events.firsts()) settleOne(account_sid, most);
  }

  function arm(): void {
    if (onError === undefined) return;
    clearTimeout(timer);
    timerAt = Number.POSITIVE_INFINITY;
    for (const { account_sid, due } of events.firsts()) armFor(account_sid, due);
  }

  function armFor(account: string, due: number): void {
    const delay = Math.max(0, due - clock.now(account));
    if ((delay > 0 && clock.isFrozen(account)) || isTurning(account)) return;
    fireAfter(delay);
  }

  function fireAfter(delay: number): void {
    const at = performance.now() + delay;
    const listener = onError;
    if (listener === undefined || at >= timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => fire(listener), Math.min(delay, MAX_DELAY)).unref();
  }

  function fire(listener: (error: unknown) => void): void {
    timerAt = Number.POSITIVE_INFINITY;
    try {
      settleAll(BATCH);
      arm();
    } catch (error) {
      // A lost database file, for example.
      listener(error);
      fireAfter(RETRY);
    }
  }

  /** Returns the next event of the accounts that a clock governs. */
  function nextOf(account: string | undefined): TimedEvent | undefined {
    return account === undefined ? events.firstWithout(clock.ownAccounts()) : events.first(account);
  }

  async function run(turn: Turn, plan: () => Destination) {
    refuseIfEnded(turn);
    const { account } = turn;
    const { time, arrive } = plan();
    if (time < clock.now(account)) {
      arrive();
      return { events: 0 };
    }
    turn.holds = !clock.isFrozen(account);
    current = turn;
    try {
      // What was begun before takes effect first: TwiML that is requested, for example.
      await afterEvent(account);
      refuseIfEnded(turn);
      let count = 0;
      for (let event = nextOf(account); event !== undefined && event.due <= time; event = nextOf(account)) {
        if (count === MAX_EVENTS) return { events: count };
        if (event.due > clock.now(account)) clock.freeze(event.due, account);
        applyInTransaction(event);
        const consequences = afterEvent(account);
        if (++count % BATCH > 0 && consequences === undefined) continue;
        // Serve requests in between.
        await (consequences ?? setImmediate());
        refuseIfEnded(turn);
      }
      turn.holds = false;
      arrive();
      return { events: count };
    } finally {
      release(turn);
    }
  }

  /** Ends a turn. Before its destination, a clock that it stopped runs on from there. */
  function release(turn: Turn): void {
    if (current !== turn) return;
    current = undefined;
    const { account, holds } = turn;
    if (holds) clock.set(clock.now(account), account);
    arm();
  }

  return {
    events,
    handle(added) {
      for (const [kind, handler] of Object.entries(added)) handlers.set(kind, handler);
    },
    schedule(account, due, kind, subject, data) {
      // Whole milliseconds: scripts have fractions of seconds.
      const time = Math.round(due);
      events.schedule(account, time, kind, subject, data);
      armFor(account, time);
    },
    nextDue,
    settle(account) {
      try {
        if (account === undefined) settleAll();
        else settleOne(account, Number.POSITIVE_INFINITY);
      } catch (error) {
        // Reads still succeed; each write throws it by itself.
        if (!(error instanceof LostDatabaseError)) throw error;
      }
    },
    turn(account, plan) {
      const turn: Turn = { account, holds: false };
      turns.add(turn);
      const result = lastTurn.then(() => run(turn, plan)).finally(() => turns.delete(turn));
      lastTurn = result.catch(() => {});
      return result;
    },
    interrupt(account, cause) {
      for (const turn of turns) {
        if (account !== undefined && turn.account !== account) continue;
        turn.endedBy = cause;
        release(turn);
      }
    },
    arm,
    onEvent(listener) {
      afterEvent = listener;
    },
    start(listener) {
      onError = listener;
      arm();
    },
    close() {
      onError = undefined;
      clearTimeout(timer);
    },
  };
}

function refuseIfEnded({ endedBy }: Turn): void {
  if (endedBy !== undefined) throw new TurnError(endedBy);
}
