import { lowerCaseSid } from "../resources/fixture.js";
import type { Page, PageSelection } from "../state/collection-store.js";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;

/** The sentence of the documents on pages. */
export const PAGING = "`after` takes the `next` of the previous page; `limit` is 50 if omitted, 1,000 at most.";

/** Returns the schema of a SID. */
export function sidText<const Prefix extends string>(prefix: Prefix, description: string) {
  return { type: "string", pattern: `^${prefix}[0-9a-fA-F]{32}$`, description } as const;
}

/** Returns the schemas of the parameters of a page. */
export function pageQuery(prefix: string) {
  return {
    limit: {
      type: "integer",
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `A whole number from 1 to ${MAX_LIMIT}. Omitted: ${DEFAULT_LIMIT}.`,
    },
    after: sidText(prefix, `${prefix} and 32 hexadecimal digits: the next of the page before.`),
  } as const;
}

/** The schema of the SID at which the next page begins. */
export const NEXT = {
  type: ["string", "null"],
  description: "The value of after for the next page; null on the last page.",
} as const;

/** Returns the page of a checked query. */
export function pageOf({ limit = DEFAULT_LIMIT, after }: { limit?: number; after?: string }): PageSelection {
  return {
    size: limit,
    ...(after !== undefined && { token: { direction: "after", sid: lowerCaseSid(after) } }),
  };
}

/** Returns the SID at which the next page begins; null for the last page. */
export function nextOf({ rows, more }: Page<{ sid: string }>): string | null {
  return more ? (rows.at(-1) as { sid: string }).sid : null;
}
