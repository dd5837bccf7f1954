import type { Page, PageSelection } from "../../state/collection-store.js";
import { TwilioError } from "../response/error-catalogue.js";
import { numberParameter, type Query, textParameter } from "./parameters.js";
import { parseSid, type SidPrefix } from "./sids.js";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

const MAX_PAGE = 999_999_999;

export interface PageRequest extends PageSelection {
  /** From 0. Only affects `start` and `end`: the token determines the rows of the page. */
  page: number;
}

/**
 * Parses `PageSize`, `Page` and `PageToken`.
 *
 * @param prefix - of the SIDs in the list. A token is `PA` (after) or `PB` (before) and a SID.
 * @throws TwilioError 20007 for a page that is too large, 21481 for a malformed token, 20001 for any other invalid value and for
 * a page after the first without a token.
 */
export function readPageRequest(query: Query, prefix: SidPrefix): PageRequest {
  const size = numberParameter(query, "PageSize", 1, Number.POSITIVE_INFINITY) ?? DEFAULT_PAGE_SIZE;
  if (size > MAX_PAGE_SIZE) throw new TwilioError({ code: 20007, most: MAX_PAGE_SIZE });
  const page = numberParameter(query, "Page", 0, MAX_PAGE) ?? 0;
  const text = textParameter(query, "PageToken");
  if (text !== undefined) return { size, page, token: parseToken(text, prefix) };
  if (page > 0) throw new TwilioError({ code: 20001, problem: "PageToken is required for paging." });
  return { size, page };
}

function parseToken(text: string, prefix: SidPrefix): NonNullable<PageRequest["token"]> {
  const sid = parseSid(prefix, text.slice(2));
  const direction = ({ PA: "after", PB: "before" } as const)[text.slice(0, 2)];
  if (sid === undefined || direction === undefined) throw new TwilioError({ code: 21481 });
  return { direction, sid };
}

/** The paging keys of a list. */
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
 * Returns the envelope of a page. Its URIs are relative and begin with the filters.
 *
 * @param path - with its extension.
 */
export function envelopeOf(
  path: string,
  filters: readonly (readonly [name: string, value: string])[],
  { size, page, token }: PageRequest,
  { rows, more }: Page<{ sid: string }>,
): Envelope {
  const given = filters.map(([name, value]) => `${name}=${quotePlus(value)}&`).join("");
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
    // If all rows of the page were deleted, the next page is the first.
    next_page_uri: more ? (last === undefined ? uri(0) : uri(page + 1, `PA${last.sid}`)) : null,
    page,
  };
}

/** Percent-encodes as Python's `quote_plus` does: Twilio's page URIs look like it. */
function quotePlus(text: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, encode)
    .replaceAll("%20", "+");
}
