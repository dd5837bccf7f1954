import { addDerived } from "../resources/derived.js";
import { isActive } from "../resources/recordings/lifecycle.js";
import type { RecordingStyle } from "../resources/recordings/representation.js";
import type { RecordingRules } from "../resources/recordings/rules.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import { fixtureReader } from "../seeding/input.js";
import { addRows } from "../seeding/seed-database.js";
import { atomic } from "../state/database.js";
import type { State } from "../state/state.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { ControlError, unexpected } from "./control-error.js";
import { NEW_RECORDINGS, RECORDING_CHANGES } from "./fixture-schemas.js";
import { operation } from "./operation.js";
import { nextOf, PAGING } from "./paging-query.js";
import { RECORDING_QUERY, selectionOf } from "./recording-query.js";
import {
  CREATED_RECORDINGS,
  RECORDING,
  RECORDING_DETAIL,
  RECORDING_LIST,
  RECORDING_MOVE,
  RECORDING_WITH_RESULTS,
} from "./recording-schemas.js";
import { recordingViews } from "./recording-views.js";

/** Creates and changes recordings beyond Twilio's API. */
export function recordingCapability(state: State, rules: Rules, folder: FixtureFolder, style: RecordingStyle) {
  const { database, clock, timeline } = state;
  const fixtures = fixtureReader(state, rules, folder);
  const insert = database.transaction(addRows);
  const update = atomic(database, rules.liveRecordings.update);
  const { view, detail, withResults } = recordingViews(state, rules, style);
  const find = (account: string, sid: string) => findRecording(rules.recordings, account, sid);

  const list = operation({
    method: "GET",
    url: "/recordings",
    id: "listRecordings",
    summary: "List recordings, newest first, soft-deleted ones included",
    description: `With \`date_deleted\` and \`days_left\`, the days of retention left. ${PAGING} With \`search\`, a page that is not full may have a next one: at most 20,000 recordings are looked at for each.`,
    inProcess: "`recordings.list(…)`",
    scope: "main",
    query: RECORDING_QUERY,
    answer: RECORDING_LIST,
    async run({ account, query, origin }) {
      const { selection, page } = await selectionOf(query, account, clock.now(account));
      const found =
        query.search === undefined
          ? rules.recordings.page(selection, page)
          : rules.recordings.search(selection, query.search, page);
      if (found === undefined) {
        throw unexpected("after", query.after, `the SID of a recording of account ${account}`);
      }
      return {
        recordings: found.rows.map((row) => detail(row, origin)),
        next: "next" in found ? found.next : nextOf(found),
      };
    },
  });

  const get = operation({
    method: "GET",
    url: "/recordings/{Sid}",
    id: "getRecording",
    summary: "Return one recording, also a soft-deleted one",
    inProcess: "`recordings.get(sid)`",
    docs: {
      answer:
        "the recording, with `detailed_status`, `date_deleted`, `days_left`, `track`, `has_key`, `transcriptions`, `add_on_results`",
    },
    scope: "main",
    answer: RECORDING_WITH_RESULTS,
    run: ({ account, key, origin }) => withResults(find(account, key), origin),
  });

  const create = operation({
    method: "POST",
    url: "/recordings",
    id: "createRecordings",
    summary: "Create recordings and their dependants from fixtures",
    description: "SIDs may be omitted.",
    inProcess: "`recordings.create(…)`, `createMany([…])`",
    docs: {
      input: "fixtures: one recording, an array, or an object with lists",
      answer: "the recording, or `recordings`",
    },
    scope: "main",
    body: NEW_RECORDINGS,
    checksBody: true,
    answer: CREATED_RECORDINGS,
    status: 201,
    errors: [409],
    async run({ account, isLimited, body, origin }) {
      const read = await fixtures.adding();
      const rows = read(body, account, isLimited);
      insert(database, rules.accounts, rows);
      const recordings = rows.recordings.map((row) => view(row, origin));
      const [one] = recordings;
      const isSingle = !Array.isArray(body) && !("recordings" in (body as object));
      return isSingle && one !== undefined ? one : { recordings };
    },
  });

  const change = operation({
    method: "PATCH",
    url: "/recordings/{Sid}",
    id: "changeRecording",
    summary: "Change a recording",
    description:
      "A new status also sets the duration, price, error code and dates that belong to it. A recording that is newer than its `date_deleted` gets earlier dates: it then ended an hour before the deletion.",
    inProcess: "`recordings.change(sid, …)`, `softDelete(sid, at?)`",
    docs: { input: "any key of a fixture", answer: "the recording" },
    scope: "main",
    body: RECORDING_CHANGES,
    checksBody: true,
    answer: RECORDING,
    async run({ account, key, body, origin }) {
      const before = find(account, key);
      const given = await fixtures.changed(before, body);
      // A recording under way goes on, unless it gets another status.
      const goesOn = given.status === before.status;
      const changed = { ...given, live: goesOn ? before.live : null };
      if (!goesOn) timeline.events.cancel(account, before.sid);
      rules.recordings.update(changed);
      addDerived(database, { recordings: [changed], participants: [] });
      return view(changed, origin);
    },
  });

  const move = operation({
    method: "PATCH",
    url: "/recordings/{Sid}/live",
    id: "moveRecording",
    summary: "Pause, resume or stop a recording under way",
    description: "As an update below its call or conference does: one that stops is processed.",
    inProcess: "`recordings.move(sid, status)`",
    docs: { answer: "the recording, with `detailed_status`, `date_deleted` and `days_left`" },
    scope: "main",
    body: RECORDING_MOVE,
    answer: RECORDING_DETAIL,
    errors: [409],
    run({ account, key, body: { status }, origin }) {
      const row = find(account, key);
      if (!isActive(row.status)) {
        throw new ControlError(
          409,
          `recording ${row.sid} is ${row.status}; expected: one that is in-progress or paused`,
        );
      }
      update(row, { status, skips: false }, clock.now(account));
      return detail(find(account, key), origin);
    },
  });

  const hardDelete = operation({
    method: "DELETE",
    url: "/recordings/{Sid}",
    id: "hardDeleteRecording",
    summary: "Hard-delete a recording and its add-on results",
    inProcess: "`recordings.hardDelete(sid)`",
    scope: "main",
    run({ account, key }) {
      const row = find(account, key);
      timeline.events.cancel(account, row.sid);
      rules.recordings.hardDelete(account, row.sid);
    },
  });

  return { view, operations: { list, get, create, change, move, hardDelete } };
}

/** @throws ControlError 404 if there is no such recording. */
export function findRecording(recordings: RecordingRules, account: string, sid: string): RecordingRow {
  const parsed = parseSid("RE", sid);
  const row = parsed === undefined ? undefined : recordings.find(account, parsed);
  if (row === undefined) throw new ControlError(404, `account ${account} has no recording ${JSON.stringify(sid)}`);
  return row;
}
