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
import { type Item, type Items, type ItemsOf, type ParsedFixtures, parseFiles, readItems } from "./items.js";

export type Fixtures = Rows & {
  /** The first account that is no subaccount. */
  readonly mainAccountSid: string;
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
};

/** Existing rows that fixtures may refer to, by SIDs in Twilio's spelling. */
export interface ExistingRows {
  hasAccount(sid: string): boolean;
  accountRemedy: string;
  find(list: ListName, accountSid: string, sid: string): ListedRow | undefined;
}

/**
 * Reads a fixtures folder.
 *
 * @param now - milliseconds since the Unix epoch; durations in dates count from it.
 * @param extra - the SID of an account of the options; fixtures may refer to it.
 * @throws FixtureError that lists the errors of all files, at most a hundred: file, position, SID, key, value and expected
 * value.
 */
export function readFixtures(
  folder: FixtureFolder,
  now: number,
  extra: string | undefined,
  functions: Record<ListName, FixtureFunctions>,
): Fixtures {
  const errors = new ErrorList();
  const publicKeys = readPublicKeys(folder, errors);
  const existing = {
    hasAccount: (sid: string) => sid === extra,
    accountRemedy:
      "add the account to a fixture file with its auth_token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    find: () => undefined,
  };
  const parsed = parseFiles(folder.files, errors);
  const rows = completeFixtures(parsed, () => now, publicKeys, existing, functions, errors);

  const main = rows.accounts.find((account) => account.owner_account_sid === null)?.sid ?? extra;
  if (main === undefined && errors.isEmpty) errors.push("no account in any file; expected: at least one");
  if (main === undefined || !errors.isEmpty) {
    const heading = `the fixtures in ${folder.path} have ${errors.number} error(s):`;
    throw new FixtureError([heading, ...errors.lines.map((line) => `  ${line}`)]);
  }
  return { ...rows, mainAccountSid: main, publicKeys };
}

/**
 * Returns the rows of fixtures. Omitted keys are derived from the others.
 *
 * @param now - returns an account's time in milliseconds since the Unix epoch; durations in its dates count from it.
 * @param publicKeys - by SID; they wrap media keys.
 * @param errors - receives all errors; with any, the rows are incomplete.
 */
export function completeFixtures(
  parsed: readonly ParsedFixtures[],
  now: (accountSid: string) => number,
  publicKeys: ReadonlyMap<string, KeyObject>,
  existing: ExistingRows,
  functions: Record<ListName, FixtureFunctions>,
  errors: ErrorList,
): Rows {
  const items = readItems(parsed, errors);
  const { accounts, keys, hasAccount } = completeAccounts(items.accounts, now, existing, errors);
  const orphans: string[] = [];
  const done: Partial<Record<ListName, readonly ListedRow[]>> = {};
  const rows = eachResource((name) => {
    done[name] = completeList(name);
    return done[name];
  });
  refuseUnknownAccounts(Object.values(resourceItems(items)), hasAccount, existing.accountRemedy, errors);
  for (const orphan of orphans) errors.push(orphan);
  for (const list of Object.values(items)) refuseDuplicates(list, errors);
  return { accounts, keys, ...(rows as unknown as ResourceRows) };

  function completeList(name: ListName): ListedRow[] {
    const findParent = parentFinder(name, done, existing);
    return resourceItems(items)[name].flatMap(({ value, place }) => {
      const time = now(lowerCaseSid(value.account_sid));
      const parent = findParent?.(value, (error) => orphans.push(`${place}: ${error}`));
      const row = functions[name].complete(value, {
        now: time,
        publicKeys,
        parent,
        // The schema guarantees a valid date.
        parseDate: (date) => parseFixtureDate(date, time) as number,
        refuse: (error) => errors.push(`${place}: ${error}`),
      });
      return row === undefined ? [] : [row];
    });
  }
}

function resourceItems({ accounts: _, ...items }: Items): Record<ListName, ItemsOf<ListedFixture>> {
  return items;
}

/** Returns a function that finds the parent row of a fixture and reports a missing one. */
function parentFinder(name: ListName, done: Partial<Record<ListName, readonly ListedRow[]>>, existing: ExistingRows) {
  const parent = parentOf(name);
  if (parent === undefined) return undefined;
  const { list, column, noun } = parent;
  // The register lists parents first.
  const own = new Map((done[list] as readonly ListedRow[]).map((row) => [`${row.account_sid} ${row.sid}`, row]));
  return (fixture: ListedFixture, report: (error: string) => void): ListedRow | undefined => {
    const given = fixture[column as keyof ListedFixture];
    const [accountSid, sid] = [lowerCaseSid(fixture.account_sid), lowerCaseSid(given)];
    const row = own.get(`${accountSid} ${sid}`) ?? existing.find(list, accountSid, sid);
    if (row === undefined) report(unknown(column, given, `${noun} of this account`));
    return row;
  };
}

/** Adds one error per missing account, regardless of the number of references. */
function refuseUnknownAccounts(
  lists: readonly ItemsOf<{ account_sid: string }>[],
  hasAccount: (sid: string) => boolean,
  remedy: string,
  errors: ErrorList,
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
    errors.push(`${places}: account_sid is "${sid}", and there is no such account; ${remedy}`);
  }
}

function completeAccounts(
  items: Items["accounts"],
  now: (accountSid: string) => number,
  existing: ExistingRows,
  errors: ErrorList,
) {
  const completed = items.map(({ value }) => {
    const time = now(lowerCaseSid(value.sid));
    return completeAccount(value, { now: time, parseDate: (date) => parseFixtureDate(date, time) as number });
  });
  const accounts = completed.map(({ account }) => account);
  const keys = completed.flatMap((one) => one.keys);
  const sids = new Set(accounts.map(({ sid }) => sid));
  const hasAccount = (sid: string) => sids.has(sid) || existing.hasAccount(sid);
  const subaccounts = new Set(accounts.filter((row) => row.owner_account_sid !== null).map((row) => row.sid));
  for (const [index, { place }] of items.entries()) {
    const owner = accounts[index]?.owner_account_sid ?? null;
    if (owner !== null && (!hasAccount(owner) || subaccounts.has(owner))) {
      errors.push(`${place}: ${unknown("owner_account_sid", owner, "an account that is no subaccount")}`);
    }
  }
  const keyItems = items.flatMap(({ value, place }) =>
    (value.keys ?? []).map((key) => ({ value: key, place: `${place} keys` })),
  );
  refuseDuplicates(keyItems, errors);
  return { accounts, keys, hasAccount };
}

function unknown(key: string, value: string, noun: string): string {
  return `${key} is ${JSON.stringify(value)}; expected: the SID of ${noun} in these fixtures`;
}

/** Refuses duplicate SIDs within an account. Two accounts may share a SID, so that tests can copy resources. */
function refuseDuplicates(items: readonly Item<{ sid: string; account_sid?: string }>[], errors: ErrorList): void {
  const first = new Map<string, string>();
  for (const { value, place } of items) {
    const sid = `${lowerCaseSid(value.account_sid ?? "")} ${lowerCaseSid(value.sid)}`;
    const other = first.get(sid);
    if (other === undefined) first.set(sid, place);
    else errors.push(`${place}: sid ${JSON.stringify(value.sid)} is a duplicate of ${other}; expected: a unique SID`);
  }
}

export function readPublicKeys(folder: FixtureFolder, errors: ErrorList): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  for (const { name, text } of folder.publicKeys) {
    const sid = /(CR[0-9a-f]{32})\.public\.pem$/i.exec(name)?.[1];
    try {
      if (sid === undefined) throw new Error("the file name is not the SID of a key");
      keys.set(lowerCaseSid(sid), readPublicKey(text));
    } catch (error) {
      errors.push(
        `${name}: ${(error as Error).message}; expected: an RSA public key of 2048 bits or more in PEM form, named CR, 32 hexadecimal digits and .public.pem`,
      );
    }
  }
  return keys;
}
