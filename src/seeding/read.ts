import type { KeyObject } from "node:crypto";
import { readPublicKey } from "../media/encryption.js";
import type { AccountRow, KeyRow } from "../resources/accounts/table.js";
import type { AddOnResultRow } from "../resources/add-on-results/table.js";
import type { PayloadRow } from "../resources/payloads/table.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import type { TranscriptionRow } from "../resources/transcriptions/table.js";
import { StartupError } from "../state/startup-error.js";
import { completeRecording, lowerCaseSid, type RecordingFixture } from "./complete.js";
import {
  type AddOnResultFixture,
  completeAddOnResult,
  completeDates,
  completePayload,
  completeTranscription,
  type PayloadFixture,
  type TranscriptionFixture,
} from "./complete-dependants.js";
import { ErrorList } from "./error-list.js";
import type { FixtureFolder } from "./folder.js";
import { type FixtureDocument, type Item, type ItemsOf, parseDocuments, readItems } from "./items.js";

/** All that a fixtures folder holds, complete and consistent. */
export interface Fixtures {
  accounts: readonly AccountRow[];
  /** The first account that is no subaccount. */
  mainAccountSid: string;
  keys: readonly KeyRow[];
  recordings: readonly RecordingRow[];
  transcriptions: readonly TranscriptionRow[];
  addOnResults: readonly AddOnResultRow[];
  payloads: readonly PayloadRow[];
  publicKeys: ReadonlyMap<string, KeyObject>;
}

export interface AccountFixture {
  sid: string;
  auth_token: string;
  friendly_name?: string;
  owner_account_sid?: string;
  date_created?: string;
  date_updated?: string;
  keys?: { sid: string; secret: string }[];
}

/** What the lists of a fixture file hold. */
interface FixtureLists {
  accounts: AccountFixture;
  recordings: RecordingFixture;
  transcriptions: TranscriptionFixture;
  add_on_results: AddOnResultFixture;
  payloads: PayloadFixture;
}

/** What there is already that fixtures may refer to, by SIDs in Twilio's spelling. */
export interface Known {
  hasAccount(sid: string): boolean;
  /** How to add an account that is missing. */
  accountRemedy: string;
  hasRecording(accountSid: string, sid: string): boolean;
  addOnResult(accountSid: string, sid: string): AddOnResultRow | undefined;
}

/** Rows that fixtures stand for, complete and consistent with each other and with what is known. */
export type FixtureRows = Omit<Fixtures, "mainAccountSid" | "publicKeys">;

/**
 * Understands a fixtures folder.
 *
 * @param now - milliseconds since the Unix epoch; dates before now count from it.
 * @param extra - the SID of an account that is given elsewhere; recordings may refer to it.
 * @throws StartupError that lists the faults of every file, a hundred at most: file, position, SID, key, value and what was
 * expected.
 */
export function readFixtures(folder: FixtureFolder, now: number, extra: string | undefined): Fixtures {
  const faults = new ErrorList();
  const publicKeys = readPublicKeys(folder, faults);
  const known = {
    hasAccount: (sid: string) => sid === extra,
    accountRemedy:
      "add the account to a fixture file with its auth_token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN",
    hasRecording: () => false,
    addOnResult: () => undefined,
  };
  const rows = completeDocuments(parseDocuments(folder.documents, faults), () => now, publicKeys, known, faults);

  const main = rows.accounts.find((account) => account.owner_account_sid === null)?.sid ?? extra;
  if (main === undefined && faults.isEmpty) faults.push("no account in any file; expected: at least one");
  if (main === undefined || !faults.isEmpty) {
    const heading = `the fixtures in ${folder.path} have ${faults.number} fault(s):`;
    throw new StartupError([heading, ...faults.lines.map((line) => `  ${line}`)]);
  }
  return { ...rows, mainAccountSid: main, publicKeys };
}

/**
 * Makes rows of fixtures: what they leave out follows from the rest.
 *
 * @param now - an account's time in milliseconds since the Unix epoch; its dates before now count from it.
 * @param publicKeys - by SID: the keys that can wrap a media key.
 * @param faults - takes every fault of every document; with any, the rows are not whole.
 */
export function completeDocuments(
  documents: readonly FixtureDocument[],
  now: (accountSid: string) => number,
  publicKeys: ReadonlyMap<string, KeyObject>,
  known: Known,
  faults: ErrorList,
): FixtureRows {
  const items = readItems<FixtureLists>(documents, faults);
  const nowOf = (fixture: { account_sid: string }) => now(lowerCaseSid(fixture.account_sid));
  const { accounts, keys, hasAccount } = completeAccounts(items.accounts, now, known, faults);

  const recordings = items.recordings.map(({ value, place }) =>
    completeRecording(value, nowOf(value), publicKeys, (complaint) => faults.push(`${place}: ${complaint}`)),
  );
  const transcriptions = items.transcriptions.map(({ value }) => completeTranscription(value, nowOf(value)));
  const addOnResults = items.add_on_results.map(({ value }) => completeAddOnResult(value, nowOf(value)));
  const hasRecording = finder(recordings, (account, sid) => known.hasRecording(account, sid) || undefined);
  const findResult = finder(addOnResults, known.addOnResult);
  const resultOf = (payload: PayloadFixture) => findResult(payload.account_sid, payload.add_on_result_sid);
  const payloads = items.payloads.flatMap(({ value }) => {
    const result = resultOf(value);
    return result === undefined || isTooDeep(value.data) ? [] : [completePayload(value, result, nowOf(value))];
  });

  const dependants = [items.recordings, items.transcriptions, items.add_on_results, items.payloads];
  refuseUnknownAccounts(dependants, hasAccount, known.accountRemedy, faults);
  for (const { value, place } of items.add_on_results) {
    if (hasRecording(value.account_sid, value.reference_sid) === undefined) {
      faults.push(unknown(place, "reference_sid", value.reference_sid, "a recording of this account"));
    }
  }
  for (const { value, place } of items.payloads) {
    if (resultOf(value) === undefined) {
      faults.push(unknown(place, "add_on_result_sid", value.add_on_result_sid, "an add-on result of this account"));
    }
  }
  for (const { value, place } of items.payloads) {
    if (isTooDeep(value.data)) faults.push(`${place}: data is nested too deep; expected: at most ${MAX_DEPTH} levels`);
  }
  for (const list of Object.values(items)) refuseRepetitions(list, faults);
  return { accounts, keys, recordings, transcriptions, addOnResults, payloads };
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

/** How deep a payload's data may be nested. JSON.stringify calls itself for each level, and fails after some thousand. */
const MAX_DEPTH = 500;

function isTooDeep(data: unknown): boolean {
  const open: { value: unknown; depth: number }[] = [{ value: data, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth === MAX_DEPTH) return true;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}

/** Looks rows up by account and SID in any spelling, among these and then elsewhere. */
function finder<Row extends { account_sid: string; sid: string }, Other>(
  rows: readonly Row[],
  otherwise: (accountSid: string, sid: string) => Other | undefined,
) {
  const own = new Map(rows.map((row) => [`${row.account_sid} ${row.sid}`, row]));
  return (givenAccount: string, givenSid: string): Row | Other | undefined => {
    const [accountSid, sid] = [lowerCaseSid(givenAccount), lowerCaseSid(givenSid)];
    return own.get(`${accountSid} ${sid}`) ?? otherwise(accountSid, sid);
  };
}

function completeAccounts(
  items: ItemsOf<AccountFixture>,
  now: (accountSid: string) => number,
  known: Known,
  faults: ErrorList,
) {
  const accounts = items.map(({ value }) => completeAccount(value, now(lowerCaseSid(value.sid))));
  const keys = items.flatMap(({ value }) => (value.keys ?? []).map((key) => completeKey(key, value.sid)));
  const sids = new Set(accounts.map(({ sid }) => sid));
  const hasAccount = (sid: string) => sids.has(sid) || known.hasAccount(sid);
  const subaccounts = new Set(accounts.filter((row) => row.owner_account_sid !== null).map((row) => row.sid));
  for (const [index, { place }] of items.entries()) {
    const owner = accounts[index]?.owner_account_sid ?? null;
    if (owner !== null && (!hasAccount(owner) || subaccounts.has(owner))) {
      faults.push(unknown(place, "owner_account_sid", owner, "an account that is no subaccount"));
    }
  }
  const keyItems = items.flatMap(({ value, place }) =>
    (value.keys ?? []).map((key) => ({ value: key, place: `${place} keys` })),
  );
  refuseRepetitions(keyItems, faults);
  return { accounts, keys, hasAccount };
}

function completeAccount(fixture: AccountFixture, now: number): AccountRow {
  const sid = lowerCaseSid(fixture.sid);
  const owner = fixture.owner_account_sid === undefined ? null : lowerCaseSid(fixture.owner_account_sid);
  return {
    sid,
    auth_token: fixture.auth_token,
    friendly_name: fixture.friendly_name ?? sid,
    owner_account_sid: owner === sid ? null : owner,
    ...completeDates(fixture, now, now),
  };
}

function completeKey(key: { sid: string; secret: string }, accountSid: string): KeyRow {
  return { sid: lowerCaseSid(key.sid), account_sid: lowerCaseSid(accountSid), secret: key.secret };
}

function unknown(place: string, key: string, value: string, what: string): string {
  return `${place}: ${key} is ${JSON.stringify(value)}; expected: the SID of ${what} in these fixtures`;
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
