import { sidAfter } from "../state/sequential-sid.js";
import type { Delivery } from "./delivery.js";
import type { PendingCallback } from "./table.js";
import type { Parameter } from "./wire-order.js";

export const CALLBACK_STATES = ["pending", "delivered", "failed", "refused", "dropped"] as const;
export type CallbackState = (typeof CALLBACK_STATES)[number];

/** A callback, and what came of it. It contains no auth token. */
export interface LoggedCallback {
  id: string;
  accountSid: string;
  event: string;
  subjectSid: string;
  url: string;
  method: "GET" | "POST";
  parameters: readonly Parameter[];
  idempotencyToken: string;
  state: CallbackState;
  /** By the account's clock: milliseconds since the Unix epoch. */
  createdAt: number;
  /** Undefined while it is pending. */
  finishedAt: number | undefined;
  /** The armed faults that it met. */
  faults: readonly string[];
  /** Undefined while it is pending, and for one that was dropped. */
  delivery: Delivery | undefined;
}

const MAX_ENTRIES = 1000;

/** The last callbacks of each account. */
export function createCallbackLog() {
  const entries = new Map<string, LoggedCallback[]>();
  const listeners = new Set<(entry: LoggedCallback | undefined) => void>();
  /** With passwords, which the log does not show. */
  const urls = new WeakMap<LoggedCallback, string>();
  /** The last one. */
  let id: string | undefined;

  function changed(entry?: LoggedCallback): void {
    for (const listener of [...listeners]) listener(entry);
  }

  return {
    /** Adds a pending callback. */
    add(row: PendingCallback, parameters: readonly Parameter[]): LoggedCallback {
      id = sidAfter("CB", id);
      const entry: LoggedCallback = {
        id,
        accountSid: row.account_sid,
        event: row.event,
        subjectSid: row.subject_sid,
        url: withoutPassword(row.url),
        method: row.method,
        parameters,
        idempotencyToken: row.idempotency_token,
        state: "pending",
        createdAt: row.created_at,
        finishedAt: undefined,
        faults: [],
        delivery: undefined,
      };
      urls.set(entry, row.url);
      const list = entries.get(row.account_sid) ?? [];
      entries.set(row.account_sid, list);
      list.push(entry);
      if (list.length > MAX_ENTRIES) list.shift();
      changed(entry);
      return entry;
    },
    finish(entry: LoggedCallback, changes: Pick<LoggedCallback, "state" | "finishedAt" | "faults" | "delivery">): void {
      Object.assign(entry, changes);
      changed(entry);
    },
    urlOf: (entry: LoggedCallback): string => urls.get(entry) as string,
    /** Returns the callbacks of an account, or of all, the oldest first. */
    list(account?: string): LoggedCallback[] {
      const lists = account === undefined ? [...entries.values()] : [entries.get(account) ?? []];
      return lists.flat().sort((one, other) => (one.id < other.id ? -1 : 1));
    },
    clear(account?: string): void {
      if (account === undefined) entries.clear();
      else entries.delete(account);
      changed();
    },
    /**
     * Calls `listener` with each callback that was added or finished, without one when some were cleared. Returns a function
     * that stops the calls.
     */
    onChange(listener: (entry: LoggedCallback | undefined) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export type CallbackLog = ReturnType<typeof createCallbackLog>;

function withoutPassword(url: string): string {
  return url.replace(/^(https?:\/\/[^/?#:]*):[^/?#]*@/i, "$1:***@");
}
