import fc from "fast-check";
import t from "tap";
import { searchRecordings } from "../../../src/resources/recordings/search.js";
import { recordingStore } from "../../../src/resources/recordings/store.js";
import { emulator, SUBACCOUNT } from "../../support/emulator.js";

t.test("search with any limits: every recording once, in order; a page looks at the limit only", async (t) => {
  const { control, state } = await emulator(t);
  const controls = control.for(SUBACCOUNT);
  await controls.reset("empty");
  await controls.recordings.generate({ count: 60, seed: 5 });
  const store = recordingStore(state.database);
  const selection = {
    where: { account_sid: SUBACCOUNT },
    from: undefined,
    until: undefined,
    deletedAfter: Number.NEGATIVE_INFINITY,
  };
  const all = store.page(selection, { size: 100 })?.rows ?? [];
  t.equal(all.length, 60);
  const limits = fc.record({ scanned: fc.integer({ min: 1, max: 70 }), sorted: fc.integer({ min: 1, max: 70 }) });
  const call_sid = `CA${"5".repeat(32)}`;
  for (const row of all.slice(20, 40)) store.update({ ...row, call_sid });
  const rows = store.page(selection, { size: 100 })?.rows ?? [];
  const part = fc.oneof(
    fc.stringMatching(/^[0-9a-f]$/),
    fc.stringMatching(/^RE[0-9a-f]?$/),
    fc.constantFrom("CA", call_sid, call_sid.toLowerCase()),
  );
  const filter = fc.record(
    {
      call_sid: fc.constant(call_sid),
      conference_sid: fc.constantFrom(...rows.flatMap((row) => row.conference_sid ?? [])),
      status: fc.constantFrom("completed" as const, "absent" as const),
    },
    { requiredKeys: [] },
  );
  const dates = fc.tuple(fc.constantFrom(undefined, ...rows), fc.constantFrom(undefined, ...rows));
  fc.assert(
    fc.property(part, limits, fc.integer({ min: 1, max: 70 }), filter, dates, (text, bounds, size, where, span) => {
      const [from, until] = span.map((row) => row?.date_created);
      const filtered = { ...selection, where: { ...selection.where, ...where }, from, until };
      const seen: string[] = [];
      let pages = 0;
      let sid: string | null = null;
      do {
        const token = sid === null ? undefined : ({ direction: "after", sid } as const);
        const page = searchRecordings(store, filtered, text, { size, token }, bounds);
        if (page === undefined) throw new Error("no page");
        if (page.rows.length > size || page.rows.length > Math.max(bounds.scanned, bounds.sorted)) return false;
        seen.push(...page.rows.map((row) => row.sid));
        sid = page.next;
        pages++;
      } while (sid !== null);
      const contains = (one: string | null) => one?.toLowerCase().includes(text.toLowerCase());
      const expected = rows.filter(
        (row) =>
          [row.sid, row.call_sid, row.conference_sid].some(contains) &&
          Object.entries(where).every(([column, value]) => row[column as "status"] === value) &&
          (from === undefined || row.date_created >= from) &&
          (until === undefined || row.date_created <= until),
      );
      const most = Math.ceil(60 / bounds.scanned) + Math.ceil(60 / size) + 1;
      return pages <= most && JSON.stringify(seen) === JSON.stringify(expected.map((row) => row.sid));
    }),
    { numRuns: 300 },
  );
});

t.test("token that matches no recording: undefined", async (t) => {
  const { state } = await emulator(t);
  const store = recordingStore(state.database);
  const selection = { where: { account_sid: SUBACCOUNT }, from: undefined, until: undefined, deletedAfter: 0 };
  const token = { direction: "after", sid: `RE${"9".repeat(32)}` } as const;
  for (const text of ["a", "RE", `CA${"a".repeat(32)}`]) {
    t.equal(searchRecordings(store, selection, text, { size: 5, token }), undefined, text);
  }
});
