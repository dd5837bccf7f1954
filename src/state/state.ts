import { join } from "node:path";
import { type ChangeStore, changeStore } from "./change-store.js";
import { type Clock, createClock } from "./clock.js";
import { type Database, openDatabase } from "./database.js";
import { type DatabaseFile, watchFile } from "./database-file.js";
import { createFaults, type Faults } from "./faults.js";
import { createHistory, type History } from "./history.js";
import { createJournal, type Journal } from "./journal.js";
import { createRandomSequences, type RandomSequences } from "./random.js";
import { createRevisions, type Revisions } from "./revisions.js";
import { dropStaging } from "./staging.js";
import type { Table } from "./table.js";
import { createTimeline, type Timeline } from "./timeline.js";

export interface State {
  database: Database;
  file: DatabaseFile;
  /** Increase with every change of the database or a clock. */
  revisions: Revisions;
  /** The undo log: changes of the database since seeding. */
  changes: ChangeStore;
  clock: Clock;
  random: RandomSequences;
  timeline: Timeline;
  faults: Faults;
  journal: Journal;
  history: History;
}

export interface StateOptions {
  /** The folder of the database file, or `:memory:`. */
  data: string;
  randomSeed: number;
  /** Maximum number of requests per account in the request log; 0 disables it. */
  journal: number;
  /** Whether the request log always contains answers. */
  journalAnswers: boolean;
  /** The initial time, in milliseconds since the Unix epoch; undefined for real time. */
  clock: number | undefined;
}

/**
 * @param tables - of the resources, parents first.
 * @throws StartupError if the database is unusable.
 */
export function openState(
  { data, randomSeed, journal, journalAnswers, clock: start }: StateOptions,
  tables: readonly Table[],
): State {
  const location = data === ":memory:" ? data : join(data, "emulator.db");
  const database = openDatabase(location, tables);
  // An interrupted import may have left staging tables.
  dropStaging(database);
  const file = watchFile(location);
  const revisions = createRevisions();
  const random = createRandomSequences(randomSeed);
  const clock = createClock(start, (account) => {
    revisions.touch(account);
    timeline.arm();
  });
  const timeline = createTimeline(database, clock, revisions);
  return {
    database,
    file,
    revisions,
    changes: changeStore(database, tables, (account) => {
      file.refuseIfLost();
      revisions.touch(account);
    }),
    clock,
    timeline,
    random,
    faults: createFaults(random),
    journal: createJournal(journal, journalAnswers),
    history: createHistory(),
  };
}
