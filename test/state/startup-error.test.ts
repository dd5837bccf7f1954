import t from "tap";
import { attempt, StartupError } from "../../src/state/startup-error.js";

t.test("attempt", async (t) => {
  t.test("StartupErrors of several actions: collected; other actions: results returned", async (t) => {
    const faults: string[] = [];
    const refuse = (fault: string) => () => {
      throw new StartupError([fault]);
    };
    t.equal(attempt(faults, refuse("one")), undefined);
    t.same(attempt(faults, Object), {});
    t.equal(attempt(faults, refuse("two")), undefined);
    t.same(faults, ["one", "two"]);
  });
  t.test("any other error: thrown", async (t) => {
    const mistake = () => {
      throw new Error("a bug");
    };
    t.throws(() => attempt([], mistake), { message: "a bug" });
  });
});
