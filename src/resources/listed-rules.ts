import type { Clock } from "../state/clock.js";
import type { CollectionStore, Page, PageSelection, Selection } from "../state/collection-store.js";
import type { ListedRow } from "../state/table.js";
import { parseSid, type SidPrefix } from "../twilio-api/request/sids.js";
import { TwilioError } from "../twilio-api/response/error-catalogue.js";

/**
 * Returns the rules of resources of which a deleted one is gone at once. Its row stays for the retention because page tokens may
 * contain its SID: many programs delete while they list.
 *
 * @param lifetime - milliseconds after its creation at which a resource expires; default: never. Only for a store that is
 * ordered by date_created.
 */
export function listedRules<Row extends ListedRow>(
  store: CollectionStore<Row>,
  prefix: SidPrefix,
  clock: Clock,
  lifetime = Number.POSITIVE_INFINITY,
) {
  /** Returns the earliest date_created that has not expired. */
  const firstOf = ({ account_sid }: Selection<Row>["where"]) => clock.now(account_sid) - lifetime + 1;

  /**
   * @param where - the columns that the path determines.
   * @param pathSid - the SID in the path, unparsed.
   * @throws TwilioError 20404 if the row does not exist.
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
    /** Returns a page; undefined if its token matches no row. */
    list: (
      where: Selection<Row>["where"],
      page: PageSelection,
      { from, until, within = [] }: Partial<Pick<Selection<Row>, "from" | "until" | "within">> = {},
    ): Page<Row> | undefined => {
      const first = firstOf(where);
      const begin = from === undefined ? first : Math.max(from, first);
      return store.page({ where, from: begin, until, deletedAfter: undefined, within }, page);
    },
    fetch,
    /** @throws TwilioError 20404 if the row does not exist, or is already deleted. */
    remove(where: Selection<Row>["where"], pathSid: string): void {
      store.softDelete(where.account_sid, fetch(where, pathSid).sid, clock.now(where.account_sid));
    },
    find: store.get,
  };
}
