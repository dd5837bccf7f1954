import { fictionalNumber, OWN_NUMBER } from "../resources/calls/addresses.js";
import { representConference } from "../resources/conferences/representation.js";
import type { ConferenceRow } from "../resources/conferences/table.js";
import { representParticipant } from "../resources/participants/representation.js";
import type { Relations } from "../resources/relations.js";
import type { Rules } from "../resources/rules.js";
import type { State } from "../state/state.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { CONFERENCE_DETAIL, CONFERENCE_LIST, CONFERENCE_QUERY, type ConferenceDetail } from "./call-list-schemas.js";
import { CONFERENCE, type ConferenceView, NEW_CONFERENCE, type NewConferenceSpec } from "./call-schemas.js";
import { callbackOf, orderOf } from "./calls.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { nextOf, PAGING, pageOf } from "./paging-query.js";

const ALWAYS = { from: undefined, until: undefined } as const;

/** Lists, opens and ends conferences. */
export function conferenceCapability(
  { database, random }: State,
  { calls, conferences }: Rules,
  relations: Relations,
  publicUrl: string | undefined,
) {
  function view(row: ConferenceRow): ConferenceView {
    return { ...representConference(row), call_sids: conferences.callsIn(row) };
  }

  const detail = (row: ConferenceRow): ConferenceDetail => ({
    ...view(row),
    participants: relations.participantsOf(row).map(representParticipant),
    recording_sids: relations.recordingsOf({ account_sid: row.account_sid, conference_sid: row.sid }),
  });

  /** @throws ControlError 404 if there is no such conference. */
  function find(account: string, key: string): ConferenceRow {
    const sid = parseSid("CF", key);
    const row = sid === undefined ? undefined : conferences.find(account, sid);
    if (row === undefined) throw new ControlError(404, `account ${account} has no conference ${JSON.stringify(key)}`);
    return row;
  }

  const open = database.transaction((account: string, spec: NewConferenceSpec, origin: string): ConferenceRow => {
    const sequence = random.of(account);
    const { friendly_name = `conference-${sequence.hex(8)}`, participants = 2, script = { lasts: null } } = spec;
    const { recording, callback } = spec;
    const order = recording && { source: "Conference" as const, ...(recording !== true && recording) };
    const conference = conferences.open(account, friendly_name, {
      ...(order && { recording: orderOf(order, origin) }),
      ...(callback && { callback: callbackOf(callback, ["start", "end"], origin) }),
    });
    for (let index = 0; index < participants; index++) {
      calls.make(
        {
          account_sid: account,
          to_address: OWN_NUMBER,
          from_address: fictionalNumber(sequence.hex(8)),
          direction: "inbound",
          script: { settings: script },
        },
        "in-progress",
        (call) => conferences.add(conference, call, {}),
      );
    }
    return conferences.find(account, conference.sid) as ConferenceRow;
  });

  return {
    list: operation({
      method: "GET",
      url: "/conferences",
      id: "listConferences",
      summary: "List conferences, newest first, with their participants and recordings",
      description: PAGING,
      inProcess: "`conferences.list(…)`",
      scope: "main",
      query: CONFERENCE_QUERY,
      answer: CONFERENCE_LIST,
      run({ account, query: { limit, after, ...where } }) {
        const page = pageOf({ ...(limit !== undefined && { limit }), ...(after !== undefined && { after }) });
        const found = conferences.list(account, { where, created: ALWAYS, updated: ALWAYS }, page);
        if (found === undefined) throw unexpected("after", after, `the SID of a conference of account ${account}`);
        return { conferences: found.rows.map(detail), next: nextOf(found) };
      },
    }),

    get: operation({
      method: "GET",
      url: "/conferences/{Sid}",
      id: "getConference",
      summary: "Return one conference, with its participants and recordings",
      inProcess: "`conferences.get(sid)`",
      docs: { answer: "the conference, with `call_sids`, `participants` and `recording_sids`" },
      scope: "main",
      answer: CONFERENCE_DETAIL,
      run: ({ account, key }) => detail(find(account, key)),
    }),

    open: operation({
      method: "POST",
      url: "/conferences",
      id: "openConference",
      summary: "Open a conference with calls in it",
      inProcess: "`conferences.open(…)`",
      docs: { answer: "the conference, with `call_sids`" },
      scope: "main",
      body: NEW_CONFERENCE,
      answer: CONFERENCE,
      status: 201,
      run: ({ account, body, origin }) => view(open(account, body, publicUrl ?? origin)),
    }),

    end: operation({
      method: "POST",
      url: "/conferences/{Sid}/end",
      id: "endConference",
      summary: "End a conference and its calls",
      inProcess: "`conferences.end(sid)`",
      docs: { answer: "the conference" },
      scope: "main",
      answer: CONFERENCE,
      run: ({ account, key }) => view(conferences.end(find(account, key))),
    }),
  };
}
