import { setImmediate } from "node:timers/promises";
import type { AccountRules } from "../resources/accounts/rules.js";
import type { AccountRow } from "../resources/accounts/table.js";
import { addDerived } from "../resources/derived.js";
import { LIST_NAMES, loadFixtureFunctions, type ResourceRows, type Rows, storeOf } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import { type Database, inBulk, withoutIndexes } from "../state/database.js";
import type { State } from "../state/state.js";
import type { FixtureFolder } from "./folder.js";
import { generateRecordings } from "./generate.js";
import type { Fixtures } from "./read.js";
import { type SeedingRow, seedingStore } from "./store.js";

export interface SeedOptions {
  /** An account that exists in addition to those of the fixtures. */
  account: { sid: string } | undefined;
  generate: number;
  randomSeed: number;
  /** Seeds a database again that was seeded before. */
  reset: boolean;
}

export interface SeedingObserver {
  notice(line: string): void;
  /** Aborts the seeding; the database is then unchanged. */
  signal?: AbortSignal | undefined;
}

const PROGRESS_STEP = 100_000;
const BATCH = 5000;

/**
 * Seeds a new database. A seeded database keeps its rows; notices list the inputs that changed since. Afterwards, changes
 * are logged, so that a reset can undo them.
 *
 * @throws FixtureError for invalid fixtures, AbortError if the signal aborts the seeding. The database is unchanged then.
 */
export async function seedDatabase(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  { account, generate, randomSeed, reset }: SeedOptions,
  observer: SeedingObserver,
): Promise<void> {
  const accountSid = account?.sid;
  const store = seedingStore(state.database);
  const row = { seeded_at: state.clock.now(), fixtures_digest: folder.digest, generate, random_seed: randomSeed };
  const before = store.get();
  if (before === undefined || reset) {
    // Imported here, because validation is slow to load and a start on a seeded database does not need it.
    const { readFixtures } = await import("./read.js");
    const fixtures = readFixtures(folder, row.seeded_at, accountSid, await loadFixtureFunctions());
    await inBulk(state.database, async () => {
      state.changes.clear();
      // The account of the options follows those of the fixtures, so that a token from the fixtures is kept.
      addRows(state.database, rules.accounts, {
        ...fixtures,
        accounts: [...fixtures.accounts, ...givenAccounts(accountSid, row.seeded_at)],
      });
      if (generate > 0) {
        await withoutIndexes(state.database, () => addGenerated(state.database, fixtures, row, observer));
      }
      store.put(row);
    });
  } else {
    for (const line of changesSince(before, row, folder.path)) observer.notice(line);
    rules.accounts.add(givenAccounts(accountSid, row.seeded_at), []);
  }
  rules.purgeExpired();
  state.changes.watch();
}

/** Returns the account of the options, if any. Its token is not stored. */
function givenAccounts(sid: string | undefined, now: number): AccountRow[] {
  if (sid === undefined) return [];
  const dates = { date_created: now, date_updated: now };
  return [{ sid, auth_token: null, friendly_name: sid, owner_account_sid: null, ...dates }];
}

export function addRows(database: Database, accounts: AccountRules, rows: Rows): void {
  accounts.add(rows.accounts, rows.keys);
  addResources(database, rows);
}

export function addResources(database: Database, rows: ResourceRows): void {
  for (const name of LIST_NAMES) {
    const store = storeOf(database, name);
    for (const row of rows[name]) store.insert(row);
  }
  addDerived(database, rows);
}

async function addGenerated(
  database: Database,
  { mainAccountSid: accountSid, publicKeys }: Fixtures,
  { generate: count, random_seed: seed, seeded_at: now }: SeedingRow,
  { notice, signal }: SeedingObserver,
): Promise<void> {
  let done = 0;
  for (const generated of await generateRecordings({ accountSid, count, seed, now, publicKeys })) {
    addResources(database, generated);
    if (++done % PROGRESS_STEP === 0) notice(`generated ${done} of ${count} recordings`);
    if (done % BATCH !== 0) continue;
    // Signal handlers run only between turns of the event loop.
    await setImmediate();
    signal?.throwIfAborted();
  }
}

function changesSince(before: SeedingRow, now: SeedingRow, folder: string): string[] {
  const since = new Date(before.seeded_at).toISOString();
  const lines: string[] = [];
  if (before.fixtures_digest !== now.fixtures_digest) {
    lines.push(`the fixtures in ${folder} have changed since the database was seeded at ${since}: --reset loads them`);
  }
  if (before.generate !== now.generate || (now.generate > 0 && before.random_seed !== now.random_seed)) {
    const recipe = `--generate ${before.generate} --random-seed ${before.random_seed}`;
    lines.push(`the database was seeded at ${since} with ${recipe}: --reset seeds it again`);
  }
  return lines;
}
