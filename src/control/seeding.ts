import type { FixtureFolder } from "../fixtures/folder.js";
import { type GeneratedRecording, generateRecordings } from "../fixtures/generate.js";
import { readFixtures } from "../fixtures/read.js";
import type { Rules } from "../resources/rules.js";
import type { AccountRow } from "../state/rows.js";
import { seedingStore } from "../state/seeding-store.js";
import type { State } from "../state/state.js";

/** What a database is seeded with. */
export interface Seed {
  folder: FixtureFolder;
  /** An account whose credentials were given at start; it is there whatever the fixtures say. */
  account: AccountRow | undefined;
  /** How many recordings to generate. */
  generate: number;
  randomSeed: number;
}

const PROGRESS_STEP = 100_000;

/**
 * Seeds a new database; one that was seeded before keeps what it has, and a notice says what has changed since.
 *
 * @param reset - seed again, even if it was seeded before.
 * @param notice - is told, a line each, what the user should know.
 * @throws StartupFault, with the database as it was, if the fixtures are faulty.
 */
export async function seedDatabase(
  { database, clock }: State,
  rules: Rules,
  seed: Seed,
  reset: boolean,
  notice: (line: string) => void,
): Promise<void> {
  const { accounts, recordings } = rules;
  const store = seedingStore(database);
  const { folder, generate, randomSeed } = seed;
  const row = { seeded_at: clock.now(), fixtures_digest: folder.digest, generate, random_seed: randomSeed };
  const before = store.get();
  const extra = seed.account === undefined ? [] : [seed.account];

  if (before === undefined || reset) {
    const fixtures = readFixtures(folder, row.seeded_at, seed.account);
    const all = [...fixtures.accounts, ...extra];
    const { mainAccountSid: accountSid, publicKeys } = fixtures;
    const generation = { accountSid, count: generate, seed: randomSeed, now: row.seeded_at, publicKeys };
    const generated = generate === 0 ? [] : await generateRecordings(generation);
    database.transaction(() => {
      for (const { clear } of [rules.payloads, rules.addOnResults, rules.transcriptions, recordings, accounts]) clear();
      accounts.add(all, fixtures.keys);
      recordings.add(fixtures.recordings);
      rules.transcriptions.add(fixtures.transcriptions);
      rules.addOnResults.add(fixtures.addOnResults);
      rules.payloads.add(fixtures.payloads);
      for (const made of withProgress(generated, generate, notice)) addGenerated(rules, made);
      store.put(row);
    })();
  } else {
    const since = new Date(before.seeded_at).toISOString();
    if (before.fixtures_digest !== row.fixtures_digest) {
      notice(
        `the fixtures in ${folder.path} have changed since the database was seeded at ${since}: --reset loads them`,
      );
    }
    if (before.generate !== generate || (generate > 0 && before.random_seed !== randomSeed)) {
      notice(
        `the database was seeded at ${since} with --generate ${before.generate} --random-seed ${before.random_seed}: --reset seeds it anew`,
      );
    }
    accounts.add(extra, []);
  }
}

function addGenerated(rules: Rules, { recording, transcription, addOnResult, payload }: GeneratedRecording): void {
  rules.recordings.add([recording]);
  if (transcription !== undefined) rules.transcriptions.add([transcription]);
  if (addOnResult !== undefined) rules.addOnResults.add([addOnResult]);
  if (payload !== undefined) rules.payloads.add([payload]);
}

function* withProgress<T>(rows: Iterable<T>, total: number, notice: (line: string) => void) {
  let done = 0;
  for (const row of rows) {
    yield row;
    if (++done % PROGRESS_STEP === 0) notice(`generated ${done} of ${total} recordings`);
  }
}
