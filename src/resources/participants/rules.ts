import type { Page, PageSelection } from "../../state/collection-store.js";
import { atomic } from "../../state/database.js";
import type { State } from "../../state/state.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import type { CallRules } from "../calls/rules.js";
import type { NewCall } from "../calls/script.js";
import type { ConferenceRules } from "../conferences/rules.js";
import type { ConferenceScript, Participation } from "../conferences/script.js";
import type { ConferenceRow } from "../conferences/table.js";
import { lowerCaseSid } from "../fixture.js";
import { listedRules } from "../listed-rules.js";
import { participantStore } from "./store.js";
import type { ParticipantRow } from "./table.js";

/** The conference of a path, by SID or by name. */
export interface ParticipantPlace {
  account_sid: string;
  conference: string;
}

export type ParticipantRules = ReturnType<typeof participantRules>;

/** Participants: calls that are, or will be, in a conference. One that has left is gone. */
export function participantRules({ database, clock }: State, conferences: ConferenceRules, calls: CallRules) {
  const store = participantStore(database);
  const rules = listedRules(store, "CP", clock);

  /** @throws TwilioError 20404 if there is no such conference, or no such call or label in it now. */
  function fetch({ account_sid, conference }: ParticipantPlace, callSidOrLabel: string): ParticipantRow {
    const { sid } = conferences.named(account_sid, conference);
    const sidInLowerCase = lowerCaseSid(callSidOrLabel);
    const row = store
      .all({ account_sid, conference_sid: sid })
      .find(({ call_sid, label }) => call_sid === sidInLowerCase || label === callSidOrLabel);
    if (row === undefined) throw new TwilioError({ code: 20404 });
    return row;
  }

  return {
    find: store.get,
    fetch,

    /** @returns undefined if the page's token matches no row. */
    list(
      { account_sid, conference }: ParticipantPlace,
      where: Partial<ParticipantRow>,
      page: PageSelection,
    ): Page<ParticipantRow> | undefined {
      const { sid } = conferences.named(account_sid, conference);
      return rules.list({ ...where, account_sid, conference_sid: sid }, page);
    },

    /**
     * Places a call that joins a conference when it is answered. A name that no running conference has opens one.
     *
     * @throws TwilioError 20404 for the SID of a conference that there is not, or that has ended.
     */
    create: atomic(
      database,
      (
        { account_sid, conference }: ParticipantPlace,
        call: NewCall,
        participation: Participation,
        script: ConferenceScript,
      ): ParticipantRow => {
        const opened = join(account_sid, conference, script);
        const placed = calls.place(call);
        return conferences.add(opened, placed, participation);
      },
    ),

    update: atomic(database, (row: ParticipantRow, changes: Participation): ParticipantRow => {
      const bits = Object.entries(changes).map(([key, value]) => [
        key,
        typeof value === "boolean" ? Number(value) : value,
      ]);
      const changed = { ...row, ...Object.fromEntries(bits), date_updated: clock.now(row.account_sid) };
      store.update(changed);
      conferences.changed(row, changed);
      return changed;
    }),

    /** Removes a call from its conference. It ends, unless its TwiML goes on. */
    remove: atomic(database, (place: ParticipantPlace, callSidOrLabel: string): void => {
      const { account_sid, call_sid } = fetch(place, callSidOrLabel);
      calls.leaveConference(account_sid, call_sid, clock.now(account_sid), true);
    }),
  };

  function join(account_sid: string, sidOrName: string, script: ConferenceScript): ConferenceRow {
    const isSid = /^CF[0-9a-f]{32}$/i.test(sidOrName);
    if (!isSid) return conferences.open(account_sid, sidOrName, script);
    const row = conferences.fetch(account_sid, sidOrName);
    if (row.status === "completed") throw new TwilioError({ code: 20404 });
    return row;
  }
}
