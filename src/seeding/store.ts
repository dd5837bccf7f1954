import type { Database } from "../state/database.js";

/** The inputs of the last seeding, compared at the next start. */
export interface SeedingRow {
  /** Milliseconds since the Unix epoch. */
  seeded_at: number;
  fixtures_digest: string;
  generate: number;
  random_seed: number;
}

/** Reads and writes the one row about the last seeding; a new database has none. */
export function seedingStore(database: Database) {
  const get = database.prepare<[], SeedingRow>(
    "SELECT seeded_at, fixtures_digest, generate, random_seed FROM seeding WHERE id = 1",
  );
  const put = database.prepare<[SeedingRow]>(
    `INSERT OR REPLACE INTO seeding (id, seeded_at, fixtures_digest, generate, random_seed)
     VALUES (1, @seeded_at, @fixtures_digest, @generate, @random_seed)`,
  );
  return {
    get: (): SeedingRow | undefined => get.get(),
    put: (row: SeedingRow): void => void put.run(row),
  };
}
