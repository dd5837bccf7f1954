import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../state/clock.js";
import type { Database } from "../state/database.js";
import type { RandomSequences } from "../state/random.js";
import { sidAfter } from "../state/sequential-sid.js";
import type { Delivery, Sender } from "./delivery.js";
import type { CallbackFaults } from "./faults.js";
import type { CallbackLog, CallbackState, LoggedCallback } from "./log.js";
import type { PendingCallback } from "./table.js";
import { inWireOrder, type Parameter } from "./wire-order.js";

/** A callback to send. */
export interface NewCallback {
  account_sid: string;
  event: string;
  subject_sid: string;
  url: string;
  method: "GET" | "POST";
  /** In the order in which they are put into Twilio's map. */
  parameters: readonly Parameter[];
  /** Omitted: a new one. */
  idempotencyToken?: string;
}

/** The events whose answer is a document: TwiML. */
export const DOCUMENT_EVENTS: readonly string[] = ["call.twiml", "record.action", "dial.action"];

/** Called when the request of a `DOCUMENT_EVENTS` event is over, in the transaction that removes it. Undefined if a fault dropped it. */
type AnswerHandler = (callback: PendingCallback, delivery: Delivery | undefined) => void;

export type CallbackCounts = Record<Exclude<CallbackState, "pending">, number>;

export type Outbox = ReturnType<typeof createOutbox>;

/**
 * Sends callbacks, and keeps those that are not delivered yet in the database. Those of one resource go out one after the other,
 * those of different ones side by side.
 *
 * @param tokenOf - returns the auth token of an account.
 * @param map - returns the URL that is requested instead of another.
 */
export function createOutbox(
  { database, clock, random }: { database: Database; clock: Clock; random: RandomSequences },
  sender: Sender,
  log: CallbackLog,
  faults: CallbackFaults,
  tokenOf: (account: string) => string,
  map: (account: string, url: string) => string,
) {
  const last = database
    .prepare<[string], string | null>("SELECT max(sid) FROM pending_callbacks WHERE account_sid = ?")
    .pluck();
  const insert = database.prepare<[PendingCallback]>(
    `INSERT INTO pending_callbacks
       (account_sid, sid, created_at, event, subject_sid, url, method, parameters, idempotency_token)
     VALUES (@account_sid, @sid, @created_at, @event, @subject_sid, @url, @method, @parameters, @idempotency_token)`,
  );
  const get = database.prepare<[string, string], PendingCallback>(
    "SELECT * FROM pending_callbacks WHERE account_sid = ? AND sid = ?",
  );
  const remove = database.prepare<[string, string, string]>(
    "DELETE FROM pending_callbacks WHERE account_sid = ? AND sid = ? AND idempotency_token = ?",
  );
  const all = database.prepare<[], PendingCallback>("SELECT * FROM pending_callbacks ORDER BY account_sid, sid");

  /** The keys of rows whose transaction may not be over yet. */
  const added = new Map<string, [account: string, sid: string]>();
  /** Deliveries that are not over, by account. */
  const open = new Map<string, Map<LoggedCallback, Promise<void>>>();
  /** The keys of these deliveries. */
  const begun = new Set<string>();
  /** When the next callback of a resource may go out. */
  const turns = new Map<string, Promise<void>>();
  const paused = new Map<string, Promise<void>>();
  const releases = new Map<string, () => void>();
  /** The callback of an account that waits for the next one. */
  const held = new Map<string, { entry: LoggedCallback; end: () => void }>();
  /** Callbacks that were asked to have a bad signature. */
  const badlySigned = new WeakSet<LoggedCallback>();
  /** End the waits for deliveries, which then look again. */
  const waits = new Set<() => void>();
  /** By account, since the start. */
  const counts = new Map<string, CallbackCounts>();
  let handleAnswer: AnswerHandler | undefined;
  let isClosed = false;
  const closing = new AbortController();

  function add({ account_sid, event, subject_sid, url, method, parameters, ...given }: NewCallback): string {
    const sid = sidAfter("CB", last.get(account_sid));
    const idempotency_token = given.idempotencyToken ?? uuid(random.of(account_sid).hex(32));
    insert.run({
      account_sid,
      sid,
      created_at: clock.now(account_sid),
      event,
      subject_sid,
      url,
      method,
      parameters: JSON.stringify(inWireOrder(parameters)),
      idempotency_token,
    });
    if (added.size === 0) queueMicrotask(dispatch);
    // A callback after a rolled-back one has the same SID.
    added.set(`${account_sid}/${sid}`, [account_sid, sid]);
    return idempotency_token;
  }

  /** Begins the deliveries of rows that were added. */
  function dispatch(): LoggedCallback[] {
    const keys = [...added.values()];
    added.clear();
    // A row is missing if its transaction was rolled back.
    return keys.flatMap((key) => get.get(...key) ?? []).map(begin);
  }

  function begin(row: PendingCallback): LoggedCallback {
    const parameters = JSON.parse(row.parameters) as Parameter[];
    const entry = log.add(row, parameters);
    const key = keyOf(row);
    begun.add(key);
    const ofAccount = open.get(row.account_sid) ?? new Map<LoggedCallback, Promise<void>>();
    open.set(row.account_sid, ofAccount);
    // A call does not wait for its status callbacks to go on.
    const lane = DOCUMENT_EVENTS.includes(row.event) ? "document" : "status";
    const resource = `${row.account_sid}/${row.subject_sid}/${lane}`;
    const before = turns.get(resource) ?? Promise.resolve();
    const turn = new Promise<void>((yieldTurn) => {
      const delivery = before
        .then(() => deliver(row, entry, parameters, yieldTurn))
        // A lost database file, for example.
        .catch(() => {})
        .finally(() => {
          ofAccount.delete(entry);
          begun.delete(key);
          yieldTurn();
        });
      ofAccount.set(entry, delivery);
    });
    turns.set(resource, turn);
    turn.then(() => {
      if (turns.get(resource) === turn) turns.delete(resource);
    });
    return entry;
  }

  /** Returns whether a callback is still to be sent. One that was undone, by a restored snapshot for example, is dropped. */
  function isWanted({ account_sid, sid, idempotency_token }: PendingCallback, entry: LoggedCallback): boolean {
    // It is delivered after the next start.
    if (isClosed) return false;
    if (get.get(account_sid, sid)?.idempotency_token === idempotency_token) return true;
    log.finish(entry, { state: "dropped", finishedAt: clock.now(account_sid), faults: [], delivery: undefined });
    return false;
  }

  /** @param yieldTurn - lets the next callback of the resource go out. */
  async function deliver(
    row: PendingCallback,
    entry: LoggedCallback,
    parameters: readonly Parameter[],
    yieldTurn: () => void,
  ): Promise<void> {
    const { account_sid, idempotency_token, event } = row;
    await paused.get(account_sid);
    if (!isWanted(row, entry)) return;
    const struck = faults.strike(account_sid, event);
    const names = struck.map(({ fault }) => fault);
    if (badlySigned.has(entry) && !names.includes("bad-signature")) names.push("bad-signature");
    for (const { fault, delay } of struck) if (fault === "delay") await delayFor(delay);
    if (names.includes("reorder")) await afterNext(entry, yieldTurn);
    if (!isWanted(row, entry)) return;
    let delivery: Delivery | undefined;
    if (!names.includes("drop")) {
      const outgoing = {
        url: row.url,
        method: row.method,
        parameters,
        idempotencyToken: idempotency_token,
        deliverTo: map(account_sid, row.url),
        authToken: tokenOf(account_sid),
        hasBadSignature: names.includes("bad-signature"),
        asksForDocument: DOCUMENT_EVENTS.includes(event),
        ...(event.startsWith("call.") && event !== "call.twiml" && { failureCode: 15003 as const }),
      };
      delivery = await sender.send(outgoing);
      if (names.includes("duplicate")) await sender.send(outgoing);
    }
    // It is delivered again after the next start.
    if (isClosed) return;
    const state = delivery?.outcome ?? "dropped";
    count(account_sid, state);
    finish(row, delivery);
    const { document: _, ...logged } = delivery ?? {};
    const shown = delivery && (logged as Delivery);
    log.finish(entry, { state, finishedAt: clock.now(account_sid), faults: names, delivery: shown });
    if (!names.includes("reorder")) held.get(account_sid)?.end();
  }

  /** Removes a callback together with the effects of its answer, so that they happen once. */
  const finish = database.transaction((row: PendingCallback, delivery: Delivery | undefined): void => {
    const { changes } = remove.run(row.account_sid, row.sid, row.idempotency_token);
    // It may have been undone while it was under way.
    if (changes > 0 && DOCUMENT_EVENTS.includes(row.event)) handleAnswer?.(row, delivery);
  });

  function count(account: string, state: keyof CallbackCounts): void {
    counts.set(account, sumOf(counts.get(account) ?? NONE, { ...NONE, [state]: 1 }));
  }

  /** Waits, at most until the emulator closes. */
  async function delayFor(milliseconds: number): Promise<void> {
    await wait(milliseconds, undefined, { ref: false, signal: closing.signal }).catch(() => {});
  }

  /** Waits until another callback of the account was delivered. */
  function afterNext(entry: LoggedCallback, yieldTurn: () => void): Promise<void> {
    const account = entry.accountSid;
    return new Promise((resolve) => {
      held.get(account)?.end();
      const end = () => {
        held.delete(account);
        resolve();
      };
      held.set(account, { entry, end });
      yieldTurn();
      endWaits();
    });
  }

  function release(account: string): void {
    releases.get(account)?.();
    releases.delete(account);
    paused.delete(account);
  }

  function endWaits(): void {
    for (const end of [...waits]) end();
  }

  /** Returns the deliveries that come to an end by themselves. */
  function underWay(account: string | undefined): Promise<void>[] {
    return [...(account === undefined ? open.keys() : [account])]
      .filter((one) => !paused.has(one))
      .flatMap((one) => [...(open.get(one) ?? [])].filter(([entry]) => held.get(one)?.entry !== entry))
      .map(([, delivery]) => delivery);
  }

  /** Waits until no delivery of an account, or of any, is under way; undefined if none is. */
  function settled(account?: string): Promise<void> | undefined {
    if (added.size > 0) dispatch();
    const waiting = underWay(account);
    if (waiting.length === 0) return undefined;
    const over = new Promise<void>((resolve) => {
      const end = () => {
        waits.delete(end);
        resolve();
      };
      waits.add(end);
      Promise.all(waiting).then(end);
    });
    return over.then(() => settled(account));
  }

  return {
    /** Returns how many callbacks of an account, or of all, came to which end since the start. */
    counts: (account?: string): CallbackCounts =>
      [...counts].reduce((sum, [of, each]) => (account === undefined || account === of ? sumOf(sum, each) : sum), NONE),

    /**
     * Adds a callback, as a part of the transaction under way. It is sent when that is over.
     *
     * @returns its idempotency token.
     */
    add,

    /** Sets the function that is called with the answers to requests for documents. */
    onAnswer(handler: AnswerHandler): void {
      handleAnswer = handler;
    },

    /** Adds a callback outside a transaction, and begins its delivery. */
    send(callback: NewCallback, hasBadSignature = false): LoggedCallback {
      add(callback);
      const entry = dispatch().at(-1) as LoggedCallback;
      if (hasBadSignature) badlySigned.add(entry);
      return entry;
    },

    settled,

    /** Delivers rows that this process did not add: those of an earlier one, or of a restored snapshot. */
    start(): void {
      for (const row of all.all()) if (!begun.has(keyOf(row))) begin(row);
    },

    /** Holds the callbacks of an account back. */
    pause(account: string): void {
      if (!paused.has(account)) paused.set(account, new Promise((resolve) => releases.set(account, resolve)));
      endWaits();
    },
    release,
    isPaused: (account: string): boolean => paused.has(account),

    /** Ends the faults and pauses of an account, or of all, and clears the log. */
    reset(account?: string): void {
      for (const one of account === undefined ? [...paused.keys(), ...held.keys()] : [account]) {
        release(one);
        held.get(one)?.end();
      }
      faults.reset(account);
      log.clear(account);
    },

    /** Ends deliveries under way: they begin again after the next start. */
    async close(): Promise<void> {
      isClosed = true;
      closing.abort();
      for (const account of [...paused.keys()]) release(account);
      for (const { end } of [...held.values()]) end();
      await sender.close();
    },
  };
}

function keyOf({ account_sid, sid, idempotency_token }: PendingCallback): string {
  return [account_sid, sid, idempotency_token].join("/");
}

/** Returns 32 hexadecimal digits as a UUID of version 4 (RFC 9562). */
function uuid(digits: string): string {
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20)].join("-");
}

const NONE: CallbackCounts = { delivered: 0, failed: 0, refused: 0, dropped: 0 };

function sumOf(one: CallbackCounts, other: CallbackCounts): CallbackCounts {
  return {
    delivered: one.delivered + other.delivered,
    failed: one.failed + other.failed,
    refused: one.refused + other.refused,
    dropped: one.dropped + other.dropped,
  };
}
