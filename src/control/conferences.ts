import { fictionalNumber, OWN_NUMBER } from "../resources/calls/addresses.js";
import { representConference } from "../resources/conferences/representation.js";
import type { ConferenceRow } from "../resources/conferences/table.js";
import type { Rules } from "../resources/rules.js";
import type { State } from "../state/state.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { CONFERENCE, type ConferenceView, NEW_CONFERENCE, type NewConferenceSpec } from "./call-schemas.js";
import { callbackOf, orderOf } from "./calls.js";
import { ControlError } from "./control-error.js";
import { operation } from "./operation.js";

/** Opens and ends conferences. */
export function conferenceCapability(
  { database, random }: State,
  { calls, conferences }: Rules,
  publicUrl: string | undefined,
) {
  function view(row: ConferenceRow): ConferenceView {
    return { ...representConference(row), call_sids: conferences.callsIn(row) };
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
      run({ account, key }) {
        const sid = parseSid("CF", key);
        const row = sid === undefined ? undefined : conferences.find(account, sid);
        if (row === undefined) {
          throw new ControlError(404, `account ${account} has no conference ${JSON.stringify(key)}`);
        }
        return view(conferences.end(row));
      },
    }),
  };
}
