import type { FixtureFolder } from "../fixtures/folder.js";
import type { FixtureRows } from "../fixtures/read.js";
import type { FixtureSet } from "../fixtures/write.js";
import type { Rules } from "../resources/rules.js";
import type { State } from "../state/state.js";
import { fixtureReader } from "./documents.js";
import type { Replacement } from "./replacement.js";
import type { Scope } from "./scope.js";
import { addRows } from "./seeding.js";

export type TransferControl = ReturnType<typeof transferControl>;

/** Takes the state out as fixtures, and back in. */
export function transferControl(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  scope: Scope,
  replacement: Replacement,
) {
  const { changes } = state;
  const { accounts } = rules;
  const fixtures = fixtureReader(state, rules, folder);

  function replace(rows: FixtureRows, account: string | undefined): void {
    for (const { sid, auth_token } of account === undefined ? accounts.list() : [{ sid: account, auth_token: null }]) {
      // An account whose token lies with somebody else is not in any export, and stays; so does the one that is asked for.
      if (auth_token === null) changes.empty(sid);
      else changes.remove(sid);
    }
    addRows(rules, rows);
    // One that was not seeded is as one that was created: a reset removes it, or brings it back as it was imported.
    for (const { sid } of rows.accounts) changes.adoptIfNew(sid);
  }

  return {
    /** All that there is, or an account's resources without the account itself, as the content of a fixture file. */
    async export(account?: string): Promise<FixtureSet> {
      const sid = scope.of(account);
      const { writeFixtures } = await import("../fixtures/write.js");
      const all = accounts.list();
      const chosen = sid === undefined ? all.map((one) => one.sid) : [sid];
      return writeFixtures({
        accounts: sid === undefined ? all : [],
        keys: all.flatMap((one) => accounts.keysOf(one.sid)),
        recordings: chosen.flatMap(rules.recordings.all),
        transcriptions: chosen.flatMap(rules.transcriptions.all),
        addOnResults: chosen.flatMap(rules.addOnResults.all),
        payloads: chosen.flatMap(rules.payloads.all),
      });
    },

    /**
     * Replaces all that there is, or an account's resources, by what a fixture file holds. Undone by a reset.
     *
     * @throws ControlRefusal 400 that lists every fault, with the state as it was; 404 if there is no such account.
     */
    async import(given: unknown, account?: string): Promise<void> {
      const sid = scope.of(account);
      const rows = await fixtures.replacement(given, sid);
      replacement.replace(sid, "an import", () => replace(rows, sid));
    },
  };
}
