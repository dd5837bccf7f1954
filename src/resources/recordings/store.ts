import { collectionStore, type Selection } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { type RecordingRow, recordings } from "./table.js";

export type RecordingStore = ReturnType<typeof recordingStore>;

/** Times beyond those of any row. */
const ALWAYS = 1e16;

/** Overrides `softDelete`, which also sets the status. */
export function recordingStore(database: Database) {
  const softDelete = database.prepare<[number, string, string]>(
    "UPDATE recordings SET status = 'deleted', date_deleted = ? WHERE account_sid = ? AND sid = ?",
  );
  const nextDeleted = database
    .prepare<[number], number | null>("SELECT min(date_deleted) FROM recordings WHERE date_deleted > ?")
    .pluck();
  return {
    ...collectionStore<RecordingRow>(database, recordings),
    /** Returns the first date_deleted after this time, in any account; Infinity if there is none. */
    nextDeleted: (after: number): number => nextDeleted.get(after) ?? Number.POSITIVE_INFINITY,
    softDelete: (accountSid: string, sid: string, at: number): void => void softDelete.run(at, accountSid, sid),
    scan: scanOf(database),
  };
}

/**
 * Returns a function that looks at the first `most` recordings of an account after another one, newest first. It returns the SIDs
 * of those with the column values of the selection and a text, in lower case, in the SID of the recording, its call or its
 * conference, `limit` at most; and the last SID that it looked at, null at the end of the list.
 */
function scanOf(database: Database) {
  const rows = `FROM recordings INDEXED BY recordings_by_date
    WHERE account_sid = @account_sid AND (date_created, sid) < (@date, @sid) AND date_created >= @from
    ORDER BY date_created DESC, sid DESC`;
  const last = database.prepare<[object], string>(`SELECT sid ${rows} LIMIT 1 OFFSET @most - 1`).pluck();

  return function scan(
    { where: { account_sid, ...values }, from = -ALWAYS, until = ALWAYS }: Selection<RecordingRow>,
    after: RecordingRow | undefined,
    text: string,
    most: number,
    limit: number,
  ): { sids: string[]; last: string | null } {
    const filters = Object.keys(values).map((column) => `AND ${column} = @${column}`);
    // The optimizer keeps a subquery with a limit apart, in its order.
    const sids = database
      .prepare<[object], string>(
        `SELECT sid FROM (SELECT sid, call_sid, conference_sid, status, source ${rows} LIMIT @most)
         WHERE (instr(lower(sid), @text) OR instr(lower(call_sid), @text) OR instr(lower(conference_sid), @text))
           ${filters.join(" ")} LIMIT @limit`,
      )
      .pluck();
    // With two bounds on one side, SQLite may start at the looser one.
    const start = after === undefined || after.date_created > until ? { date_created: until + 1, sid: "" } : after;
    const place = { account_sid, date: start.date_created, sid: start.sid, from, most };
    const found = sids.all({ ...values, ...place, text, limit });
    return { sids: found, last: last.get(place) ?? null };
  };
}
