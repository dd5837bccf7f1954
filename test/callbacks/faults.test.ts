import t from "tap";
import { type CallbackFault, createCallbackFaults } from "../../src/callbacks/faults.js";
import { ACCOUNT, SUBACCOUNT } from "../support/emulator.js";

const FAULT = { account: undefined, fault: "drop", event: undefined, delay: 0, times: 1 } as const;
const EVENT = "recording.completed";
const namesOf = (faults: CallbackFault[]) => faults.map(({ fault }) => fault);

t.test("fault: strikes as many callbacks as `times`, and counts them", async (t) => {
  const faults = createCallbackFaults();
  const armed = faults.arm({ ...FAULT, times: 2 });
  t.match(armed, { id: "1", times: 2, struck: 0 });
  for (const expected of [["drop"], ["drop"], []]) t.same(namesOf(faults.strike(ACCOUNT, EVENT)), expected);
  t.match(faults.list(), [{ id: "1", times: 0, struck: 2 }]);
});

t.test("fault of an event, and of an account: strikes no other", async (t) => {
  const faults = createCallbackFaults();
  faults.arm({ ...FAULT, event: EVENT, account: ACCOUNT });
  t.same(faults.strike(ACCOUNT, "recording.absent"), []);
  t.same(faults.strike(SUBACCOUNT, EVENT), []);
  t.equal(faults.strike(ACCOUNT, EVENT).length, 1);
});

t.test("reset and list: of one account, or of all", async (t) => {
  const faults = createCallbackFaults();
  faults.arm({ ...FAULT, account: ACCOUNT });
  faults.arm({ ...FAULT, fault: "delay", account: SUBACCOUNT });
  faults.arm({ ...FAULT, fault: "duplicate" });
  t.same(namesOf(faults.list(ACCOUNT)), ["drop"]);
  t.same(namesOf(faults.list()), ["drop", "delay", "duplicate"]);
  faults.reset(SUBACCOUNT);
  t.same(namesOf(faults.list()), ["drop", "duplicate"]);
  t.same(namesOf(faults.strike(ACCOUNT, EVENT)), ["drop", "duplicate"]);
  faults.reset();
  t.same(faults.list(), []);
});
