import t from "tap";
import { createHistory } from "../../src/state/history.js";
import { ACCOUNT, SUBACCOUNT } from "../support/emulator.js";

const CALL = `CA${"1".repeat(32)}`;
const entry = { at: 1000, event: "call.ringing", sid: CALL };

t.test("no entries: an empty list", async (t) => t.same(createHistory().list(ACCOUNT), []));

t.test("entries: in order, with their numbers, of and note; by default none", async (t) => {
  const { add, list } = createHistory();
  add(ACCOUNT, entry);
  add(ACCOUNT, { at: 2000, event: "recording.paused", sid: "RE1", of: [CALL], note: "why" });
  t.same(list(ACCOUNT), [
    { ...entry, of: [], note: null, number: 1 },
    { at: 2000, event: "recording.paused", sid: "RE1", of: [CALL], note: "why", number: 2 },
  ]);
});

t.test("entries of several accounts: apart, numbered together", async (t) => {
  const { add, list } = createHistory();
  for (const account of [ACCOUNT, SUBACCOUNT, ACCOUNT]) add(account, entry);
  t.same(
    [ACCOUNT, SUBACCOUNT].map((account) => list(account).map(({ number }) => number)),
    [[1, 3], [2]],
  );
});

t.test("more than 1,000 entries: the last 1,000 of the account", async (t) => {
  const { add, list } = createHistory();
  add(SUBACCOUNT, entry);
  for (let count = 0; count < 1001; count++) add(ACCOUNT, entry);
  t.equal(list(ACCOUNT).length, 1000);
  t.equal(list(ACCOUNT)[0]?.number, 3);
  t.equal(list(ACCOUNT).at(-1)?.number, 1002);
  t.equal(list(SUBACCOUNT).length, 1);
});

t.test("reset: of an account, or of all; numbers go on", async (t) => {
  const { add, list, reset } = createHistory();
  const lengths = () => [ACCOUNT, SUBACCOUNT].map((account) => list(account).length);
  for (const account of [ACCOUNT, SUBACCOUNT]) add(account, entry);
  reset(ACCOUNT);
  t.same(lengths(), [0, 1]);
  add(ACCOUNT, entry);
  t.equal(list(ACCOUNT)[0]?.number, 3);
  reset();
  t.same(lengths(), [0, 0]);
});

t.test("listeners: called with the account of each new entry, until they are removed", async (t) => {
  const { add, onAdd, list } = createHistory();
  const [one, two]: [string[], string[]] = [[], []];
  const remove = onAdd((account) => one.push(`${account} ${list(account).length}`));
  onAdd((account) => two.push(account));
  add(ACCOUNT, entry);
  remove();
  add(SUBACCOUNT, entry);
  t.same(one, [`${ACCOUNT} 1`]);
  t.same(two, [ACCOUNT, SUBACCOUNT]);
});
