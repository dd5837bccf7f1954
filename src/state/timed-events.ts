import type { Database } from "./database.js";
import { sidAfter } from "./sequential-sid.js";
import { defineTable, type RowOf, text, textOrNull, time } from "./table.js";

/** What will happen at a time of an account's clock. An event is removed in the transaction that applies it. */
export const timedEvents = defineTable({
  name: "timed_events",
  noun: "a timed event",
  prefix: "EV",
  columns: {
    account_sid: text,
    /** Grows with each event of an account: events that are due at the same time happen in this order. */
    sid: text,
    due: time,
    /** The name of the function that applies it. */
    kind: text,
    /** The SID of the resource that changes. */
    subject_sid: text,
    /** JSON. */
    data: textOrNull,
  },
  primaryKey: ["account_sid", "sid"],
  foreignKeys: [{ columns: ["account_sid"], table: "accounts", references: ["sid"] }],
  indexes: {
    timed_events_by_account: { columns: ["account_sid", "due", "sid"] },
    timed_events_by_due: { columns: ["due", "account_sid", "sid"] },
    timed_events_by_subject: { columns: ["account_sid", "subject_sid"] },
  },
});
export type TimedEvent = RowOf<typeof timedEvents>;

export type TimedEventStore = ReturnType<typeof timedEventStore>;

export function timedEventStore(database: Database) {
  const last = database
    .prepare<[string], string | null>("SELECT max(sid) FROM timed_events WHERE account_sid = ?")
    .pluck();
  const insert = database.prepare<[TimedEvent]>(
    `INSERT INTO timed_events (account_sid, sid, due, kind, subject_sid, data)
     VALUES (@account_sid, @sid, @due, @kind, @subject_sid, @data)`,
  );
  const remove = database.prepare<[string, string]>("DELETE FROM timed_events WHERE account_sid = ? AND sid = ?");
  const cancel = database.prepare<[string, string]>(
    "DELETE FROM timed_events WHERE account_sid = ? AND subject_sid = ?",
  );
  const cancelKind = database.prepare<[string, string, string]>(
    "DELETE FROM timed_events WHERE account_sid = ? AND subject_sid = ? AND kind = ?",
  );
  const first = database.prepare<[string], TimedEvent>(
    "SELECT * FROM timed_events WHERE account_sid = ? ORDER BY due, sid LIMIT 1",
  );
  const firstWithout = database.prepare<[string], TimedEvent>(
    `SELECT * FROM timed_events WHERE account_sid NOT IN (SELECT value FROM json_each(?))
     ORDER BY due, account_sid, sid LIMIT 1`,
  );
  // O(accounts). GROUP BY would read every event.
  const firsts = database.prepare<[], { account_sid: string; due: number }>(
    `WITH RECURSIVE waiting (account_sid) AS (
       SELECT min(account_sid) FROM timed_events
       UNION ALL
       SELECT (SELECT min(account_sid) FROM timed_events next WHERE next.account_sid > waiting.account_sid)
       FROM waiting WHERE account_sid IS NOT NULL
     )
     SELECT account_sid, (SELECT min(due) FROM timed_events own WHERE own.account_sid = waiting.account_sid) AS due
     FROM waiting WHERE account_sid IS NOT NULL`,
  );
  const list = database.prepare<[string, number], TimedEvent>(
    "SELECT * FROM timed_events WHERE account_sid = ? ORDER BY due, sid LIMIT ?",
  );

  return {
    /** @param due - milliseconds since the Unix epoch, by the account's clock. */
    schedule(account_sid: string, due: number, kind: string, subject_sid: string, data?: object): void {
      const sid = sidAfter("EV", last.get(account_sid));
      insert.run({ account_sid, sid, due, kind, subject_sid, data: data === undefined ? null : JSON.stringify(data) });
    },
    remove: ({ account_sid, sid }: TimedEvent): void => void remove.run(account_sid, sid),
    /** Removes the events of a resource, or those of one kind. */
    cancel(account: string, subject: string, kind?: string): void {
      if (kind === undefined) cancel.run(account, subject);
      else cancelKind.run(account, subject, kind);
    },
    /** Returns the next event of an account. */
    first: (account: string): TimedEvent | undefined => first.get(account),
    /** Returns the next event of all accounts but these. */
    firstWithout: (accounts: readonly string[]): TimedEvent | undefined => firstWithout.get(JSON.stringify(accounts)),
    /** Returns the time of the next event of each account that has one. */
    firsts: (): { account_sid: string; due: number }[] => firsts.all(),
    /** Returns the next events of an account, in the order in which they will happen. */
    list: (account: string, limit: number): TimedEvent[] => list.all(account, limit),
    clear: (): void => void database.exec("DELETE FROM timed_events"),
  };
}
