import type { Page, PageSelection } from "../state/collection-store.js";
import { Refusal } from "./errors.js";
import { type Query, textParameter } from "./parameters.js";
import { parseSid, type SidPrefix } from "./sids.js";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** The page that a request for a list asks for. */
export interface PageRequest extends PageSelection {
  /** Its number, counted from 0; only the token says where it begins. */
  page: number;
}

/**
 * Reads `PageSize`, `Page` and `PageToken`.
 *
 * @param prefix - of the SIDs in the list: a token is `PA` (after) or `PB` (before) and one of them.
 * @throws Refusal 20007 for a page that is too large, 20001 for any other value that makes no sense.
 */
export function readPageRequest(query: Query, prefix: SidPrefix): PageRequest {
  const size = wholeNumber(query, "PageSize", 1) ?? DEFAULT_PAGE_SIZE;
  if (size > MAX_PAGE_SIZE) throw new Refusal({ code: 20007, most: MAX_PAGE_SIZE });
  const page = wholeNumber(query, "Page", 0) ?? 0;
  const text = textParameter(query, "PageToken");
  if (text === undefined) return { size, page, skip: page * size };
  const sid = parseSid(prefix, text.slice(2));
  const direction = ({ PA: "after", PB: "before" } as const)[text.slice(0, 2)];
  if (sid === undefined || direction === undefined) throw badToken(text);
  return { size, page, skip: 0, token: { direction, sid } };
}

/** The refusal of a page token that leads nowhere. */
export function badToken(value: string): Refusal {
  return new Refusal({ code: 20001, parameter: "PageToken", value, expected: "one from a page URI of this list" });
}

function wholeNumber(query: Query, parameter: string, least: number): number | undefined {
  const value = textParameter(query, parameter);
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value);
  throw new Refusal({ code: 20001, parameter, value, expected: `a whole number from ${least} on` });
}

/** The part of a list answer that tells of pages. */
export interface Envelope {
  first_page_uri: string;
  end: number;
  previous_page_uri: string | null;
  uri: string;
  page_size: number;
  start: number;
  next_page_uri: string | null;
  page: number;
}

/**
 * The envelope of a page. Its URIs are relative, and repeat the filters first.
 *
 * @param path - the list's path, with the extension of the form that was asked for.
 * @param filters - names and values of the filters, as given.
 */
export function envelopeOf(
  path: string,
  filters: readonly (readonly [name: string, value: string])[],
  { size, page, token }: PageRequest,
  { rows, more }: Page<{ sid: string }>,
): Envelope {
  const given = filters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}&`).join("");
  const uri = (number: number, text?: string) =>
    `${path}?${given}PageSize=${size}&Page=${number}${text === undefined ? "" : `&PageToken=${text}`}`;
  const [first, last] = [rows[0], rows.at(-1)];
  const start = first === undefined ? 0 : page * size;
  return {
    first_page_uri: uri(0),
    end: start + Math.max(0, rows.length - 1),
    previous_page_uri: page > 0 && first !== undefined ? uri(page - 1, `PB${first.sid}`) : null,
    uri: uri(page, token && (token.direction === "after" ? "PA" : "PB") + token.sid),
    page_size: size,
    start,
    // What follows a page before which everything was deleted is the first page.
    next_page_uri: more ? (last === undefined ? uri(0) : uri(page + 1, `PA${last.sid}`)) : null,
    page,
  };
}
