import type { RecordingFixture } from "../resources/recordings/fixture.js";
import type { FixtureSet } from "../resources/register.js";
import type * as accountTypes from "./accounts.js";
import type { Input } from "./call.js";
import type * as listTypes from "./call-list-schemas.js";
import type { CallDetail, CallList, ConferenceDetail, ConferenceList } from "./call-list-schemas.js";
import type * as callTypes from "./call-schemas.js";
import type * as callbackTypes from "./callback-schemas.js";
import { type InCamelCase, toCamelCase, toSnakeCase } from "./camel-case.js";
import type { Operations } from "./capabilities.js";
import type { ClockTurn, ClockView, DueEvent } from "./clock.js";
import type * as faultTypes from "./faults.js";
import type { Generated, Generation } from "./generation.js";
import type { Har } from "./har.js";
import type { HistoryFilter, HistoryView } from "./history.js";
import type { Operation } from "./operation.js";
import type { Peaks, PeaksQuery } from "./recording-media.js";
import type { RecordingQuery } from "./recording-query.js";
import type { RecordingDetail, RecordingList, RecordingView, RecordingWithResults } from "./recording-schemas.js";
import type { RequestDetail as Detail, RequestView as View } from "./request-views.js";
import type * as requestTypes from "./requests.js";
import type { ResetTarget } from "./reset.js";
import type { Snapshot } from "./snapshots.js";

// In process, our own names are camelCase; Twilio's representations and fixtures keep Twilio's keys.
export type FaultSpec = InCamelCase<faultTypes.FaultSpec>;
export type FaultView = InCamelCase<faultTypes.FaultView>;
export type RequestFilter = InCamelCase<requestTypes.RequestFilter>;
export type RequestWait = InCamelCase<requestTypes.RequestWait>;
export type RequestView = InCamelCase<View>;
export type RequestDetail = InCamelCase<Detail>;
export type SnapshotView = InCamelCase<Snapshot>;
export type AccountSpec = InCamelCase<accountTypes.AccountSpec>;
export type AccountView = InCamelCase<accountTypes.AccountView>;
export type AccountDetail = InCamelCase<accountTypes.AccountDetail>;

export type NewCall = InCamelCase<callTypes.NewCallSpec>;
export type CallRecording = InCamelCase<callTypes.RecordingSpec>;
export type CallSettings = InCamelCase<callTypes.CallSettingsView>;
export type NewConference = InCamelCase<callTypes.NewConferenceSpec>;

/** The filters and the page of a list of calls, or of conferences. */
export type CallListQuery = InCamelCase<listTypes.CallQuery>;
export type ConferenceListQuery = InCamelCase<listTypes.ConferenceQuery>;
export type { HistoryFilter, HistoryView };

export type CallbackView = InCamelCase<callbackTypes.CallbackView>;
export type CallbackFilter = callbackTypes.CallbackFilter;
export type CallbackWait = callbackTypes.CallbackWait;
export type Redelivery = InCamelCase<callbackTypes.RedeliverySpec>;
export type NewCallback = callbackTypes.NewCallbackSpec;
export type CallbackFaultSpec = callbackTypes.CallbackFaultSpec;
export type CallbackFaultView = callbackTypes.CallbackFaultView;
export type Signed = InCamelCase<callbackTypes.Signed>;

/** A fixture of a recording to create. An omitted SID is random; an omitted account is the controlled one. */
export type NewRecording = Partial<RecordingFixture>;

/** The filters and the page of a list of recordings. */
export type RecordingListQuery = Omit<InCamelCase<RecordingQuery>, "from" | "until"> & {
  /** First and last date_created; strings may be durations before now, such as `-P10D`. */
  from?: Date | string;
  until?: Date | string;
};

/** Controls an emulator, or one of its accounts. Functions reject with a ControlError for input that is invalid or not found. */
export interface Controls {
  /** Resets rows, clock, faults, request log and random numbers to the seeded state, or empties the accounts. */
  reset(to?: ResetTarget): Promise<void>;
  clock: {
    read(): Promise<ClockView>;
    /** Sets the clock to a date. It runs on from there unless it is frozen. Forward, everything that is due happens on the way. */
    set(date: Date | string): Promise<ClockTurn>;
    /**
     * Advances the clock through everything that is due, in order and each at its own time.
     *
     * @param duration - ISO 8601, such as `P41D`.
     */
    advance(duration: string): Promise<ClockTurn>;
    /** Freezes the clock, now or at a date. */
    freeze(date?: Date | string): Promise<ClockTurn>;
    /** Unfreezes the clock. */
    unfreeze(): Promise<ClockTurn>;
    /** Returns to real time; an account's clock follows the emulator's again. */
    useRealTime(): Promise<ClockView>;
    /** Lists the timed events of the account that are due next. */
    events(): Promise<DueEvent[]>;
  };
  calls: {
    /**
     * Lists calls, newest first, with their recordings and their conference.
     *
     * @example
     * const { calls } = await emulator.calls.list({ status: "in-progress" });
     */
    list(query?: CallListQuery): Promise<CallList>;
    /** Returns a call, with its recordings and its conference. */
    get(sid: string): Promise<CallDetail>;
    /**
     * Places a call, or makes one in any status.
     *
     * @example
     * const { sid } = await emulator.calls.place({ status: "in-progress", script: { lasts: null } });
     * await emulator.calls.record(sid, { source: "RecordVerb", length: 8, transcription: { text: "Call me back." } });
     * await emulator.clock.advance("PT1M");
     */
    place(call?: NewCall): Promise<callTypes.CallView>;
    answer(sid: string): Promise<callTypes.CallView>;
    hangUp(sid: string): Promise<callTypes.CallView>;
    /** Lets a call ring, be answered or end. */
    move(sid: string, status: Exclude<callTypes.CallView["status"], "queued">): Promise<callTypes.CallView>;
    /** Records a call, as TwiML would. */
    record(sid: string, recording?: CallRecording): Promise<RecordingView>;
    /** Returns how the calls of the account go. */
    settings(): Promise<CallSettings>;
    /** Changes how the calls of the account go. */
    configure(changes: Partial<CallSettings>): Promise<CallSettings>;
  };
  conferences: {
    /** Lists conferences, newest first, with their participants and recordings. */
    list(query?: ConferenceListQuery): Promise<ConferenceList>;
    /** Returns a conference, with its participants and recordings. */
    get(sid: string): Promise<ConferenceDetail>;
    /** Opens a conference with calls in it. */
    open(conference?: NewConference): Promise<callTypes.ConferenceView>;
    /** Ends a conference and its calls. */
    end(sid: string): Promise<callTypes.ConferenceView>;
  };
  history: {
    /**
     * Lists what happened to calls, conferences and recordings, oldest first: also the TwiML that calls executed.
     *
     * @example
     * const { sid } = await emulator.calls.place({ twiml: "<Response><Say>Hello</Say></Response>" });
     * await emulator.clock.advance("PT1M");
     * const events = (await emulator.history.list({ sid })).map(({ event }) => event);
     */
    list(filter?: HistoryFilter): Promise<HistoryView[]>;
  };
  snapshots: {
    save(name: string): Promise<SnapshotView>;
    restore(name: string): Promise<void>;
    list(): Promise<SnapshotView[]>;
    remove(name: string): Promise<void>;
  };
  recordings: {
    /**
     * Lists recordings, newest first, soft-deleted ones included; without an account, those of the main account.
     *
     * @example
     * const { recordings } = await emulator.recordings.list({ status: "deleted", from: "-P10D" });
     */
    list(query?: RecordingListQuery): Promise<RecordingList>;
    /** Returns a recording, also a soft-deleted one, with its transcriptions and add-on results. */
    get(sid: string): Promise<RecordingWithResults>;
    /** Returns the waveform of a recording, also of a soft-deleted one: numbers from 0 to 1. */
    peaks(sid: string, query?: PeaksQuery): Promise<Peaks>;
    /** Pauses, resumes or stops a recording under way. */
    move(sid: string, status: "in-progress" | "paused" | "stopped"): Promise<RecordingDetail>;
    /** @param recording - a fixture; omitted values follow from the others. */
    create(recording?: NewRecording): Promise<RecordingView>;
    createMany(recordings: readonly NewRecording[]): Promise<RecordingView[]>;
    /** Changes any key of a fixture. */
    change(sid: string, changes: NewRecording): Promise<RecordingView>;
    /** Soft-deletes a recording, now, at a date, or a duration ago such as `-P10D`. */
    softDelete(sid: string, at?: Date | string): Promise<RecordingView>;
    /** Hard-deletes a recording and its add-on results. */
    hardDelete(sid: string): Promise<void>;
    /**
     * Generates recordings; returns the first 1,000.
     *
     * @param generation.signal - ends the generation, which then rejects with the signal's reason; recordings made so far remain.
     */
    generate(generation: Generation & { signal?: AbortSignal }): Promise<Generated>;
  };
  callbacks: {
    /** Lists the last callbacks, oldest first. */
    list(filter?: CallbackFilter): Promise<CallbackView[]>;
    /**
     * Waits for matching callbacks whose delivery is over; rejects after the timeout.
     *
     * @param wait.signal - ends the wait, which then rejects with the signal's reason.
     */
    waitFor(wait?: CallbackWait & { signal?: AbortSignal }): Promise<CallbackView[]>;
    /** Sends the callback of an event without the event. */
    send(callback: NewCallback): Promise<CallbackView>;
    /** Delivers a callback again, with its idempotency token or a new one, or wrongly signed. */
    redeliver(id: string, options?: Redelivery): Promise<CallbackView>;
    /** Holds callbacks back, until `release`. */
    pause(): Promise<void>;
    release(): Promise<void>;
    clear(): Promise<void>;
    /** Arms a fault of callbacks. */
    arm(fault: CallbackFaultSpec): Promise<CallbackFaultView>;
    faults(): Promise<CallbackFaultView[]>;
    clearFaults(): Promise<void>;
    /** Requests callback URLs elsewhere; without mappings, returns the present ones. */
    map(mappings?: Record<string, string>): Promise<Record<string, string>>;
    /** Computes Twilio's signature of a request, or checks one. */
    sign(request: callbackTypes.Signing): Promise<Signed>;
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
     * Waits for matching requests; rejects after the timeout.
     *
     * @param wait.signal - ends the wait, which then rejects with the signal's reason.
     */
    waitFor(wait?: RequestWait & { signal?: AbortSignal }): Promise<RequestView[]>;
    /** Returns a request of the log, with its headers, form and answer; credentials are masked. */
    get(number: number): Promise<RequestDetail>;
    /** Returns matching requests as an HTTP archive, HAR 1.2; credentials are masked. */
    har(filter?: RequestFilter): Promise<Har>;
    clear(): Promise<void>;
  };
  /** Exports everything as the content of a fixture file. */
  export(): Promise<FixtureSet>;
  /** Replaces everything by the content of a fixture file. */
  import(fixtures: Partial<FixtureSet>): Promise<void>;
}

type Call = <Query, Body, Answer>(
  operation: Operation<Query, Body, Answer>,
  input: Omit<Input<Query, Body>, "account" | "origin">,
) => Promise<Answer>;

/**
 * Returns the in-process functions of the operations.
 *
 * @param call - calls an operation for the account that is controlled.
 */
export function controlsOf(operations: Operations, call: Call, exportFixtures: () => Promise<FixtureSet>): Controls {
  const { reset, clock, calls, conferences, history, callbacks, snapshots, recordings, faults, requests, transfer } =
    operations;
  // Not instanceof, because test runners have their own Date.
  const text = (date: Date | string) => (typeof date === "string" ? date : date.toISOString());
  return {
    reset: (to) => call(reset.reset, { body: { ...(to !== undefined && { to }) } }),
    clock: {
      read: () => call(clock.read, {}),
      set: async (date) => call(clock.change, { body: { now: text(date) } }),
      advance: (duration) => call(clock.change, { body: { advance: duration } }),
      freeze: async (date) =>
        call(clock.change, { body: { ...(date !== undefined && { now: text(date) }), frozen: true } }),
      unfreeze: () => call(clock.change, { body: { frozen: false } }),
      useRealTime: () => call(clock.useRealTime, {}),
      events: async () => (await call(clock.events, {})).events,
    },
    calls: {
      list: (query = {}) => call(calls.list, { query: toSnakeCase<listTypes.CallQuery>(query) }),
      get: (key) => call(calls.get, { key }),
      place: (given = {}) => call(calls.place, { body: toSnakeCase<callTypes.NewCallSpec>(given) }),
      answer: (key) => call(calls.move, { key, body: { status: "in-progress" } }),
      hangUp: (key) => call(calls.move, { key, body: { status: "completed" } }),
      move: (key, status) => call(calls.move, { key, body: { status } }),
      record: (key, given = {}) => call(calls.record, { key, body: toSnakeCase<callTypes.RecordingSpec>(given) }),
      settings: async () => toCamelCase(await call(calls.settings, {})),
      configure: async (changes) =>
        toCamelCase(await call(calls.configure, { body: toSnakeCase<callTypes.CallSettingsChange>(changes) })),
    },
    conferences: {
      list: (query = {}) => call(conferences.list, { query: toSnakeCase<listTypes.ConferenceQuery>(query) }),
      get: (key) => call(conferences.get, { key }),
      open: (given = {}) => call(conferences.open, { body: toSnakeCase<callTypes.NewConferenceSpec>(given) }),
      end: (key) => call(conferences.end, { key }),
    },
    history: {
      list: async (filter = {}) => (await call(history.list, { query: filter })).entries,
    },
    snapshots: {
      save: async (key) => toCamelCase(await call(snapshots.save, { key })),
      restore: (key) => call(snapshots.restore, { key }),
      list: async () => toCamelCase((await call(snapshots.list, {})).snapshots),
      remove: (key) => call(snapshots.remove, { key }),
    },
    recordings: {
      list: async ({ from, until, ...query } = {}) =>
        call(recordings.list, {
          query: {
            ...toSnakeCase<Omit<RecordingQuery, "from" | "until">>(query),
            ...(from !== undefined && { from: text(from) }),
            ...(until !== undefined && { until: text(until) }),
          },
        }),
      get: (key) => call(recordings.get, { key }),
      peaks: (key, query = {}) => call(recordings.peaks, { key, query }),
      move: (key, status) => call(recordings.move, { key, body: { status } }),
      create: async (recording = {}) => {
        const [created] = await createMany([recording]);
        return created as RecordingView;
      },
      createMany,
      change: (key, body) => call(recordings.change, { key, body }),
      softDelete: async (key, at) =>
        call(recordings.change, {
          key,
          body: { status: "deleted", ...(at !== undefined && { date_deleted: text(at) }) },
        }),
      hardDelete: (key) => call(recordings.hardDelete, { key }),
      generate: async ({ signal, ...body } = {} as Generation & { signal?: AbortSignal }) =>
        call(recordings.generate, { body, signal: () => signal }),
    },
    callbacks: {
      list: async (filter = {}) => toCamelCase((await call(callbacks.list, { query: filter })).callbacks),
      waitFor: async ({ signal, ...query } = {}) =>
        toCamelCase((await call(callbacks.wait, { query, signal: () => signal })).callbacks),
      send: async (body) => toCamelCase(await call(callbacks.send, { body })),
      redeliver: async (key, options = {}) =>
        toCamelCase(await call(callbacks.redeliver, { key, body: toSnakeCase<callbackTypes.RedeliverySpec>(options) })),
      pause: () => call(callbacks.pause, {}),
      release: () => call(callbacks.release, {}),
      clear: () => call(callbacks.clear, {}),
      arm: async (body) => call(callbacks.armFault, { body }),
      faults: async () => (await call(callbacks.faults, {})).faults,
      clearFaults: () => call(callbacks.clearFaults, {}),
      map: (body) => (body === undefined ? call(callbacks.readMap, {}) : call(callbacks.map, { body })),
      sign: async (body) => toCamelCase(await call(callbacks.sign, { body })),
    },
    faults: {
      arm: async (fault) => toCamelCase(await call(faults.arm, { body: toSnakeCase<faultTypes.FaultSpec>(fault) })),
      list: async () => toCamelCase((await call(faults.list, {})).faults),
      clear: () => call(faults.clear, {}),
      remove: (key) => call(faults.remove, { key }),
    },
    requests: {
      list: async (filter = {}) =>
        toCamelCase((await call(requests.list, { query: toSnakeCase<requestTypes.RequestFilter>(filter) })).requests),
      waitFor: async ({ signal, ...wait } = {}) => {
        const query = toSnakeCase<requestTypes.RequestWait>(wait);
        return toCamelCase((await call(requests.wait, { query, signal: () => signal })).requests);
      },
      har: (filter = {}) => call(requests.har, { query: toSnakeCase<requestTypes.RequestFilter>(filter) }),
      get: async (number) => toCamelCase(await call(requests.get, { key: String(number) })),
      clear: () => call(requests.clear, {}),
    },
    export: exportFixtures,
    import: (fixtures) => call(transfer.import, { body: fixtures as never }),
  };

  async function createMany(given: readonly NewRecording[]): Promise<RecordingView[]> {
    const created = await call(recordings.create, { body: given.map((recording) => ({ ...recording })) });
    return (created as { recordings: RecordingView[] }).recordings;
  }
}
