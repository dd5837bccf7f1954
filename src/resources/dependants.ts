import type { Clock } from "../state/clock.js";
import type { CollectionStore, Page, PageSelection, Selection } from "../state/collection-store.js";
import type { ListedRow } from "../state/table.js";
import { parseSid, type SidPrefix } from "../twilio-api/request/sids.js";
import { TwilioError } from "../twilio-api/response/error-catalogue.js";

/**
 * What can be done with resources that belong to a recording. A deleted one is gone at once; its row stays for the
 * retention, so that a page token that names it still leads somewhere: many programs delete while they list.
 *
 * @param lifetime - how long after its creation one is found, in milliseconds; left out, there is no end. Only for a store
 * that is ordered by date_created.
 */
export function dependantRules<Row extends ListedRow>(
  store: CollectionStore<Row>,
  prefix: SidPrefix,
  clock: Clock,
  lifetime = Number.POSITIVE_INFINITY,
) {
  /** Returns the earliest date_created that is found. */
  const firstOf = ({ account_sid }: Selection<Row>["where"]) => clock.now(account_sid) - lifetime + 1;

  /**
   * @param where - what the row must have: its account, and what the path says of its place.
   * @param pathSid - its SID in the path, as written.
   * @throws TwilioError 20404 if there is none.
   */
  function fetch(where: Selection<Row>["where"], pathSid: string): Row {
    const sid = parseSid(prefix, pathSid);
    const row = sid === undefined ? undefined : store.get(where.account_sid, sid);
    const inPlace = (found: Row) =>
      Object.entries(where).every(([column, value]) => found[column as keyof Row] === value);
    if (row === undefined || row.date_deleted !== null || !inPlace(row)) throw new TwilioError({ code: 20404 });
    if (row.date_created < firstOf(where)) throw new TwilioError({ code: 20404 });
    return row;
  }

  return {
    /** @returns undefined if the page's token leads nowhere. */
    list: (where: Selection<Row>["where"], page: PageSelection): Page<Row> | undefined =>
      store.page({ where, from: firstOf(where), until: undefined, deletedAfter: undefined }, page),
    fetch,
    /** @throws TwilioError 20404 if there is none, or it is already deleted. */
    remove(where: Selection<Row>["where"], pathSid: string): void {
      store.softDelete(where.account_sid, fetch(where, pathSid).sid, clock.now(where.account_sid));
    },
    find: store.get,
    after: store.after,
  };
}
