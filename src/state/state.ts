import { join } from "node:path";
import { type ChangeStore, changeStore } from "./change-store.js";
import { type Clock, createClock } from "./clock.js";
import { type Database, openDatabase } from "./database.js";
import { type DatabaseFile, watchFile } from "./database-file.js";
import { createFaults, type Faults } from "./faults.js";
import { createJournal, type Journal } from "./journal.js";
import { createRandomSequences, type RandomSequences } from "./random.js";
import { createRevisions, type Revisions } from "./revisions.js";
import { dropStaging } from "./staging.js";
import type { Table } from "./table.js";

/** Everything that changes while the emulator runs. */
export interface State {
  database: Database;
  file: DatabaseFile;
  /** Increase with every change of the database and of a clock. */
  revisions: Revisions;
  /** Changes of the database since seeding. */
  changes: ChangeStore;
  clock: Clock;
  random: RandomSequences;
  faults: Faults;
  journal: Journal;
}

/** The initial state. */
export interface StateOptions {
  /** The folder of the database file, or `:memory:`. */
  data: string;
  /** The seed of all random numbers. */
  randomSeed: number;
  /** How many requests of an account the journal keeps; 0 turns it off. */
  journal: number;
  /** When the clock starts, in milliseconds since the Unix epoch; undefined for the wall clock's time. */
  clock: number | undefined;
}

/**
 * Opens the state.
 *
 * @param tables - of the resources, parents first.
 * @throws StartupError if the database cannot be used.
 */
export function openState({ data, randomSeed, journal, clock }: StateOptions, tables: readonly Table[]): State {
  const location = data === ":memory:" ? data : join(data, "emulator.db");
  const database = openDatabase(location, tables);
  // An import that was not finished.
  dropStaging(database);
  const file = watchFile(location);
  const revisions = createRevisions();
  const random = createRandomSequences(randomSeed);
  return {
    database,
    file,
    revisions,
    changes: changeStore(database, tables, (account) => {
      file.refuseIfLost();
      revisions.touch(account);
    }),
    clock: createClock(clock, revisions.touch),
    random,
    faults: createFaults(random),
    journal: createJournal(journal),
  };
}
