import type { Page, PageSelection } from "../../state/collection-store.js";
import { atomic } from "../../state/database.js";
import type { State } from "../../state/state.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { CallRow } from "../calls/table.js";
import {
  type LiveRecordingRules,
  notEligible,
  type RecordedWhere,
  type RecordingOrder,
  type RecordingUpdate,
} from "../recordings/live.js";
import type { RecordingRules } from "../recordings/rules.js";
import type { RecordingRow } from "../recordings/table.js";

/** The word for the recording in progress (https://www.twilio.com/docs/voice/api/recording-call-resource). */
export const CURRENT = "Twilio.CURRENT";

export type PlacedRecordingRules = ReturnType<typeof placedRecordingRules>;

/** The recordings of one call or one conference: doors on the recordings of the account. */
export function placedRecordingRules({ database, clock }: State, recordings: RecordingRules, live: LiveRecordingRules) {
  /** @throws TwilioError 20404 for a recording of another place, or one that is deleted. */
  function fetch(where: RecordedWhere, pathSid: string): RecordingRow {
    const row = recordings.fetch(where.account_sid, pathSid, false);
    const isHere = "call_sid" in where ? row.call_sid === where.call_sid : row.conference_sid === where.conference_sid;
    if (!isHere) throw new TwilioError({ code: 20404 });
    return row;
  }

  /**
   * Returns the recording in progress. A conference's is none of its calls'.
   *
   * @throws TwilioError 21220 without one, 16108 if there are several.
   */
  function current(where: RecordedWhere): RecordingRow {
    const active = live.active(where).filter(({ conference_sid }) => !("call_sid" in where) || conference_sid === null);
    const [row, another] = active;
    if (row === undefined) throw notEligible();
    if (another !== undefined) throw new TwilioError({ code: 16108 });
    return row;
  }

  return {
    fetch,

    /** @returns undefined if the page's token matches no row. */
    list: (
      where: RecordedWhere,
      dates: { from: number | undefined; until: number | undefined },
      page: PageSelection,
    ): Page<RecordingRow> | undefined => recordings.page({ where, ...dates, deletedAfter: undefined }, page),

    /**
     * Starts a recording of a call by the API. Twilio makes no second one while the first goes on.
     *
     * @throws TwilioError 21220 for a call that is not in progress.
     */
    start: atomic(database, ({ account_sid, sid, status }: CallRow, order: Omit<RecordingOrder, "source">) => {
      if (status !== "in-progress") throw notEligible();
      const source = "StartCallRecordingAPI";
      const running = live.active({ account_sid, call_sid: sid }).find((row) => row.source === source);
      if (running !== undefined) return { row: running, isNew: false };
      const place = { account_sid, call_sid: sid, conference_sid: null };
      return { row: live.start(place, { ...order, source }, clock.now(account_sid)), isNew: true };
    }),

    /** @throws TwilioError 20404, 21220 or 16108. */
    update: atomic(database, (where: RecordedWhere, pathSid: string, update: RecordingUpdate): RecordingRow => {
      const row = pathSid === CURRENT ? current(where) : fetch(where, pathSid);
      return live.update(row, update, clock.now(where.account_sid));
    }),

    /** Soft-deletes a recording of this place, with the errors of the account's view. */
    remove(where: RecordedWhere, pathSid: string): void {
      recordings.remove(where.account_sid, fetch(where, pathSid).sid);
    },
  };
}
