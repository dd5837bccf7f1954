import { collectionStore, type Page, type Selection } from "../state/collection-store.js";
import type { Database } from "../state/database.js";
import type { CallRules } from "./calls/rules.js";
import type { CallRow } from "./calls/table.js";
import type { ConferenceRow } from "./conferences/table.js";
import { type ParticipantRow, participants as participantTable } from "./participants/table.js";
import type { RecordedWhere } from "./recordings/live.js";
import type { RecordingRules } from "./recordings/rules.js";

/** Includes rows of all times, soft-deleted ones too. */
const EVER = { from: undefined, until: undefined, deletedAfter: Number.NEGATIVE_INFINITY } as const;
/** The recordings of a call or a conference that are named. */
const MAX_RECORDINGS = 100;
/** More than a conference has. */
const ALL = 1_000_000;

export type Relations = ReturnType<typeof relationsOf>;

/** Which recordings, calls and conferences belong together: soft-deleted recordings and calls that have left included. */
export function relationsOf(database: Database, recordings: RecordingRules, calls: CallRules) {
  const participants = collectionStore<ParticipantRow>(database, participantTable);

  const participations = (where: Selection<ParticipantRow>["where"], size: number) =>
    rowsOf(participants.page({ where, ...EVER }, { size }));
  const recordingsIn = (where: RecordedWhere, size: number) => rowsOf(recordings.page({ where, ...EVER }, { size }));

  return {
    /** Returns the SIDs of the last 100 recordings of a call or a conference, newest first. */
    recordingsOf: (where: RecordedWhere): string[] => recordingsIn(where, MAX_RECORDINGS).map(({ sid }) => sid),

    /** Returns the SID of the conference that a call is in, or was in last; null without one. */
    conferenceOf({ account_sid, sid: call_sid }: CallRow): string | null {
      const [last] = participations({ account_sid, call_sid }, 1);
      // Only a fixture's recording may be of a conference without participants.
      const recorded = () =>
        recordingsIn({ account_sid, call_sid }, MAX_RECORDINGS).find(({ conference_sid }) => conference_sid !== null);
      return (last ?? recorded())?.conference_sid ?? null;
    },

    /** Returns the calls that are in a conference, or were, in no particular order. */
    callsOf(account_sid: string, conference_sid: string): CallRow[] {
      const where = { account_sid, conference_sid };
      const sids = new Set(
        [...participations(where, ALL), ...recordingsIn(where, ALL)].map(({ call_sid }) => call_sid),
      );
      return [...sids].flatMap((sid) => (sid === null ? [] : (calls.find(account_sid, sid) ?? [])));
    },

    /** Returns the participants that are in a conference, or will be, the oldest first. */
    participantsOf: ({ account_sid, sid }: ConferenceRow): ParticipantRow[] =>
      participants.all({ account_sid, conference_sid: sid }),
  };
}

/** Without a token, there is always a page. */
function rowsOf<Row>(page: Page<Row> | undefined): Row[] {
  return (page as Page<Row>).rows;
}
