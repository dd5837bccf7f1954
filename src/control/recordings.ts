import { setImmediate } from "node:timers/promises";
import type { EncryptionDetails } from "../resources/recordings/representation.js";
import { representRecording } from "../resources/recordings/representation.js";
import type { RecordingRow } from "../resources/recordings/table.js";
import type { ResourceRows } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import { ErrorList } from "../seeding/error-list.js";
import type { FixtureFolder } from "../seeding/folder.js";
import { fixtureReader } from "../seeding/input.js";
import { addResources, addRows } from "../seeding/seed-database.js";
import type { State } from "../state/state.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { toRfc2822 } from "../twilio-api/response/dates.js";
import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import { readingInput } from "./fixture-input.js";
import { RECORDING_QUERY, type RecordingQuery, selectionOf } from "./recording-query.js";
import type { Replacement } from "./replacement.js";
import type { Scope } from "./scope.js";

/** How many recordings to make up. */
export interface Generation {
  count: number;
  /** Equal seeds give equal recordings; left out, the account's random numbers decide. */
  seed?: number;
}

const MAX_COUNT = 1_000_000;
/** How many of them an answer shows: as many as Twilio's largest page. */
const MAX_SHOWN = 1000;
const BATCH = 1000;

export const GENERATION = {
  type: "object",
  description: "An object with count, and seed.",
  required: ["count"],
  additionalProperties: false,
  properties: {
    count: { type: "integer", minimum: 1, maximum: MAX_COUNT, description: `A whole number from 1 to ${MAX_COUNT}.` },
    seed: { type: "integer", minimum: 0, maximum: 2 ** 32 - 1, description: "A whole number from 0 to 4294967295." },
  },
} as const;

/** A recording as Twilio shows it. */
export type RecordingView = ReturnType<typeof representRecording>;

/** A recording as Twilio shows it, and what Twilio does not show of a deletion. */
export interface RecordingDetail extends RecordingView {
  /** RFC 2822; null for a recording that is not deleted. */
  date_deleted: string | null;
  /** Days of the retention that are left by the account's clock, a part of one counted as one; 0 if it is over. */
  days_left: number | null;
}

/** A page of recordings, the newest first. */
export interface RecordingList {
  recordings: RecordingDetail[];
  /** What to give as `after` for the next page; null if there is none. */
  next: string | null;
}

export type RecordingControl = ReturnType<typeof recordingControl>;

/**
 * Makes and changes recordings beyond what Twilio allows. Without an account, a call is for the main one.
 *
 * Every function that shows recordings takes the origin of their media_url, the scheme and host that the caller uses.
 */
export function recordingControl(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  encryptionDetails: EncryptionDetails,
  scope: Scope,
  replacement: Replacement,
) {
  const { database, clock, random } = state;
  const fixtures = fixtureReader(state, rules, folder);
  const insert = database.transaction(addRows);
  const insertGenerated = database.transaction((batch: readonly ResourceRows[]) => {
    for (const rows of batch) addResources(database, rows);
  });
  const view = (row: RecordingRow, origin: string) => representRecording(row, origin, encryptionDetails);
  const detail = (row: RecordingRow, origin: string): RecordingDetail => ({
    ...view(row, origin),
    date_deleted: row.date_deleted === null ? null : toRfc2822(row.date_deleted),
    days_left: rules.recordings.daysLeft(row),
  });
  /** One at a time: the library that makes texts up has one sequence of random numbers for all. */
  let generating: Promise<unknown> = Promise.resolve();

  function find(account: string, sid: string): RecordingRow {
    const parsed = parseSid("RE", sid);
    const row = parsed === undefined ? undefined : rules.recordings.find(account, parsed);
    if (row === undefined) throw new ControlError(404, `account ${account} has no recording ${JSON.stringify(sid)}`);
    return row;
  }

  async function generate({ count, seed }: Generation, account: string, origin: string, signal: AbortSignal) {
    const { firstSidOf, generateRecordings } = await import("../seeding/generate.js");
    const { readPublicKeys } = await import("../seeding/read.js");
    signal.throwIfAborted();
    const publicKeys = readPublicKeys(folder, new ErrorList());
    const isTaken = (drawn: number) => rules.recordings.find(account, firstSidOf(drawn)) !== undefined;
    const from = seed ?? random.free((random) => Number.parseInt(random.hex(8), 16), isTaken, account);
    if (isTaken(from)) refuseSeed(from, account);
    const now = clock.now(account);
    const recordings: RecordingView[] = [];
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
        // The first recording of the seed is gone, and a later one is still there.
        if ((error as { code?: unknown }).code === "SQLITE_CONSTRAINT_PRIMARYKEY") refuseSeed(from, account);
        throw error;
      }
      batch = [];
      // Others have their turn, and may end this.
      await setImmediate();
      signal.throwIfAborted();
    }
    return { generated: done, seed: from, recordings };
  }

  return {
    /**
     * Lists recordings that the database holds, the newest first. Deleted ones are among them, also those whose retention
     * is over by a clock that was turned.
     *
     * @throws ControlError 400 for a filter's value that makes no sense, 404 if there is no such account.
     */
    async list(given: RecordingQuery, account: string | undefined, origin: string): Promise<RecordingList> {
      const query = await check<RecordingQuery>(RECORDING_QUERY, { ...given }, true);
      const sid = scope.one(account);
      const { selection, page } = await selectionOf(query, sid, clock.now(sid));
      const found = rules.recordings.page(selection, page);
      if (found === undefined) {
        throw new ControlError(400, `after is "${query.after}"; expected: the SID of a recording of account ${sid}`);
      }
      const recordings = found.rows.map((row) => detail(row, origin));
      return { recordings, next: found.more ? (recordings.at(-1)?.sid ?? null) : null };
    },

    /** @throws ControlError 404 if there is none. */
    get: (sid: string, account: string | undefined, origin: string): RecordingDetail =>
      detail(find(scope.one(account), sid), origin),

    /**
     * Makes recordings, and what belongs to them, of fixtures: one recording, an array of them, or an object with the lists
     * of a fixture file, without `accounts`. SIDs may be left out here.
     *
     * @returns the recording, or an object with `recordings`.
     * @throws ControlError 400 that lists every fault, 409 for a SID that there is already.
     */
    async create(given: unknown, account: string | undefined, origin: string) {
      const rows = await readingInput(async () => {
        const read = await fixtures.adding();
        const added = read(given, scope.one(account), account !== undefined);
        insert(database, rules.accounts, added);
        return added;
      });
      const recordings = rows.recordings.map((row) => view(row, origin));
      const [one] = recordings;
      const single = !Array.isArray(given) && !("recordings" in (given as object));
      return single && one !== undefined ? one : { recordings };
    },

    /**
     * Changes a recording: any key that a fixture may have. With another status, what follows from the status and is not
     * given is made anew: duration, price, error code, dates.
     *
     * @throws ControlError 400 that lists every fault, 404 if there is none.
     */
    async change(sid: string, given: unknown, account: string | undefined, origin: string): Promise<RecordingView> {
      const row = find(scope.one(account), sid);
      const changed = await readingInput(() => fixtures.changed(row, given));
      rules.recordings.update(changed);
      return view(changed, origin);
    },

    /**
     * Removes a recording without a trace, and its add-on results with it.
     *
     * @throws ControlError 404 if there is none.
     */
    hardDelete(sid: string, account?: string): void {
      const row = find(scope.one(account), sid);
      rules.recordings.hardDelete(row.account_sid, row.sid);
    },

    /**
     * Generates the recordings of a year of calls, some with rows that belong to them.
     *
     * @returns how many, from which seed, and the first thousand of them.
     * @param closed - ends it; what it has made by then stays.
     * @throws ControlError 400 for faulty options, 409 if the account has recordings of this seed already, or its state
     * is replaced meanwhile.
     */
    async generate(given: Generation, account: string | undefined, origin: string, closed?: AbortSignal) {
      const generation = await check<Generation>(GENERATION, given);
      const sid = scope.one(account);
      return await replacement.interruptible(sid, closed, (signal) => {
        const result = generating.then(() => generate(generation, sid, origin, signal));
        generating = result.catch(() => {});
        return result;
      });
    },

    /** Ends all generations. */
    close: (): void => replacement.end(undefined, "the end of the emulator"),
  };
}

function refuseSeed(seed: number, account: string): never {
  throw new ControlError(409, `seed ${seed} gives recordings that account ${account} has; expected: another seed`);
}
