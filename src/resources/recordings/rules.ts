import { type Clock, DAY } from "../../state/clock.js";
import type { Page, PageSelection, Selection } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { type FoundPage, searchRecordings } from "./search.js";
import { recordingStore } from "./store.js";
import type { RecordingRow } from "./table.js";

export type RecordingRules = ReturnType<typeof recordingRules>;

export interface RecordingFilter {
  call_sid: string | undefined;
  conference_sid: string | undefined;
  /** First and last matching date_created, in milliseconds since the Unix epoch; undefined for no limit. */
  from: number | undefined;
  until: number | undefined;
  /** Whether soft-deleted recordings match during their retention. */
  includeSoftDeleted: boolean;
}

/**
 * @param retentionCutoff - returns the time until which deleted recordings are gone, in milliseconds since the Unix epoch.
 * @see https://www.twilio.com/docs/voice/api/recording#delete-a-recording-resource
 */
export function recordingRules(database: Database, clock: Clock, retentionCutoff: (account: string) => number) {
  const store = recordingStore(database);

  /**
   * @param pathSid - the SID in the path, unparsed.
   * @param includeSoftDeleted - whether to return a soft-deleted recording during its retention.
   * @throws TwilioError 20404 if the recording does not exist.
   */
  function fetch(accountSid: string, pathSid: string, includeSoftDeleted: boolean): RecordingRow {
    const sid = parseSid("RE", pathSid);
    const row = sid === undefined ? undefined : store.get(accountSid, sid);
    // The row may remain for up to a minute, until the next purge.
    const gone = (at: number) => !includeSoftDeleted || at <= retentionCutoff(accountSid);
    if (row === undefined || (row.date_deleted !== null && gone(row.date_deleted)))
      throw new TwilioError({ code: 20404 });
    return row;
  }

  return {
    /** Returns a page; undefined if its token matches no row. */
    list(accountSid: string, filter: RecordingFilter, page: PageSelection): Page<RecordingRow> | undefined {
      const { call_sid, conference_sid, from, until, includeSoftDeleted } = filter;
      const where = {
        account_sid: accountSid,
        ...(call_sid !== undefined && { call_sid }),
        ...(conference_sid !== undefined && { conference_sid }),
      };
      const deletedAfter = includeSoftDeleted ? retentionCutoff(accountSid) : undefined;
      return store.page({ where, from, until, deletedAfter }, page);
    },

    fetch,

    /**
     * Soft-deletes a recording: only its metadata remains for the retention, with status `deleted`.
     *
     * @throws TwilioError 20404 if the recording does not exist or is already deleted, 20409 if it is not completed.
     */
    remove(accountSid: string, pathSid: string): void {
      const row = fetch(accountSid, pathSid, false);
      if (row.status !== "completed") throw new TwilioError({ code: 20409, status: row.status });
      store.softDelete(accountSid, row.sid, clock.now(accountSid));
    },

    nextDeleted: store.nextDeleted,

    page: store.page,
    search: (selection: Selection<RecordingRow>, text: string, page: PageSelection): FoundPage | undefined =>
      searchRecordings(store, selection, text, page),
    /** Returns the days of retention left by the account's clock, rounded up; null for a recording that is not deleted. */
    daysLeft: ({ account_sid, date_deleted }: RecordingRow): number | null =>
      date_deleted === null ? null : Math.max(0, Math.ceil((date_deleted - retentionCutoff(account_sid)) / DAY)),

    /** Returns a recording of any status, also a deleted one after its retention. */
    find: store.get,
    /** Changes a recording without Twilio's checks. */
    update: store.update,
    /** Removes a recording and its add-on results from the database. */
    hardDelete: store.hardDelete,
  };
}
