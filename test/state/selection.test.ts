import t from "tap";
import type { RecordingFilter } from "../../src/resources/recordings/rules.js";
import { recordingStore } from "../../src/resources/recordings/store.js";
import type { RecordingRow } from "../../src/resources/recordings/table.js";
import { TABLES } from "../../src/resources/register.js";
import type { Selection } from "../../src/state/collection-store.js";
import { openDatabase } from "../../src/state/database.js";
import { dateFilter } from "../../src/twilio-api/request/parameters.js";
import { ACCOUNT } from "../support/emulator.js";

const where = { account_sid: ACCOUNT };
const NO_FILTER: Selection<RecordingRow> = { where, from: undefined, until: undefined, deletedAfter: undefined };

t.test("date filter: both limits, undefined if omitted", async (t) => {
  t.strictSame(dateFilter({}, "DateCreated"), { from: undefined, until: undefined });
  const { from, until } = dateFilter({ "DateCreated>": "2026-01-31" }, "DateCreated");
  t.strictSame([from, until], [Date.UTC(2026, 0, 31), undefined]);
});

t.test("selection without limits: same rows as with limits beyond every date", async (t) => {
  const database = openDatabase(":memory:", TABLES);
  t.teardown(() => database.close());
  const page = { size: 50 };
  const store = recordingStore(database);
  t.same(store.page(NO_FILTER, page), store.page({ ...NO_FILTER, from: -8.64e15, until: 8.64e15 }, page));
});

t.test("selection with a missing filter: type error", async (t) => {
  const { from, until } = dateFilter({}, "DateCreated");
  const sids = { call_sid: undefined, conference_sid: undefined };
  // @ts-expect-error the upper limit is missing
  const halfSelection: Selection<RecordingRow> = { where, from, deletedAfter: undefined };
  // @ts-expect-error the lower limit is missing
  const otherHalf: Selection<RecordingRow> = { where, until, deletedAfter: undefined };
  // @ts-expect-error whether deleted rows count is missing
  const noDeletion: Selection<RecordingRow> = { where, from, until };
  // @ts-expect-error the upper limit is missing
  const halfFilter: RecordingFilter = { ...sids, from, includeSoftDeleted: false };
  // @ts-expect-error the conference is missing
  const oneSid: RecordingFilter = { call_sid: undefined, from, until, includeSoftDeleted: false };
  // The compiler checks the lines above.
  t.equal([halfSelection, otherHalf, noDeletion, halfFilter, oneSid].length, 5);
});
