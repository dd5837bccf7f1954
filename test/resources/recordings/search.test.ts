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
  const part = fc.oneof(fc.stringMatching(/^[0-9a-f]$/), fc.stringMatching(/^RE[0-9a-f]?$/), fc.constant("CA"));
  fc.assert(
    fc.property(part, limits, fc.integer({ min: 1, max: 70 }), (text, bounds, size) => {
      const seen: string[] = [];
      let pages = 0;
      let sid: string | null = null;
      do {
        const token = sid === null ? undefined : ({ direction: "after", sid } as const);
        const page = searchRecordings(store, selection, text, { size, token }, bounds);
        if (page === undefined) throw new Error("no page");
        if (page.rows.length > size || page.rows.length > Math.max(bounds.scanned, bounds.sorted)) return false;
        seen.push(...page.rows.map((row) => row.sid));
        sid = page.next;
        pages++;
      } while (sid !== null);
      const contains = (one: string | null) => one?.toLowerCase().includes(text.toLowerCase());
      const expected = all.filter((row) => [row.sid, row.call_sid, row.conference_sid].some(contains));
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
