import type { KeyObject } from "node:crypto";
import { readPublicKey } from "../media/encryption.js";
import { completeAccount } from "../resources/accounts/fixture.js";
import { type FixtureFunctions, type ListedFixture, lowerCaseSid } from "../resources/fixture.js";
import { eachResource, type ListName, parentOf, type ResourceRows, type Rows } from "../resources/register.js";
import type { ListedRow } from "../state/table.js";
import { parseFixtureDate } from "./dates.js";
import { ErrorList } from "./error-list.js";
import { FixtureError } from "./fixture-error.js";
import type { FixtureFolder } from "./folder.js";
import { type FixtureDocument, type Item, type Items, type ItemsOf, parseDocuments, readItems } from "./items.js";

/** The rows of a fixtures folder, complete and consistent. */
export type Fixtures = Rows & {
  /** The first account that is no subaccount. */
  readonly mainAccountSid: string;
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
};

/** Present rows that fixtures may refer to, by SIDs in Twilio's spelling. */
export interface Known {
  hasAccount(sid: string): boolean;
  /** How to add an account that is missing. */
  accountRemedy: string;
  find(list: ListName, accountSid: string, sid: string): ListedRow | undefined;
}

/**
 * Reads a fixtures folder.
 *
 * @param now - milliseconds since the Unix epoch; dates before now count from it.
 * @param extra - the SID of an account that is given elsewhere; recordings may refer to it.
 * @throws FixtureError that lists the faults of every file, a hundred at most: file, position, SID, key, value and what was
 * expected.
 */
export function readFixtures(
  folder: FixtureFolder,
  now: number,
  extra: string | undefined,
  functions: Record<ListName, FixtureFunctions>,
): Fixtures {
  const faults = new ErrorList();
  const publicKeys = readPublicKeys(folder, faults);
  const known = {
    hasAccount: (sid: string) => sid === extra,
    accountRemedy:
      "add the account to a fixture file with its auth_token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    find: () => undefined,
  };
  const documents = parseDocuments(folder.documents, faults);
  const rows = completeDocuments(documents, () => now, publicKeys, known, functions, faults);

  const main = rows.accounts.find((account) => account.owner_account_sid === null)?.sid ?? extra;
  if (main === undefined && faults.isEmpty) faults.push("no account in any file; expected: at least one");
  if (main === undefined || !faults.isEmpty) {
    const heading = `the fixtures in ${folder.path} have ${faults.number} fault(s):`;
    throw new FixtureError([heading, ...faults.lines.map((line) => `  ${line}`)]);
  }
  return { ...rows, mainAccountSid: main, publicKeys };
}

/**
 * Returns the rows of fixtures: what fixtures leave out follows from the rest.
 *
 * @param now - returns an account's time in milliseconds since the Unix epoch; durations in its dates count from it.
 * @param publicKeys - by SID: the keys that can wrap a media key.
 * @param faults - takes the errors of all documents; with any, the rows are incomplete.
 */
export function completeDocuments(
  documents: readonly FixtureDocument[],
  now: (accountSid: string) => number,
  publicKeys: ReadonlyMap<string, KeyObject>,
  known: Known,
  functions: Record<ListName, FixtureFunctions>,
  faults: ErrorList,
): Rows {
  const items = readItems(documents, faults);
  const { accounts, keys, hasAccount } = completeAccounts(items.accounts, now, known, faults);
  const orphans: string[] = [];
  const done: Partial<Record<ListName, readonly ListedRow[]>> = {};
  const rows = eachResource((name) => {
    done[name] = completeList(name);
    return done[name];
  });
  refuseUnknownAccounts(Object.values(resourceItems(items)), hasAccount, known.accountRemedy, faults);
  for (const orphan of orphans) faults.push(orphan);
  for (const list of Object.values(items)) refuseRepetitions(list, faults);
  return { accounts, keys, ...(rows as unknown as ResourceRows) };

  function completeList(name: ListName): ListedRow[] {
    const findParent = parentFinder(name, done, known);
    return resourceItems(items)[name].flatMap(({ value, place }) => {
      const time = now(lowerCaseSid(value.account_sid));
      const parent = findParent?.(value, (error) => orphans.push(`${place}: ${error}`));
      const row = functions[name].complete(value, {
        now: time,
        publicKeys,
        parent,
        // The schema has accepted the date.
        parseDate: (date) => parseFixtureDate(date, time) as number,
        refuse: (error) => faults.push(`${place}: ${error}`),
      });
      return row === undefined ? [] : [row];
    });
  }
}

function resourceItems({ accounts: _, ...items }: Items): Record<ListName, ItemsOf<ListedFixture>> {
  return items;
}

/** Returns a function that finds the row that a fixture belongs to, and reports that there is none. */
function parentFinder(name: ListName, done: Partial<Record<ListName, readonly ListedRow[]>>, known: Known) {
  const parent = parentOf(name);
  if (parent === undefined) return undefined;
  const { list, column, noun } = parent;
  // Parents come first in the register.
  const own = new Map((done[list] as readonly ListedRow[]).map((row) => [`${row.account_sid} ${row.sid}`, row]));
  return (fixture: ListedFixture, report: (error: string) => void): ListedRow | undefined => {
    const given = fixture[column as keyof ListedFixture];
    const [accountSid, sid] = [lowerCaseSid(fixture.account_sid), lowerCaseSid(given)];
    const row = own.get(`${accountSid} ${sid}`) ?? known.find(list, accountSid, sid);
    if (row === undefined) report(unknown(column, given, `${noun} of this account`));
    return row;
  };
}

/** One error for each account that there is not, however many refer to it. */
function refuseUnknownAccounts(
  lists: readonly ItemsOf<{ account_sid: string }>[],
  hasAccount: (sid: string) => boolean,
  remedy: string,
  faults: ErrorList,
): void {
  const accounts = new Map<string, { place: string; count: number }>();
  for (const list of lists) {
    for (const { value, place } of list) {
      const sid = lowerCaseSid(value.account_sid);
      const first = accounts.get(sid);
      if (first === undefined) accounts.set(sid, { place, count: 1 });
      else first.count++;
    }
  }
  for (const [sid, { place, count }] of accounts) {
    if (hasAccount(sid)) continue;
    const places = count === 1 ? place : `${place} and ${count - 1} more`;
    faults.push(`${places}: account_sid is "${sid}", and there is no such account; ${remedy}`);
  }
}

function completeAccounts(
  items: Items["accounts"],
  now: (accountSid: string) => number,
  known: Known,
  faults: ErrorList,
) {
  const completed = items.map(({ value }) => {
    const time = now(lowerCaseSid(value.sid));
    return completeAccount(value, { now: time, parseDate: (date) => parseFixtureDate(date, time) as number });
  });
  const accounts = completed.map(({ account }) => account);
  const keys = completed.flatMap((one) => one.keys);
  const sids = new Set(accounts.map(({ sid }) => sid));
  const hasAccount = (sid: string) => sids.has(sid) || known.hasAccount(sid);
  const subaccounts = new Set(accounts.filter((row) => row.owner_account_sid !== null).map((row) => row.sid));
  for (const [index, { place }] of items.entries()) {
    const owner = accounts[index]?.owner_account_sid ?? null;
    if (owner !== null && (!hasAccount(owner) || subaccounts.has(owner))) {
      faults.push(`${place}: ${unknown("owner_account_sid", owner, "an account that is no subaccount")}`);
    }
  }
  const keyItems = items.flatMap(({ value, place }) =>
    (value.keys ?? []).map((key) => ({ value: key, place: `${place} keys` })),
  );
  refuseRepetitions(keyItems, faults);
  return { accounts, keys, hasAccount };
}

function unknown(key: string, value: string, what: string): string {
  return `${key} is ${JSON.stringify(value)}; expected: the SID of ${what} in these fixtures`;
}

/** Two accounts may have resources with one SID: a copy for a test is as good as the original. */
function refuseRepetitions(items: readonly Item<{ sid: string; account_sid?: string }>[], faults: ErrorList): void {
  const first = new Map<string, string>();
  for (const { value, place } of items) {
    const sid = `${lowerCaseSid(value.account_sid ?? "")} ${lowerCaseSid(value.sid)}`;
    const other = first.get(sid);
    if (other === undefined) first.set(sid, place);
    else
      faults.push(`${place}: sid is ${JSON.stringify(value.sid)} again; expected: a SID other than that of ${other}`);
  }
}

/** The public keys of a fixtures folder, by SID. */
export function readPublicKeys(folder: FixtureFolder, faults: ErrorList): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const { name, text } of folder.publicKeys) {
    const sid = /(CR[0-9a-f]{32})\.public\.pem$/i.exec(name)?.[1];
    try {
      if (sid === undefined) throw new Error("its name is no SID of a key");
      keys.set(lowerCaseSid(sid), readPublicKey(text));
    } catch (error) {
      faults.push(
        `${name}: ${(error as Error).message}; expected: an RSA public key of 2048 bits or more in PEM form, named CR, 32 hexadecimal digits and .public.pem`,
      );
    }
  }
  return keys;
}
