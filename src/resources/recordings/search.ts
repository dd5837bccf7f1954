import type { Page, PageSelection, Selection } from "../../state/collection-store.js";
import { pageOfRows } from "../../state/row-page.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import type { RecordingStore } from "./store.js";
import type { RecordingRow } from "./table.js";

/** The recordings that a search by a part of a SID looks at for one page: they take some 50 ms. */
const MOST_SCANNED = 20_000;
/** The recordings that are sorted in memory: those whose SIDs begin with a text. */
const MOST_SORTED = 1000;

type Place = Partial<Pick<RecordingRow, "call_sid" | "conference_sid">>;

const COLUMNS = ["sid", "call_sid", "conference_sid"] as const;

/** A page of found recordings, newest first. */
export interface FoundPage {
  rows: RecordingRow[];
  /** The SID that the next page follows; null for the last page. A page that is not full may have a next one. */
  next: string | null;
}

/**
 * Finds the recordings with a text in the SID of the recording, its call or its conference, in any case. Whole SIDs and
 * beginnings of a recording's use an index; any other text needs a scan, a part of it for each page.
 *
 * @param selection - must include soft-deleted recordings.
 * @returns undefined if the page's token matches no row.
 */
export function searchRecordings(
  store: RecordingStore,
  selection: Selection<RecordingRow>,
  given: string,
  { size, token }: PageSelection,
  { scanned, sorted } = { scanned: MOST_SCANNED, sorted: MOST_SORTED },
): FoundPage | undefined {
  const { account_sid } = selection.where;
  const after = token && store.get(account_sid, token.sid);
  if (token !== undefined && after === undefined) return undefined;
  const text = given.toLowerCase();
  const candidates = candidatesOf();
  if (candidates !== undefined) return foundOf(pageOfRows(candidates.filter(isFound), after, size));
  const { sids, last } = store.scan(selection, after, text, scanned, size + 1);
  const rows = sids.map((sid) => store.get(account_sid, sid) as RecordingRow);
  return rows.length > size ? foundOf({ rows: rows.slice(0, size), more: true }) : { rows, next: last };

  /** Returns recordings that an index finds, all that match among them; undefined if there are too many to sort. */
  function candidatesOf(): RecordingRow[] | undefined {
    const place = { ...placeOf(given), ...placeIn(selection.where) };
    const limit = sorted + 1;
    const rows =
      Object.keys(place).length > 0
        ? store.page({ ...selection, where: { account_sid, ...place } }, { size: limit })?.rows
        : text.startsWith("re") && beginningWith(`RE${text.slice(2)}`, limit);
    return rows && rows.length <= sorted ? rows : undefined;
  }

  function beginningWith(start: string, limit: number): RecordingRow[] {
    const one = store.get(account_sid, start);
    return one === undefined
      ? store.after(account_sid, start, limit).filter(({ sid }) => sid.startsWith(start))
      : [one];
  }

  function isFound(row: RecordingRow): boolean {
    const { where, from = row.date_created, until = row.date_created } = selection;
    const isSelected = Object.entries(where).every(([column, value]) => row[column as keyof RecordingRow] === value);
    const isWithin = from <= row.date_created && row.date_created <= until;
    return isSelected && isWithin && COLUMNS.some((column) => row[column]?.toLowerCase().includes(text));
  }
}

/** Returns the call or the conference of a whole SID. */
function placeOf(text: string): Place {
  const [call_sid, conference_sid] = [parseSid("CA", text), parseSid("CF", text)];
  return { ...(call_sid !== undefined && { call_sid }), ...(conference_sid !== undefined && { conference_sid }) };
}

function placeIn({ call_sid, conference_sid }: Place): Place {
  return { ...(call_sid !== undefined && { call_sid }), ...(conference_sid !== undefined && { conference_sid }) };
}

function foundOf({ rows, more }: Page<RecordingRow>): FoundPage {
  return { rows, next: more ? (rows.at(-1) as RecordingRow).sid : null };
}
