import { representCall } from "../resources/calls/representation.js";
import type { CallRules } from "../resources/calls/rules.js";
import type { CallRow } from "../resources/calls/table.js";
import { lowerCaseSid } from "../resources/fixture.js";
import type { Relations } from "../resources/relations.js";
import type { Page } from "../state/collection-store.js";
import { pageOfRows } from "../state/row-page.js";
import { CALL_DETAIL, CALL_LIST, CALL_QUERY, type CallDetail, type CallQuery } from "./call-list-schemas.js";
import { findCall } from "./calls.js";
import { unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { nextOf, PAGING, pageOf } from "./paging-query.js";

const ALWAYS = { from: undefined, until: undefined } as const;

/** Lists calls, with what belongs to them. */
export function callListCapability(calls: CallRules, relations: Relations) {
  const detail = (row: CallRow): CallDetail => ({
    ...representCall(row),
    recording_sids: relations.recordingsOf({ account_sid: row.account_sid, call_sid: row.sid }),
    conference_sid: relations.conferenceOf(row),
  });

  /** @returns undefined if the page's token matches no call. */
  function find(account: string, { status, conference_sid, ...rest }: CallQuery): Page<CallRow> | undefined {
    const page = pageOf(rest);
    const where = status === undefined ? {} : { status };
    if (conference_sid === undefined) return calls.list(account, { where, startTime: ALWAYS, endTime: ALWAYS }, page);
    const after = page.token && calls.find(account, page.token.sid);
    if (page.token !== undefined && after === undefined) return undefined;
    const rows = relations
      .callsOf(account, lowerCaseSid(conference_sid))
      .filter((row) => row.date_deleted === null && (status === undefined || row.status === status));
    return pageOfRows(rows, after, page.size);
  }

  return {
    list: operation({
      method: "GET",
      url: "/calls",
      id: "listCalls",
      summary: "List calls, newest first, with their recordings and their conference",
      description: PAGING,
      inProcess: "`calls.list(…)`",
      scope: "main",
      query: CALL_QUERY,
      answer: CALL_LIST,
      run({ account, query }) {
        const found = find(account, query);
        if (found === undefined) throw unexpected("after", query.after, `the SID of a call of account ${account}`);
        return { calls: found.rows.map(detail), next: nextOf(found) };
      },
    }),

    get: operation({
      method: "GET",
      url: "/calls/{Sid}",
      id: "getCall",
      summary: "Return one call, with its recordings and its conference",
      inProcess: "`calls.get(sid)`",
      docs: { answer: "the call, with `recording_sids` and `conference_sid`" },
      scope: "main",
      answer: CALL_DETAIL,
      run: ({ account, key }) => detail(findCall(calls, account, key)),
    }),
  };
}
