import type { RecordingFixture } from "../resources/recordings/fixture.js";
import type { FixtureSet } from "../resources/register.js";
import type { ClockView } from "./clock.js";
import type { Control } from "./control.js";
import type { FaultSpec, FaultView } from "./faults.js";
import type { RecordingQuery } from "./recording-query.js";
import type { Generation, RecordingDetail, RecordingList, RecordingView } from "./recordings.js";
import type { RequestFilter, RequestView, RequestWait } from "./requests.js";
import type { ResetTarget } from "./reset.js";
import type { SnapshotView } from "./snapshots.js";

/** What may be left out of a recording that is made; its SID is then made up, and it belongs to the account in question. */
export type NewRecording = Partial<RecordingFixture>;

/** Which recordings to list, and how many of them. */
export type RecordingListQuery = Omit<RecordingQuery, "from" | "until"> & {
  /** First and last date_created; a text may also be a duration before now such as `-P10D`. */
  from?: Date | string;
  until?: Date | string;
};

/**
 * What steers an emulator, or one of its accounts. Whatever is faulty, or not there, is refused with a ControlError that
 * names the value and what was expected.
 */
export interface Controls {
  /** Back to the seeded state: rows, clock, faults, journal, random numbers; or to accounts that are empty. */
  reset(to?: ResetTarget): Promise<void>;
  clock: {
    read(): Promise<ClockView>;
    /** Turns it to a date; it runs on from there, unless it is frozen. */
    set(date: Date | string): Promise<ClockView>;
    /** @param duration - ISO 8601, such as `P41D`. */
    advance(duration: string): Promise<ClockView>;
    /** Stops it, now or at a date. */
    freeze(date?: Date | string): Promise<ClockView>;
    /** Lets a frozen clock run on. */
    run(): Promise<ClockView>;
    /** Back to real time; an account's clock follows the emulator's again. */
    release(): Promise<ClockView>;
  };
  snapshots: {
    save(name: string): Promise<SnapshotView>;
    restore(name: string): Promise<void>;
    list(): Promise<SnapshotView[]>;
    remove(name: string): Promise<void>;
  };
  recordings: {
    /**
     * Lists recordings, the newest first, deleted ones included; without an account, those of the main one.
     *
     * @example
     * const { recordings } = await emulator.recordings.list({ status: "deleted", from: "-P10D" });
     */
    list(query?: RecordingListQuery): Promise<RecordingList>;
    /** Shows a recording, also a deleted one. */
    get(sid: string): Promise<RecordingDetail>;
    /** @param recording - as in a fixture; what is left out follows from the rest. */
    create(recording?: NewRecording): Promise<RecordingView>;
    createMany(recordings: readonly NewRecording[]): Promise<RecordingView[]>;
    /** Changes any key that a fixture may have. */
    change(sid: string, changes: NewRecording): Promise<RecordingView>;
    /** Marks it deleted, now or as of a date, or of a duration ago such as `-P10D`. */
    softDelete(sid: string, at?: Date | string): Promise<RecordingView>;
    /** Removes it without a trace. */
    hardDelete(sid: string): Promise<void>;
    /**
     * Makes recordings up; the first thousand come back.
     *
     * @param generation.signal - ends the generation, which then rejects with the signal's reason; what it has made stays.
     */
    generate(
      generation: Generation & { signal?: AbortSignal },
    ): Promise<{ generated: number; seed: number; recordings: RecordingView[] }>;
  };
  faults: {
    arm(fault: FaultSpec): Promise<FaultView>;
    list(): Promise<FaultView[]>;
    clear(): Promise<void>;
    remove(id: string): Promise<void>;
  };
  requests: {
    list(filter?: RequestFilter): Promise<RequestView[]>;
    /**
     * Resolves when as many as asked for have been seen; refused if not in time.
     *
     * @param wait.signal - ends the wait, which then rejects with the signal's reason.
     */
    waitFor(wait?: RequestWait & { signal?: AbortSignal }): Promise<RequestView[]>;
    clear(): Promise<void>;
  };
  /** All that there is, as the content of a fixture file. */
  export(): Promise<FixtureSet>;
  /** Replaces all that there is by the content of a fixture file. */
  import(fixtures: Partial<FixtureSet>): Promise<void>;
}

/**
 * @param account - the SID of the account to steer, undefined for all.
 * @param origin - scheme and host of the emulator, for the media_urls of recordings.
 */
export function controlsOf(control: Control, account: string | undefined, origin: string): Controls {
  const { clock, snapshots, recordings, faults, requests, transfer } = control;
  // Not instanceof: test runners have a Date of their own.
  const text = (date: Date | string) => (typeof date === "string" ? date : date.toISOString());
  // What is refused at once is still refused by the promise.
  return {
    reset: async (to) => control.reset(to, account),
    clock: {
      read: async () => clock.read(account),
      set: (date) => clock.change({ now: text(date) }, account),
      advance: (duration) => clock.change({ advance: duration }, account),
      freeze: (date) => clock.change({ ...(date !== undefined && { now: text(date) }), frozen: true }, account),
      run: () => clock.change({ frozen: false }, account),
      release: async () => clock.release(account),
    },
    snapshots: {
      save: async (name) => snapshots.save(name, account),
      restore: async (name) => snapshots.restore(name, account),
      list: async () => snapshots.list(account),
      remove: async (name) => snapshots.remove(name, account),
    },
    recordings: {
      list: async ({ from, until, ...query } = {}) => {
        const dates = {
          ...(from !== undefined && { from: text(from) }),
          ...(until !== undefined && { until: text(until) }),
        };
        return recordings.list({ ...query, ...dates }, account, origin);
      },
      get: async (sid) => recordings.get(sid, account, origin),
      create: async (recording = {}) => {
        const [created] = await createMany([recording]);
        return created as RecordingView;
      },
      createMany,
      change: (sid, changes) => recordings.change(sid, changes, account, origin),
      softDelete: (sid, at) => {
        const deleted = { status: "deleted", ...(at !== undefined && { date_deleted: text(at) }) };
        return recordings.change(sid, deleted, account, origin);
      },
      hardDelete: async (sid) => recordings.hardDelete(sid, account),
      generate: async ({ signal, ...generation } = {} as Generation) =>
        recordings.generate(generation, account, origin, signal),
    },
    faults: {
      arm: (fault) => faults.arm(fault, account),
      list: async () => faults.list(account),
      clear: async () => faults.clear(account),
      remove: async (id) => faults.remove(id),
    },
    requests: {
      list: (filter) => requests.list(filter, account),
      waitFor: ({ signal, ...wait } = {}) => requests.wait(wait, account, signal),
      clear: async () => requests.clear(account),
    },
    export: () => transfer.export(account),
    import: (fixtures) => transfer.import(fixtures, account),
  };

  async function createMany(given: readonly NewRecording[]): Promise<RecordingView[]> {
    const { recordings: created } = (await recordings.create([...given], account, origin)) as {
      recordings: RecordingView[];
    };
    return created;
  }
}
