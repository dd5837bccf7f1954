import type { Page, PageSelection, Selection } from "../../state/collection-store.js";
import { pageOfRows } from "../../state/row-page.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import type { RecordingStore } from "./store.js";
import type { RecordingRow } from "./table.js";

/** The recordings that a search by a part of a SID looks at for one page: they take some 50 ms. */
const MOST_SCANNED = 100_000;
/** The recordings that are sorted in memory: those whose SIDs begin with a text. */
const MOST_SORTED = 1000;

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
  const place = placeOf(given);
  if (place !== undefined) return inPlace(place);
  const beginning = text.startsWith("re") ? beginningWith(`RE${text.slice(2)}`) : undefined;
  return beginning === undefined ? scan() : foundOf(pageOfRows(beginning, after, size));

  /** The recordings of a call or a conference. */
  function inPlace(place: Partial<RecordingRow>): FoundPage {
    const where = { ...selection.where, ...place };
    // The other filters may name another call or conference.
    if (!matches(where, selection.where)) return { rows: [], next: null };
    return foundOf(store.page({ ...selection, where }, { size, token }) as Page<RecordingRow>);
  }

  /** Returns undefined if there are too many to sort. */
  function beginningWith(start: string): RecordingRow[] | undefined {
    const one = store.get(account_sid, start);
    const rows = one === undefined ? store.after(account_sid, start, sorted + 1) : [one];
    const found = rows.filter(({ sid }) => sid.startsWith(start));
    return found.length > sorted ? undefined : found.filter(isSelected);
  }

  function isSelected(row: RecordingRow): boolean {
    const { where, from = row.date_created, until = row.date_created } = selection;
    return matches(row, where) && from <= row.date_created && row.date_created <= until;
  }

  function scan(): FoundPage {
    const containing = { columns: COLUMNS, text, most: scanned };
    const page = store.page({ ...selection, containing }, { size, token }) as Page<RecordingRow>;
    return page.more ? foundOf(page) : { rows: page.rows, next: store.at(selection, after, scanned)?.sid ?? null };
  }
}

function placeOf(text: string): Partial<RecordingRow> | undefined {
  const [call_sid, conference_sid] = [parseSid("CA", text), parseSid("CF", text)];
  if (call_sid !== undefined) return { call_sid };
  return conference_sid === undefined ? undefined : { conference_sid };
}

function matches(row: Partial<RecordingRow>, where: Partial<RecordingRow>): boolean {
  return (Object.keys(where) as (keyof RecordingRow)[]).every((column) => row[column] === where[column]);
}

function foundOf({ rows, more }: Page<RecordingRow>): FoundPage {
  return { rows, next: more ? (rows.at(-1) as RecordingRow).sid : null };
}
