import { join } from "node:path";
import { type Clock, createClock } from "./clock.js";
import { type Database, openDatabase } from "./database.js";
import { createRandom, type Random } from "./random.js";

/** All that changes while the emulator runs. */
export interface State {
  database: Database;
  clock: Clock;
  random: Random;
}

/**
 * @param data - the folder of the database file, or `:memory:`.
 * @throws StartupFault if the database cannot be used.
 */
export function openState(data: string, randomSeed: number): State {
  return {
    database: openDatabase(data === ":memory:" ? data : join(data, "emulator.db")),
    clock: createClock(),
    random: createRandom(randomSeed),
  };
}
