import type { Callbacks } from "../callbacks/callbacks.js";
import type { AccountRules } from "../resources/accounts/rules.js";
import type { State } from "../state/state.js";
import { operation } from "./operation.js";
import type { Replacement } from "./replacement.js";
import type { TypeOf } from "./schema-type.js";

const RESET = {
  type: "object",
  description: "An object; to may be omitted.",
  additionalProperties: false,
  properties: {
    to: {
      enum: ["seeded", "empty"],
      description: "seeded, the default: the state after seeding; or empty: accounts without resources.",
    },
  },
} as const;

/** The state after a reset. */
export type ResetTarget = NonNullable<TypeOf<typeof RESET>["to"]>;

export function resetCapability(
  { changes, clock, faults, journal, history, random }: State,
  accounts: AccountRules,
  replacement: Replacement,
  callbacks: Callbacks,
) {
  return {
    reset: operation({
      method: "POST",
      url: "/reset",
      id: "reset",
      summary: "Reset to the seeded state, or empty the accounts",
      description:
        "Restores rows, clock, faults, logs, random numbers and the map of callback URLs. Snapshots remain, except those of accounts that the reset removes.",
      inProcess: "`reset(to)`",
      scope: "all",
      body: RESET,
      run({ account, body: { to = "seeded" } }) {
        replacement.replace(account, "a reset", () => {
          changes.undo(account);
          if (to === "seeded") return;
          for (const { sid } of account === undefined ? accounts.list() : [{ sid: account }]) changes.empty(sid);
        });
        for (const part of [clock, random, faults, journal, history, callbacks]) part.reset(account);
      },
    }),
  };
}
