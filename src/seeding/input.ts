import type { AccountRow } from "../resources/accounts/table.js";
import type { RecordingFixture } from "../resources/recordings/fixture.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import {
  LIST_NAMES,
  type ListName,
  loadFixtureFunctions,
  RESOURCES,
  type Rows,
  storeOf,
} from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { State } from "../state/state.js";
import type { Table } from "../state/table.js";
import { parseSid, type SidPrefix } from "../twilio-api/request/sids.js";
import { ErrorList } from "./error-list.js";
import { FixtureError } from "./fixture-error.js";
import type { FixtureFolder } from "./folder.js";
import type { ParsedFixtures } from "./items.js";
import { preview } from "./preview.js";
import type { ExistingRows } from "./read.js";

const REMEDY = "add it to accounts with its auth_token";

type Item = Record<string, unknown>;

export function fixtureReader({ database, clock, random }: State, rules: Rules, folder: FixtureFolder) {
  const existing: ExistingRows = {
    hasAccount: (sid) => rules.accounts.find(sid) !== undefined,
    accountRemedy: "create it with POST /_emulator/accounts",
    find: (list, account, sid) => storeOf(database, list).get(account, sid),
  };
  const onlyAccounts = (isKept: (account: AccountRow | undefined) => boolean): ExistingRows => ({
    hasAccount: (sid) => isKept(rules.accounts.find(sid)),
    accountRemedy: REMEDY,
    find: () => undefined,
  });

  async function loadForParts() {
    const { completeFixtures, readPublicKeys } = await import("./read.js");
    const functions = await loadFixtureFunctions();
    const publicKeys = readPublicKeys(folder, new ErrorList());
    return (part: Omit<ParsedFixtures, "name">, existing: ExistingRows, errors: ErrorList): Rows =>
      completeFixtures([{ name: "", ...part }], clock.now, publicKeys, existing, functions, errors);
  }

  /** Returns a function that reads fixtures. It throws FixtureError that lists the errors, at most a hundred. */
  async function load() {
    const complete = await loadForParts();
    return (content: unknown, existing: ExistingRows, randomlyNamed: ReadonlySet<unknown> = new Set()): Rows => {
      const errors = new ErrorList();
      const rows = complete({ content, randomlyNamed }, existing, errors);
      refuseErrors(errors);
      return rows;
    };
  }

  /**
   * Returns rows to add.
   *
   * @param account - the account of fixtures without an account_sid.
   * @param only - refuses fixtures of other accounts.
   */
  function addition(complete: Awaited<ReturnType<typeof load>>, given: unknown, account: string, only: boolean): Rows {
    const lists = listsOf(given);
    if ("accounts" in lists) refuseAccounts();
    const content: Item = { ...lists };
    const randomlyNamed = new Set<unknown>();
    for (const name of LIST_NAMES) {
      const list = content[name];
      if (Array.isArray(list)) content[name] = withSids(list, name, account, randomlyNamed);
    }
    const rows = complete(content, existing, randomlyNamed);
    const randomSids = new Set([...randomlyNamed].map((item) => (item as Item).sid));
    if (only) mustBeOf(account, rows, randomSids);
    for (const name of LIST_NAMES) {
      for (const { account_sid, sid } of rows[name]) {
        if (storeOf(database, name).get(account_sid, sid) !== undefined)
          throw new FixtureError([`account ${account_sid} already has ${sid}`], "conflict");
      }
    }
    return rows;
  }

  /**
   * Adds random SIDs to entries without one. Files require SIDs, because programs find their rows by SID.
   *
   * @param randomlyNamed - receives the entries with random SIDs.
   */
  function withSids(list: unknown[], name: ListName, account: string, randomlyNamed: Set<unknown>): unknown[] {
    const { prefix, impliedSid }: Table = RESOURCES[name];
    const isItem = (item: unknown): item is Item => typeof item === "object" && item !== null && !Array.isArray(item);
    const used = new Set(list.map((item) => isItem(item) && sidIn(item.sid, prefix)));
    return list.map((item) => {
      if (!isItem(item)) return item;
      const { account_sid = account, sid } = item;
      if (sid != null || impliedSid !== undefined) return { ...item, account_sid, sid };
      const complete = { ...item, account_sid, sid: newSid(sidIn(account_sid, "AC") ?? account) };
      randomlyNamed.add(complete);
      return complete;
    });

    function newSid(owner: string): string {
      const isTaken = (sid: string) => used.has(sid) || storeOf(database, name).get(owner, sid) !== undefined;
      const sid = random.freeSid(prefix, isTaken, account);
      used.add(sid);
      return sid;
    }
  }

  return {
    /** Returns a synchronous function, whose checks still hold if the caller stores the rows at once. */
    async adding() {
      const complete = await load();
      return (given: unknown, account: string, only: boolean) => addition(complete, given, account, only);
    },

    async replacement(given: unknown, account: string | undefined): Promise<Rows> {
      objectIn(given, "an object such as an export");
      const complete = await load();
      if (account === undefined) {
        return complete(
          given,
          onlyAccounts((row) => row !== undefined && (row.auth_token === null || row.sid === rules.accounts.givenSid)),
        );
      }
      const rows = complete(
        given,
        onlyAccounts((row) => row !== undefined),
      );
      if (rows.accounts.length > 0) refuseAccounts();
      mustBeOf(account, rows);
      return rows;
    },

    /**
     * Returns functions that read replacing fixtures in parts.
     *
     * @param existing - the rows of earlier parts, and rows that are not replaced.
     */
    async inParts(existing: Omit<ExistingRows, "accountRemedy">) {
      const complete = await loadForParts();
      const errors = new ErrorList();
      const all: ExistingRows = { ...existing, accountRemedy: REMEDY };
      return {
        /** Returns the rows of a part; incomplete if any part has an error. */
        complete: (part: { content: unknown; offset: number }): Rows => complete(part, all, errors),
        refuseDuplicate(place: string, sid: string): void {
          errors.push(`${place} (${sid}): sid "${sid}" is a duplicate; expected: a unique SID`);
        },
        isFull: (): boolean => errors.isFull,
        /** @throws FixtureError that lists the errors of all parts, at most a hundred. */
        end: (): void => refuseErrors(errors),
      };
    },

    /** Returns a recording with changed keys, and with the keys that depend on these. */
    async changed(row: RecordingRow, given: unknown): Promise<RecordingRow> {
      const changes: Partial<RecordingFixture> = objectIn(given, "an object with keys of a recording");
      const { toFixture: recordingFixture } = await import("../resources/recordings/fixture.js");
      const { parseFixtureDate } = await import("./dates.js");
      const complete = await load();
      const now = clock.now(row.account_sid);
      const deleted =
        typeof changes.date_deleted === "string" ? parseFixtureDate(changes.date_deleted, now) : undefined;
      const before = beforeDeletion(
        recordingFixture(row),
        changes,
        deleted !== undefined && deleted < row.date_created,
      );
      const { status, date_updated, ...kept } = { ...withoutStatusKeys(before, changes), ...changes };
      // Deletion does not change date_updated.
      const isKept = status === "deleted" || changes.date_updated !== undefined;
      const updated = isKept ? date_updated : new Date(now).toISOString();
      const fixture = { ...kept, status, ...(updated !== undefined && { date_updated: updated }) };
      const rows = complete({ recordings: [fixture] }, existing);
      const [changed] = rows.recordings as [RecordingRow];
      for (const key of ["account_sid", "sid"] as const) {
        if (changed[key] === row[key]) continue;
        throw new FixtureError([
          `${key} is ${JSON.stringify(changes[key])}; expected: ${row[key]}, which cannot change`,
        ]);
      }
      return changed;
    },
  };
}

function refuseErrors(errors: ErrorList): void {
  if (!errors.isEmpty) throw new FixtureError(errors.lines);
}

function listsOf(given: unknown): Item {
  if (Array.isArray(given)) return { recordings: given };
  const item = objectIn(given, "a recording, an array of recordings, or an object with lists of fixtures");
  const hasLists = "accounts" in item || LIST_NAMES.some((name) => name in item);
  return hasLists ? item : { recordings: [item] };
}

/** Parses a SID of any spelling. Only strings, because String(value) would recurse into arrays of any depth. */
function sidIn(value: unknown, prefix: SidPrefix): string | undefined {
  return typeof value === "string" ? parseSid(prefix, value) : undefined;
}

function objectIn(given: unknown, expected: string): Item {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Item;
  throw new FixtureError([`the body is ${preview(given)}; expected: ${expected}`]);
}

function refuseAccounts(): never {
  throw new FixtureError([`accounts is unknown; expected one of ${LIST_NAMES.join(", ")}`]);
}

/** @param randomSids - replaced by positions in errors, because the caller did not choose them. */
function mustBeOf(account: string, rows: Rows, randomSids: ReadonlySet<unknown> = new Set()): void {
  for (const name of LIST_NAMES) {
    for (const [index, { account_sid, sid }] of rows[name].entries()) {
      if (account_sid === account) continue;
      const place = randomSids.has(sid) ? `${name}[${index}]` : sid;
      throw new FixtureError([
        `${place}: account_sid is ${account_sid}; expected: ${account}, the account of the call`,
      ]);
    }
  }
}

/**
 * Returns the fixture of a recording before its deletion. Without its dates if they are later than the deletion and the
 * call sets none: they are then derived from the deletion.
 */
function beforeDeletion(
  fixture: RecordingFixture,
  changes: Partial<RecordingFixture>,
  isNewer: boolean,
): RecordingFixture {
  const { date_created, date_updated, start_time, ...kept } = fixture;
  const isGiven = ["date_created", "date_updated", "start_time"].some((key) => key in changes);
  if (!isNewer || isGiven) return fixture;
  return { ...kept, ...(start_time === null && { start_time }) };
}

/** Returns a fixture without the keys that depend on the status, if the status changes. */
function withoutStatusKeys(before: RecordingFixture, changes: Partial<RecordingFixture>): RecordingFixture {
  if (changes.date_deleted !== undefined && changes.status === undefined && before.status !== "deleted") {
    return { ...before, status: "deleted", error_code: null };
  }
  if (changes.status === undefined || changes.status === before.status) return before;
  if (changes.status === "deleted") return { ...before, error_code: null };
  const { date_deleted: _, price: __, price_unit: ___, error_code: ____, duration, ...kept } = before;
  const ended = changes.status !== "in-progress" && changes.status !== "paused";
  return { ...kept, ...(ended && duration != null && { duration }) };
}
