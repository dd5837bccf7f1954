import { setImmediate } from "node:timers/promises";
import type { RecordingRow } from "../resources/recordings/table.js";
import type { ResourceRows } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import { ErrorList } from "../seeding/error-list.js";
import type { FixtureFolder } from "../seeding/folder.js";
import { addResources } from "../seeding/seed-database.js";
import type { State } from "../state/state.js";
import { ControlError } from "./control-error.js";
import { operation } from "./operation.js";
import { RECORDING } from "./recording-schemas.js";
import type { Replacement } from "./replacement.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const MAX_COUNT = 1_000_000;
/** Twilio's largest page. */
const MAX_SHOWN = 1000;
const BATCH = 1000;

const GENERATION = {
  type: "object",
  description: "An object with count, and seed.",
  required: ["count"],
  additionalProperties: false,
  properties: {
    count: { type: "integer", minimum: 1, maximum: MAX_COUNT, description: `A whole number from 1 to ${MAX_COUNT}.` },
    seed: { type: "integer", minimum: 0, maximum: 2 ** 32 - 1, description: "A whole number from 0 to 4294967295." },
  },
} as const;
const GENERATED = objectWith({
  generated: { type: "integer" },
  seed: { type: "integer" },
  recordings: { type: "array", description: "The first 1,000.", items: RECORDING },
});

export type Generation = TypeOf<typeof GENERATION>;
export type Generated = TypeOf<typeof GENERATED>;

/** Generates a year of recordings, with their dependants. */
export function generationCapability(
  { database, clock, random }: State,
  rules: Rules,
  folder: FixtureFolder,
  view: (row: RecordingRow, origin: string) => TypeOf<typeof RECORDING>,
  replacement: Replacement,
) {
  const insertGenerated = database.transaction((batch: readonly ResourceRows[]) => {
    for (const rows of batch) addResources(database, rows);
  });
  /** One at a time: the library that generates texts has one random sequence. */
  let generating: Promise<unknown> = Promise.resolve();

  async function generate({ count, seed }: Generation, account: string, origin: string, signal: AbortSignal) {
    const { firstSidOf, generateRecordings } = await import("../seeding/generate.js");
    const { readPublicKeys } = await import("../seeding/read.js");
    signal.throwIfAborted();
    const publicKeys = readPublicKeys(folder, new ErrorList());
    const isTaken = (drawn: number) => rules.recordings.find(account, firstSidOf(drawn)) !== undefined;
    const from = seed ?? random.free((random) => Number.parseInt(random.hex(8), 16), isTaken, account);
    if (isTaken(from)) refuseSeed(from, account);
    const now = clock.now(account);
    const recordings: TypeOf<typeof RECORDING>[] = [];
    let batch: ResourceRows[] = [];
    let done = 0;
    const all = await generateRecordings({ accountSid: account, count, seed: from, now, publicKeys });
    signal.throwIfAborted();
    for (const generated of all) {
      batch.push(generated);
      for (const row of generated.recordings) if (recordings.length < MAX_SHOWN) recordings.push(view(row, origin));
      if (++done % BATCH !== 0 && done < count) continue;
      try {
        insertGenerated(batch);
      } catch (error) {
        // The first recording of the seed was deleted, and a later one still exists.
        if ((error as { code?: unknown }).code === "SQLITE_CONSTRAINT_PRIMARYKEY") refuseSeed(from, account);
        throw error;
      }
      batch = [];
      // Yield, so that other requests are served and can end this.
      await setImmediate();
      signal.throwIfAborted();
    }
    return { generated: done, seed: from, recordings };
  }

  return {
    generate: operation({
      method: "POST",
      url: "/recordings/generate",
      id: "generateRecordings",
      summary: "Generate recordings from a seed",
      description:
        "A reset, a restored snapshot, an import, the removal of the account or a closed connection ends it (409); in process, `signal` does too.",
      inProcess: "`recordings.generate(…)`",
      docs: { answer: "`generated`, `seed`, the first 1,000 `recordings`" },
      scope: "main",
      body: GENERATION,
      answer: GENERATED,
      status: 201,
      errors: [409],
      run: ({ account, body, origin, signal: closed }) =>
        replacement.interruptible(account, closed(), (signal) => {
          const result = generating.then(() => generate(body, account, origin, signal));
          generating = result.catch(() => {});
          return result;
        }),
    }),
  };
}

function refuseSeed(seed: number, account: string): never {
  throw new ControlError(409, `seed ${seed} gives recordings that account ${account} has; expected: another seed`);
}
