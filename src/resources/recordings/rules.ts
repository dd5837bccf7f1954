import { type Clock, DAY } from "../../state/clock.js";
import type { Page, PageSelection } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { recordingStore } from "./store.js";
import type { RecordingRow } from "./table.js";

export type RecordingRules = ReturnType<typeof recordingRules>;

/** Which of an account's recordings a list shows. */
export interface RecordingFilter {
  call_sid: string | undefined;
  conference_sid: string | undefined;
  /** First and last date_created that counts, in milliseconds since the Unix epoch; undefined for no limit. */
  from: number | undefined;
  until: number | undefined;
  /** Whether deleted recordings count during their retention. */
  includeSoftDeleted: boolean;
}

/**
 * What can be done with an account's recordings.
 *
 * @param retentionCutoff - what was deleted at this time or before is gone, in milliseconds since the Unix epoch.
 * @see https://www.twilio.com/docs/voice/api/recording#delete-a-recording-resource
 */
export function recordingRules(database: Database, clock: Clock, retentionCutoff: (account: string) => number) {
  const store = recordingStore(database);

  /**
   * @param pathSid - the recording's SID in the path, as written.
   * @param includeSoftDeleted - whether a deleted recording is found during its retention.
   * @throws TwilioError 20404 if there is none.
   */
  function fetch(accountSid: string, pathSid: string, includeSoftDeleted: boolean): RecordingRow {
    const sid = parseSid("RE", pathSid);
    const row = sid === undefined ? undefined : store.get(accountSid, sid);
    // The next purge may be up to a minute away.
    const gone = (at: number) => !includeSoftDeleted || at <= retentionCutoff(accountSid);
    if (row === undefined || (row.date_deleted !== null && gone(row.date_deleted)))
      throw new TwilioError({ code: 20404 });
    return row;
  }

  return {
    /** @returns undefined if the page's token names no row. */
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
     * Deletes a recording: its media is gone, its metadata stays for the retention with status `deleted`.
     *
     * @throws TwilioError 20404 if there is none or it is already deleted, 20409 if it is not completed.
     */
    remove(accountSid: string, pathSid: string): void {
      const row = fetch(accountSid, pathSid, false);
      if (row.status !== "completed") throw new TwilioError({ code: 20409, status: row.status });
      store.softDelete(accountSid, row.sid, clock.now(accountSid));
    },

    nextDeleted: store.nextDeleted,

    /** A page of all recordings, deleted ones included if the selection says so; undefined if its token leads nowhere. */
    page: store.page,
    /**
     * Returns how many days of a deleted recording's retention are left by its account's clock, a part of a day counted as
     * one; 0 if it is over, null for a recording that is not deleted.
     */
    daysLeft: ({ account_sid, date_deleted }: RecordingRow): number | null =>
      date_deleted === null ? null : Math.max(0, Math.ceil((date_deleted - retentionCutoff(account_sid)) / DAY)),

    /** A recording of whatever status, deleted ones included; undefined if there is none. */
    find: store.get,
    /** Changes a recording, whatever Twilio would say of it. */
    update: store.update,
    /** Removes a recording without a trace, and its add-on results with it. */
    hardDelete: store.hardDelete,
    after: store.after,
  };
}
