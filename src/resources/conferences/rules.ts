import { collectionStore, type PageSelection } from "../../state/collection-store.js";
import { atomic } from "../../state/database.js";
import type { State } from "../../state/state.js";
import type { AddCallback } from "../callback-order.js";
import type { CallConferences } from "../calls/rules.js";
import type { CallRow } from "../calls/table.js";
import { after } from "../lifecycle.js";
import { listedRules } from "../listed-rules.js";
import { type ParticipantRow, participantSid, participants as participantTable } from "../participants/table.js";
import type { LiveRecordingRules } from "../recordings/live.js";
import { CONFERENCE_LIFECYCLE, PARTICIPANT_STATUS_OF } from "./lifecycle.js";
import type { ConferenceScript, Participation } from "./script.js";
import { CONFERENCE_EVENTS, type ConferenceEvent, conferenceParameters } from "./status-callback.js";
import { conferenceStore } from "./store.js";
import type { ConferenceRow, EndReason } from "./table.js";

/** The filters of a list. Times are milliseconds since the Unix epoch, undefined for no limit. */
export interface ConferenceFilter {
  where: Partial<Pick<ConferenceRow, "friendly_name" | "status">>;
  created: { from: number | undefined; until: number | undefined };
  updated: { from: number | undefined; until: number | undefined };
}

export type ConferenceRules = ReturnType<typeof conferenceRules>;

/**
 * Conferences and their participants: calls join, the conference begins, calls leave, the conference ends. `at` is the time of
 * the change, by the account's clock.
 *
 * @param release - ends a call, or lets its TwiML go on; called for those that are in a conference when it ends.
 */
export function conferenceRules(
  { database, clock, random, history }: State,
  recordings: LiveRecordingRules,
  release: (account: string, callSid: string, at: number) => void,
  send: AddCallback,
) {
  const store = conferenceStore(database);
  const participants = collectionStore<ParticipantRow>(database, participantTable);
  const rules = listedRules(store, "CF", clock);

  /** Returns the conference of a name that has not ended, or creates it. */
  function open(account_sid: string, friendly_name: string, script: ConferenceScript = {}): ConferenceRow {
    const running = store.all({ account_sid, friendly_name }).find(({ status }) => status !== "completed");
    if (running !== undefined) return running;
    const at = clock.now(account_sid);
    const isTaken = (sid: string) => store.get(account_sid, sid) !== undefined;
    const row: ConferenceRow = {
      account_sid,
      sid: random.freeSid("CF", isTaken, account_sid),
      friendly_name,
      region: "us1",
      status: "init",
      date_created: at,
      date_updated: at,
      reason_conference_ended: null,
      call_sid_ending_conference: null,
      script: JSON.stringify(script),
      date_deleted: null,
    };
    store.insert(row);
    return row;
  }

  /** Adds a queued call to a conference: it joins when it is answered. */
  function add(conference: ConferenceRow, call: CallRow, given: Participation): ParticipantRow {
    const at = clock.now(call.account_sid);
    const bit = (value: boolean | undefined, otherwise: boolean) => ((value ?? otherwise) ? 1 : 0);
    const row: ParticipantRow = {
      account_sid: call.account_sid,
      sid: participantSid(conference.sid, call.sid),
      conference_sid: conference.sid,
      call_sid: call.sid,
      label: given.label ?? null,
      status: PARTICIPANT_STATUS_OF[call.status],
      date_created: at,
      date_updated: at,
      muted: bit(given.muted, false),
      hold: bit(given.hold, false),
      coaching: bit(given.coaching, false),
      start_conference_on_enter: bit(given.start_conference_on_enter, true),
      end_conference_on_exit: bit(given.end_conference_on_exit, false),
      call_sid_to_coach: given.call_sid_to_coach ?? null,
      date_deleted: null,
    };
    // It may have left the conference before.
    if (participants.get(row.account_sid, row.sid) === undefined) participants.insert(row);
    else participants.update(row);
    return row;
  }

  /** Notes an event, and calls it back, if it was asked for. */
  function notify(account_sid: string, sid: string, event: ConferenceEvent, at: number, participant?: ParticipantRow) {
    const of = participant === undefined ? [] : [participant.call_sid];
    history.add(account_sid, { at, event: `conference.${event}`, sid, of });
    const row = store.get(account_sid, sid) as ConferenceRow;
    const script = scriptOf(row);
    const { callback, sequence = 0 } = script;
    if (!callback?.events.some((name) => isNamed(name, event))) return;
    store.update({ ...row, script: JSON.stringify({ ...script, sequence: sequence + 1 } satisfies ConferenceScript) });
    const { url, method } = callback;
    const parameters = conferenceParameters(row, event, at, sequence + 1, participant);
    send({ account_sid, event: `conference.${event}`, subject_sid: sid, url, method, parameters });
  }

  /** Begins a conference with a participant that has joined. */
  function startWith({ account_sid, conference_sid, call_sid, start_conference_on_enter }: ParticipantRow, at: number) {
    const conference = store.get(account_sid, conference_sid) as ConferenceRow;
    const status = start_conference_on_enter
      ? after(CONFERENCE_LIFECYCLE.start, conference.status, "clock")
      : undefined;
    if (status === undefined) return;
    store.update({ ...conference, status, date_updated: at });
    notify(account_sid, conference_sid, "conference-start", at);
    const { recording } = scriptOf(conference);
    if (recording !== undefined) recordings.start({ account_sid, call_sid, conference_sid }, recording, at);
  }

  function participationsOf({ account_sid, sid }: CallRow): ParticipantRow[] {
    return participants.all({ account_sid, call_sid: sid });
  }

  function move(call: CallRow, at: number, status = PARTICIPANT_STATUS_OF[call.status]): ParticipantRow[] {
    return participationsOf(call).map((row) => {
      const moved = { ...row, status, date_updated: at };
      participants.update(moved);
      return moved;
    });
  }

  function leave(call: CallRow, at: number, isKicked: boolean, status = PARTICIPANT_STATUS_OF[call.status]): void {
    // A call that was never answered was not in the conference.
    const wasIn = participationsOf(call).some(({ status }) => status === "connected");
    for (const row of move(call, at, status)) {
      const { account_sid, sid, conference_sid, end_conference_on_exit } = row;
      participants.softDelete(account_sid, sid, at);
      if (wasIn) notify(account_sid, conference_sid, "participant-leave", at, row);
      const conference = store.get(account_sid, conference_sid) as ConferenceRow;
      const others = participants.all({ account_sid, conference_sid });
      const left = isKicked ? "kicked" : "left";
      if (wasIn && end_conference_on_exit === 1) {
        end(conference, `participant-with-end-conference-on-exit-${left}`, call.sid, at);
      } else if (!others.some(({ status }) => status === "connected" || !wasIn)) {
        end(conference, `last-participant-${left}`, wasIn ? call.sid : null, at);
      }
    }
  }

  function end(row: ConferenceRow, reason: EndReason, callSid: string | null, at: number): ConferenceRow {
    const status = after(CONFERENCE_LIFECYCLE.end, row.status, callSid === null ? "api" : "clock");
    if (status === undefined) return row;
    const { account_sid, sid } = row;
    const ended = {
      ...row,
      status,
      date_updated: at,
      reason_conference_ended: reason,
      call_sid_ending_conference: callSid,
    };
    store.update(ended);
    recordings.endAll({ account_sid, conference_sid: sid }, at);
    // Each leaves a conference that has ended already.
    for (const { call_sid } of participants.all({ account_sid, conference_sid: sid }))
      release(account_sid, call_sid, at);
    notify(account_sid, sid, "conference-end", at);
    return ended;
  }

  function enter(row: ParticipantRow, at: number): void {
    startWith(row, at);
    notify(row.account_sid, row.conference_sid, "participant-join", at, row);
  }

  const ofCalls: CallConferences = {
    answered(call, at) {
      for (const row of move(call, at)) enter(row, at);
    },
    moved: move,
    ended: leave,
    join(call, name, participation, script, at) {
      const conference = open(call.account_sid, name, script);
      enter(add(conference, call, participation), at);
      return conference.sid;
    },
    left: (call, at, isKicked) => leave(call, at, isKicked, "complete"),
    isIn: (call) => participationsOf(call).length > 0,
  };

  return {
    ofCalls,
    open,
    add,
    find: store.get,
    fetch: (account: string, pathSid: string): ConferenceRow => rules.fetch({ account_sid: account }, pathSid),

    /** @returns undefined if the page's token matches no row. */
    list(account: string, { where, created, updated }: ConferenceFilter, page: PageSelection) {
      const isLimited = updated.from !== undefined || updated.until !== undefined;
      const within = isLimited ? [{ column: "date_updated" as const, ...updated }] : [];
      return rules.list({ ...where, account_sid: account }, page, { ...created, within });
    },

    /** Calls the changes of a participant back. */
    changed(before: ParticipantRow, after: ParticipantRow): void {
      const { account_sid, conference_sid, date_updated: at } = after;
      for (const key of ["muted", "hold"] as const) {
        if (before[key] !== after[key])
          notify(account_sid, conference_sid, CHANGES[key][after[key] as 0 | 1], at, after);
      }
    },

    /** Returns the conference that a call is in. */
    of(account_sid: string, call_sid: string): ConferenceRow | undefined {
      const [row] = participants.all({ account_sid, call_sid });
      return row && store.get(account_sid, row.conference_sid);
    },

    /** Returns the SIDs of the calls that are in a conference, or will be. */
    callsIn: ({ account_sid, sid }: ConferenceRow): string[] =>
      participants.all({ account_sid, conference_sid: sid }).map(({ call_sid }) => call_sid),

    /** Ends a conference by a request. One that has ended stays as it is. */
    end: atomic(
      database,
      (row: ConferenceRow): ConferenceRow => end(row, "conference-ended-via-api", null, clock.now(row.account_sid)),
    ),

    /**
     * Returns the conference that a path of participants names: by SID, or by the name of one that has not ended.
     *
     * @throws TwilioError 20404 if there is none.
     */
    named(account_sid: string, sidOrName: string): ConferenceRow {
      const running = store.all({ account_sid, friendly_name: sidOrName }).find(({ status }) => status !== "completed");
      return running ?? rules.fetch({ account_sid }, sidOrName);
    },
  };
}

/** The events of a participant's changes, by the new value. */
const CHANGES = {
  muted: ["participant-unmute", "participant-mute"],
  hold: ["participant-unhold", "participant-hold"],
} as const satisfies Record<string, readonly [ConferenceEvent, ConferenceEvent]>;

function isNamed(name: string, event: ConferenceEvent): boolean {
  return (CONFERENCE_EVENTS[name as keyof typeof CONFERENCE_EVENTS] as readonly string[]).includes(event);
}

function scriptOf({ script }: ConferenceRow): ConferenceScript {
  return script === null ? {} : (JSON.parse(script) as ConferenceScript);
}
