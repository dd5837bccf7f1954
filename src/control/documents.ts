import type { RecordingFixture } from "../fixtures/complete.js";
import type { FixtureFolder } from "../fixtures/folder.js";
import type { FixtureRows, Known } from "../fixtures/read.js";
import type { Rules } from "../resources/rules.js";
import type { AccountRow, RecordingRow } from "../state/rows.js";
import type { State } from "../state/state.js";
import { ControlRefusal } from "./refusal.js";

/** The lists of a fixture file that belong to an account, and the prefixes of their SIDs. */
const LISTS = [
  ["recordings", "RE"],
  ["transcriptions", "TR"],
  ["add_on_results", "XR"],
  ["payloads", "XH"],
] as const;

type Item = Record<string, unknown>;

/** Reads fixtures that come with control calls, for a database that has rows already. */
export function fixtureReader({ clock, chance }: State, rules: Rules, folder: FixtureFolder) {
  /** All that there is. */
  const present: Known = {
    hasAccount: (sid) => rules.accounts.find(sid) !== undefined,
    hasRecording: (account, sid) => rules.recordings.find(account, sid) !== undefined,
    addOnResult: rules.addOnResults.find,
  };
  /** Accounts alone, those that `stays` says it of. */
  const accountsThat = (stays: (account: AccountRow | undefined) => boolean): Known => ({
    hasAccount: (sid) => stays(rules.accounts.find(sid)),
    hasRecording: () => false,
    addOnResult: () => undefined,
  });

  /** @throws ControlRefusal 400 that lists every fault. */
  async function complete(content: unknown, known: Known): Promise<FixtureRows> {
    const { completeDocuments, readPublicKeys } = await import("../fixtures/read.js");
    const faults: string[] = [];
    const publicKeys = readPublicKeys(folder, []);
    const rows = completeDocuments([{ name: "", content }], clock.now, publicKeys, known, faults);
    if (faults.length > 0) throw new ControlRefusal(400, faults.join("; "));
    return rows;
  }

  /**
   * Rows to add.
   *
   * @param account - whose they are unless they say otherwise.
   * @param only - whether they may not say otherwise.
   */
  async function read(given: unknown, account: string, only: boolean): Promise<FixtureRows> {
    const document = documentOf(given);
    if ("accounts" in document) refuseAccounts();
    const content: Item = { ...document };
    for (const [name, prefix] of LISTS) {
      const list = content[name];
      if (Array.isArray(list)) content[name] = list.map((item) => named(item, prefix, account));
    }
    const rows = await complete(content, present);
    const { recordings, transcriptions, addOnResults, payloads } = rules;
    const lists = [
      [rows.recordings, recordings],
      [rows.transcriptions, transcriptions],
      [rows.addOnResults, addOnResults],
      [rows.payloads, payloads],
    ] as const;
    if (only) mustBeOf(account, rows);
    for (const [list, { find }] of lists) {
      for (const { account_sid, sid } of list) {
        if (find(account_sid, sid) !== undefined)
          throw new ControlRefusal(409, `account ${account_sid} has a ${sid} already`);
      }
    }
    return rows;
  }

  /** A SID may be left out in an entry of a list, as it may not in a file: nobody has to find it again there. */
  function named(item: unknown, prefix: string, account: string): unknown {
    if (typeof item !== "object" || item === null) return item;
    const { account_sid = account, sid } = item as Item;
    return { ...item, account_sid, sid: sid ?? prefix + chance.of(account).hex(32) };
  }

  return Object.assign(read, {
    /** Rows that replace all that there is, or all that an account has. */
    async replacement(given: unknown, account: string | undefined): Promise<FixtureRows> {
      objectIn(given, "an object such as an export");
      if (account === undefined)
        return await complete(
          given,
          accountsThat((row) => row?.auth_token === null),
        );
      const rows = await complete(
        given,
        accountsThat((row) => row !== undefined),
      );
      if (rows.accounts.length > 0) refuseAccounts();
      mustBeOf(account, rows);
      return rows;
    },

    /** A recording with some keys changed, and what follows from them. */
    async changed(row: RecordingRow, given: unknown): Promise<RecordingRow> {
      const changes: Partial<RecordingFixture> = objectIn(given, "an object with keys of a recording");
      const { recordingFixture } = await import("../fixtures/write.js");
      const before = recordingFixture(row);
      const now = new Date(clock.now(row.account_sid)).toISOString();
      const fixture = { ...withoutConsequences(before, changes), date_updated: now, ...changes };
      // A deleted recording is shown as it was before.
      const updated = changes.date_updated ?? before.date_updated;
      if (fixture.status === "deleted" && updated !== undefined) fixture.date_updated = updated;
      const rows = await complete({ recordings: [fixture] }, present);
      const [changed] = rows.recordings as [RecordingRow];
      for (const key of ["account_sid", "sid"] as const) {
        if (changed[key] === row[key]) continue;
        throw new ControlRefusal(
          400,
          `${key} is ${JSON.stringify(changes[key])}; expected: ${row[key]}, it cannot change`,
        );
      }
      return changed;
    },
  });
}

function documentOf(given: unknown): Item {
  if (Array.isArray(given)) return { recordings: given };
  const item = objectIn(given, "a recording, an array of recordings, or an object with recordings and such");
  const isDocument = "accounts" in item || LISTS.some(([name]) => name in item);
  return isDocument ? item : { recordings: [item] };
}

function objectIn(given: unknown, expected: string): Item {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Item;
  throw new ControlRefusal(400, `the body is ${JSON.stringify(given)}; expected: ${expected}`);
}

function refuseAccounts(): never {
  throw new ControlRefusal(400, "accounts is unknown here; expected: recordings and such");
}

function mustBeOf(account: string, { recordings, transcriptions, addOnResults, payloads }: FixtureRows): void {
  for (const row of [recordings, transcriptions, addOnResults, payloads].flat()) {
    if (row.account_sid === account) continue;
    throw new ControlRefusal(
      400,
      `${row.sid}: account_sid is ${row.account_sid}; expected: ${account}, as the call is for it`,
    );
  }
}

/** A recording without what its status tells, if that changes. */
function withoutConsequences(before: RecordingFixture, changes: Partial<RecordingFixture>): RecordingFixture {
  if (changes.date_deleted !== undefined && before.status !== "deleted") return { ...before, status: "deleted" };
  if (changes.status === undefined || changes.status === before.status || changes.status === "deleted") return before;
  const { date_deleted: _, price: __, price_unit: ___, error_code: ____, duration, ...kept } = before;
  const ended = changes.status !== "in-progress" && changes.status !== "paused";
  return { ...kept, ...(ended && duration != null && { duration }) };
}
