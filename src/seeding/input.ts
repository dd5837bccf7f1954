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
import { parseSid, type SidPrefix } from "../twilio-api/request/sids.js";
import { ErrorList } from "./error-list.js";
import { FixtureError } from "./fixture-error.js";
import type { FixtureFolder } from "./folder.js";
import type { FixtureDocument } from "./items.js";
import { preview } from "./preview.js";
import type { Known } from "./read.js";

const REMEDY = "add it to accounts with its auth_token";

type Item = Record<string, unknown>;

/** Reads fixtures that come with control calls, for a database that has rows already. */
export function fixtureReader({ database, clock, random }: State, rules: Rules, folder: FixtureFolder) {
  /** All that there is. */
  const known: Known = {
    hasAccount: (sid) => rules.accounts.find(sid) !== undefined,
    accountRemedy: "create it with POST /_emulator/accounts",
    find: (list, account, sid) => storeOf(database, list).get(account, sid),
  };
  /** Accounts alone, those that `stays` says it of. */
  const accountsThat = (stays: (account: AccountRow | undefined) => boolean): Known => ({
    hasAccount: (sid) => stays(rules.accounts.find(sid)),
    accountRemedy: REMEDY,
    find: () => undefined,
  });

  /** Returns a function that reads a part of a document, and adds its errors to a list. */
  async function loadForParts() {
    const { completeDocuments, readPublicKeys } = await import("./read.js");
    const functions = await loadFixtureFunctions();
    const publicKeys = readPublicKeys(folder, new ErrorList());
    return (part: Omit<FixtureDocument, "name">, known: Known, errors: ErrorList): Rows =>
      completeDocuments([{ name: "", ...part }], clock.now, publicKeys, known, functions, errors);
  }

  /**
   * Returns a function that reads a document; `drawn` are the entries with random SIDs. It throws FixtureError that lists
   * the errors, a hundred at most.
   */
  async function load() {
    const complete = await loadForParts();
    return (content: unknown, known: Known, drawn: ReadonlySet<unknown> = new Set()): Rows => {
      const errors = new ErrorList();
      const rows = complete({ content, drawn }, known, errors);
      refuseErrors(errors);
      return rows;
    };
  }

  /**
   * Rows to add.
   *
   * @param account - whose they are unless they say otherwise.
   * @param only - whether they may not say otherwise.
   */
  function addition(complete: Awaited<ReturnType<typeof load>>, given: unknown, account: string, only: boolean): Rows {
    const document = documentOf(given);
    if ("accounts" in document) refuseAccounts();
    const content: Item = { ...document };
    const drawn = new Set<unknown>();
    for (const name of LIST_NAMES) {
      const list = content[name];
      if (Array.isArray(list)) content[name] = named(list, name, account, drawn);
    }
    const rows = complete(content, known, drawn);
    const drawnSids = new Set([...drawn].map((item) => (item as Item).sid));
    if (only) mustBeOf(account, rows, drawnSids);
    for (const name of LIST_NAMES) {
      for (const { account_sid, sid } of rows[name]) {
        if (storeOf(database, name).get(account_sid, sid) !== undefined)
          throw new FixtureError([`account ${account_sid} has a ${sid} already`], "conflict");
      }
    }
    return rows;
  }

  /**
   * A SID may be omitted in an entry of a list, but not in a file: programs find the rows of files by their SIDs.
   *
   * @param drawn - takes the entries whose SIDs are drawn.
   */
  function named(list: unknown[], name: ListName, account: string, drawn: Set<unknown>): unknown[] {
    const { prefix } = RESOURCES[name];
    const isItem = (item: unknown): item is Item => typeof item === "object" && item !== null && !Array.isArray(item);
    const used = new Set(list.map((item) => isItem(item) && sidIn(item.sid, prefix)));
    return list.map((item) => {
      if (!isItem(item)) return item;
      const { account_sid = account, sid } = item;
      if (sid != null) return { ...item, account_sid, sid };
      const whole = { ...item, account_sid, sid: made(sidIn(account_sid, "AC") ?? account) };
      drawn.add(whole);
      return whole;
    });

    function made(owner: string): string {
      const isTaken = (sid: string) => used.has(sid) || storeOf(database, name).get(owner, sid) !== undefined;
      const sid = random.free((random) => prefix + random.hex(32), isTaken, account);
      used.add(sid);
      return sid;
    }
  }

  return {
    /**
     * Returns a function that reads rows to add. It does so at once, so that what it checks still holds when its caller
     * stores the rows without waiting.
     */
    async adding() {
      const complete = await load();
      return (given: unknown, account: string, only: boolean) => addition(complete, given, account, only);
    },

    /** Rows that replace all that there is, or all that an account has. */
    async replacement(given: unknown, account: string | undefined): Promise<Rows> {
      objectIn(given, "an object such as an export");
      const complete = await load();
      if (account === undefined) {
        // The others are replaced.
        return complete(
          given,
          accountsThat((row) => row !== undefined && (row.auth_token === null || row.sid === rules.accounts.givenSid)),
        );
      }
      const rows = complete(
        given,
        accountsThat((row) => row !== undefined),
      );
      if (rows.accounts.length > 0) refuseAccounts();
      mustBeOf(account, rows);
      return rows;
    },

    /**
     * Reads the parts of a document that replaces all that there is, one after the other.
     *
     * @param known - what the parts before have, and what stays.
     */
    async inParts(known: Omit<Known, "accountRemedy">) {
      const complete = await loadForParts();
      const errors = new ErrorList();
      const all: Known = { ...known, accountRemedy: REMEDY };
      return {
        /** Its rows, which are whole only if no part has an error. */
        complete: (part: { content: unknown; offset: number }): Rows => complete(part, all, errors),
        refuseRepetition(place: string, sid: string): void {
          errors.push(`${place} (${sid}): sid is "${sid}" again; expected: another SID`);
        },
        isFull: (): boolean => errors.isFull,
        /** @throws FixtureError that lists the errors of all parts, a hundred at most. */
        end: (): void => refuseErrors(errors),
      };
    },

    /** A recording with some keys changed, and what follows from them. */
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
      const { status, date_updated, ...kept } = { ...withoutConsequences(before, changes), ...changes };
      // A deleted recording is shown as it was before.
      const isKept = status === "deleted" || changes.date_updated !== undefined;
      const updated = isKept ? date_updated : new Date(now).toISOString();
      const fixture = { ...kept, status, ...(updated !== undefined && { date_updated: updated }) };
      const rows = complete({ recordings: [fixture] }, known);
      const [changed] = rows.recordings as [RecordingRow];
      for (const key of ["account_sid", "sid"] as const) {
        if (changed[key] === row[key]) continue;
        throw new FixtureError([`${key} is ${JSON.stringify(changes[key])}; expected: ${row[key]}, it cannot change`]);
      }
      return changed;
    },
  };
}

function refuseErrors(errors: ErrorList): void {
  if (!errors.isEmpty) throw new FixtureError(errors.lines);
}

function documentOf(given: unknown): Item {
  if (Array.isArray(given)) return { recordings: given };
  const item = objectIn(given, "a recording, an array of recordings, or an object with recordings and such");
  const isDocument = "accounts" in item || LIST_NAMES.some((name) => name in item);
  return isDocument ? item : { recordings: [item] };
}

/** Returns the SID that a value is, if any. Not of String(value), which recurses into arrays of any depth. */
function sidIn(value: unknown, prefix: SidPrefix): string | undefined {
  return typeof value === "string" ? parseSid(prefix, value) : undefined;
}

function objectIn(given: unknown, expected: string): Item {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Item;
  throw new FixtureError([`the body is ${preview(given)}; expected: ${expected}`]);
}

function refuseAccounts(): never {
  throw new FixtureError(["accounts is unknown here; expected: recordings and such"]);
}

/** @param drawn - SIDs that were drawn, so that the caller does not know them. */
function mustBeOf(account: string, rows: Rows, drawn: ReadonlySet<unknown> = new Set()): void {
  for (const name of LIST_NAMES) {
    for (const [index, { account_sid, sid }] of rows[name].entries()) {
      if (account_sid === account) continue;
      const place = drawn.has(sid) ? `${name}[${index}]` : sid;
      const expected = `${account}, as the call is for it`;
      throw new FixtureError([`${place}: account_sid is ${account_sid}; expected: ${expected}`]);
    }
  }
}

/**
 * A recording as it is to be deleted. If it is newer than its deletion, its dates are left out, unless the caller gives
 * one: they then follow from the deletion.
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

/** A recording without what its status tells, if that changes. */
function withoutConsequences(before: RecordingFixture, changes: Partial<RecordingFixture>): RecordingFixture {
  if (changes.date_deleted !== undefined && changes.status === undefined && before.status !== "deleted") {
    return { ...before, status: "deleted", error_code: null };
  }
  if (changes.status === undefined || changes.status === before.status) return before;
  if (changes.status === "deleted") return { ...before, error_code: null };
  const { date_deleted: _, price: __, price_unit: ___, error_code: ____, duration, ...kept } = before;
  const ended = changes.status !== "in-progress" && changes.status !== "paused";
  return { ...kept, ...(ended && duration != null && { duration }) };
}
