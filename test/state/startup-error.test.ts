import t from "tap";
import { attempt, StartupError } from "../../src/state/startup-error.js";

t.test("attempt", async (t) => {
  t.test("collects the faults of several actions, and gives the others' results", async (t) => {
    const faults: string[] = [];
    const refuse = (fault: string) => () => {
      throw new StartupError([fault]);
    };
    t.equal(attempt(faults, refuse("one")), undefined);
    t.same(attempt(faults, Object), {});
    t.equal(attempt(faults, refuse("two")), undefined);
    t.same(faults, ["one", "two"]);
  });
  t.test("lets any other error through", async (t) => {
    const mistake = () => {
      throw new Error("a mistake of ours");
    };
    t.throws(() => attempt([], mistake), { message: "a mistake of ours" });
  });
});
