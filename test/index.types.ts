// Type tests of the library: checked by `tsc`, never run.
import { expectTypeOf } from "expect-type";
import type { GivenOptions } from "../src/config/options.js";
import {
  type Account,
  type AccountView,
  type CallbackFaultSpec,
  type CallbackFaultView,
  type CallbackFilter,
  type CallbackView,
  type CallbackWait,
  type CallDetail,
  type CallList,
  type CallListQuery,
  type CallRecording,
  type CallSettings,
  type CallView,
  type ClockTurn,
  type ClockView,
  type ConferenceDetail,
  type ConferenceList,
  type ConferenceView,
  type ControlError,
  type Controls,
  type DueEvent,
  type Emulator,
  type EmulatorOptions,
  type FaultSpec,
  type FaultView,
  type FixtureSet,
  type Har,
  type Health,
  type NewCall,
  type NewCallback,
  type NewConference,
  type Peaks,
  type PeaksQuery,
  type RecordingDetail,
  type RecordingView,
  type RecordingWithResults,
  type RequestDetail,
  type RequestView,
  type Signed,
  type SnapshotView,
  type StartupError,
  startEmulator,
} from "../src/index.js";

declare const emulator: Emulator;

expectTypeOf(startEmulator).parameters.toEqualTypeOf<[options?: EmulatorOptions]>();
expectTypeOf(startEmulator).returns.resolves.toEqualTypeOf<Emulator>();
expectTypeOf<Emulator>().toExtend<Controls>();
expectTypeOf(emulator.url).toBeString();
expectTypeOf(emulator.port).toBeNumber();
expectTypeOf(emulator.health).returns.resolves.toEqualTypeOf<Health>();
expectTypeOf(emulator.close).returns.resolves.toBeVoid();

// Options: optional, no unknown keys, no other types.
startEmulator({});
startEmulator({ port: 0, data: ":memory:", reset: true, clock: "2030-01-01", account: { sid: "AC", authToken: "" } });
startEmulator({ signal: AbortSignal.timeout(1), notice: (line) => expectTypeOf(line).toBeString() });
// @ts-expect-error
startEmulator({ ports: 1 });
// @ts-expect-error
startEmulator({ port: "1" });
// @ts-expect-error
startEmulator({ logLevel: "loud" });
expectTypeOf<EmulatorOptions["encryptionDetails"]>().toEqualTypeOf<"documented" | "2018" | undefined>();
expectTypeOf<Omit<EmulatorOptions, "account" | "notice" | "signal">>().toEqualTypeOf<GivenOptions>();

// Recordings have the keys and types of Twilio's JSON.
expectTypeOf(emulator.recordings.create).returns.resolves.toEqualTypeOf<RecordingView>();
expectTypeOf(emulator.recordings.createMany).returns.resolves.toEqualTypeOf<RecordingView[]>();
expectTypeOf(emulator.recordings.get).returns.resolves.toEqualTypeOf<RecordingWithResults>();
expectTypeOf(emulator.recordings.peaks).parameters.toEqualTypeOf<[sid: string, query?: PeaksQuery]>();
expectTypeOf(emulator.recordings.peaks).returns.resolves.toEqualTypeOf<Peaks>();
expectTypeOf<Peaks>().toEqualTypeOf<{ channels: number[][]; seconds: number }>();
expectTypeOf<PeaksQuery>().toEqualTypeOf<{ width?: number; channels?: 1 | 2 }>();
expectTypeOf(emulator.recordings.move).returns.resolves.toEqualTypeOf<RecordingDetail>();
expectTypeOf<RecordingWithResults>().toExtend<RecordingDetail>();
expectTypeOf<RecordingWithResults["has_key"]>().toEqualTypeOf<boolean | null>();
expectTypeOf<RecordingWithResults["transcriptions"][0]["transcription_text"]>().toEqualTypeOf<string | null>();
// @ts-expect-error
emulator.recordings.move("RE", "completed");
expectTypeOf(emulator.recordings.change).returns.resolves.toEqualTypeOf<RecordingView>();
expectTypeOf<RecordingView["sid"]>().toBeString();
expectTypeOf<RecordingView["duration"]>().toEqualTypeOf<string | null>();
expectTypeOf<RecordingView["channels"]>().toEqualTypeOf<number | null>();
emulator.recordings.create({ status: "in-progress", date_created: "-P1D" });
// @ts-expect-error
emulator.recordings.create({ status: "unknown" });
// @ts-expect-error
emulator.recordings.create({ duration: 61 });
// @ts-expect-error
emulator.recordings.generate({});

expectTypeOf(emulator.clock.advance).parameters.toEqualTypeOf<[duration: string]>();
expectTypeOf(emulator.clock.set).parameter(0).toEqualTypeOf<Date | string>();
expectTypeOf(emulator.clock.unfreeze).returns.resolves.toEqualTypeOf<ClockTurn>();
expectTypeOf(emulator.clock.useRealTime).returns.resolves.toEqualTypeOf<ClockView>();
expectTypeOf(emulator.clock.read).returns.resolves.toEqualTypeOf<ClockView>();

expectTypeOf(emulator.clock.events).returns.resolves.toEqualTypeOf<DueEvent[]>();
expectTypeOf<DueEvent>().toEqualTypeOf<{ due: string; kind: string; sid: string }>();
expectTypeOf<ClockTurn>().toExtend<ClockView>();
expectTypeOf<ClockTurn["events"]>().toBeNumber();

// Calls and conferences have the keys and types of Twilio's JSON; the emulator's own keys are in camelCase.
expectTypeOf(emulator.calls.list).parameters.toEqualTypeOf<[query?: CallListQuery]>();
expectTypeOf(emulator.calls.list).returns.resolves.toEqualTypeOf<CallList>();
expectTypeOf(emulator.calls.get).returns.resolves.toEqualTypeOf<CallDetail>();
expectTypeOf<CallDetail>().toExtend<CallView>();
expectTypeOf<CallDetail["conference_sid"]>().toEqualTypeOf<string | null>();
expectTypeOf<CallListQuery["conferenceSid"]>().toEqualTypeOf<string | undefined>();
expectTypeOf(emulator.conferences.list).returns.resolves.toEqualTypeOf<ConferenceList>();
expectTypeOf(emulator.conferences.get).returns.resolves.toEqualTypeOf<ConferenceDetail>();
expectTypeOf<ConferenceDetail["participants"][0]["muted"]>().toBeBoolean();
expectTypeOf(emulator.calls.place).parameters.toEqualTypeOf<[call?: NewCall]>();
expectTypeOf(emulator.calls.place).returns.resolves.toEqualTypeOf<CallView>();
expectTypeOf(emulator.calls.answer).parameters.toEqualTypeOf<[sid: string]>();
expectTypeOf(emulator.calls.hangUp).returns.resolves.toEqualTypeOf<CallView>();
expectTypeOf(emulator.calls.move).parameter(1).toEqualTypeOf<Exclude<CallView["status"], "queued">>();
expectTypeOf(emulator.calls.record).parameters.toEqualTypeOf<[sid: string, recording?: CallRecording]>();
expectTypeOf(emulator.calls.record).returns.resolves.toEqualTypeOf<RecordingView>();
expectTypeOf(emulator.calls.settings).returns.resolves.toEqualTypeOf<CallSettings>();
expectTypeOf(emulator.calls.configure).parameters.toEqualTypeOf<[changes: Partial<CallSettings>]>();
expectTypeOf<CallView["duration"]>().toEqualTypeOf<string | null>();
expectTypeOf<CallView["parent_call_sid"]>().toEqualTypeOf<string | null>();
expectTypeOf<CallView["annotation"]>().toBeNull();
expectTypeOf<CallView["subresource_uris"]["user_defined_messages"]>().toBeString();
expectTypeOf<CallSettings["lasts"]>().toEqualTypeOf<number | null>();
expectTypeOf<CallSettings["fromNumbers"]>().toEqualTypeOf<string[] | null>();
expectTypeOf<CallSettings["recordingKey"]>().toEqualTypeOf<string | null>();
emulator.calls.place({
  status: "in-progress",
  parentCallSid: "CA",
  script: { lasts: null, outcome: "no-answer" },
  recording: { source: "DialVerb", channels: 2, track: "both", transcription: { fails: true } },
  conference: { friendlyName: "Room", endConferenceOnExit: true },
});
emulator.calls.record("CA", { transcription: true });
// @ts-expect-error
emulator.calls.place({ status: "initiated" });
// @ts-expect-error
emulator.calls.place({ script: { recordingKey: "CR" } });
// @ts-expect-error
emulator.calls.place({ conference: { label: "Jo" } });
// @ts-expect-error
emulator.calls.place({ parent_call_sid: "CA" });
// @ts-expect-error
emulator.calls.move("CA", "queued");
// @ts-expect-error
emulator.calls.record("CA", { source: "StartConferenceRecordingAPI" });
// @ts-expect-error
emulator.calls.record("CA", { channels: 3 });
// @ts-expect-error
emulator.calls.configure({ lasts: "10" });

expectTypeOf(emulator.conferences.open).parameters.toEqualTypeOf<[conference?: NewConference]>();
expectTypeOf(emulator.conferences.open).returns.resolves.toEqualTypeOf<ConferenceView>();
expectTypeOf(emulator.conferences.end).parameters.toEqualTypeOf<[sid: string]>();
expectTypeOf<ConferenceView["call_sids"]>().toEqualTypeOf<string[]>();
expectTypeOf<ConferenceView["status"]>().toEqualTypeOf<"init" | "in-progress" | "completed">();
emulator.conferences.open({ friendlyName: "Room", participants: 3, recording: true, script: { processedFor: 0 } });
// @ts-expect-error
emulator.conferences.open({ friendly_name: "Room" });

expectTypeOf(emulator.faults.arm).parameters.toEqualTypeOf<[fault: FaultSpec]>();
expectTypeOf(emulator.faults.list).returns.resolves.toEqualTypeOf<FaultView[]>();
emulator.faults.arm({ error: 20429, retryAfter: 1 });
emulator.faults.arm({ error: { code: 20001, status: 400, message: "" }, delay: [1, 2] });
// @ts-expect-error
emulator.faults.arm({ errr: 20500 });
// @ts-expect-error
emulator.faults.arm({ drop: "after" });

expectTypeOf(emulator.requests.list).returns.resolves.toEqualTypeOf<RequestView[]>();
expectTypeOf(emulator.requests.get).returns.resolves.toEqualTypeOf<RequestDetail>();
expectTypeOf(emulator.requests.har).returns.resolves.toEqualTypeOf<Har>();
expectTypeOf(emulator.requests.waitFor).returns.resolves.toEqualTypeOf<RequestView[]>();
expectTypeOf<RequestView["userAgent"]>().toEqualTypeOf<string | null>();
expectTypeOf<SnapshotView["savedAt"]>().toBeString();
expectTypeOf<Health["counts"]["addOnResults"]>().toBeNumber();
expectTypeOf<RequestView["operation"]>().toEqualTypeOf<string | null>();
// @ts-expect-error
emulator.requests.list({ statuss: 200 });

expectTypeOf(emulator.reset).parameters.toEqualTypeOf<[to?: "seeded" | "empty"]>();
expectTypeOf(emulator.snapshots.list).returns.resolves.toEqualTypeOf<SnapshotView[]>();
expectTypeOf(emulator.export).returns.resolves.toEqualTypeOf<FixtureSet>();
expectTypeOf(emulator.import).parameter(0).toEqualTypeOf<Partial<FixtureSet>>();

expectTypeOf(emulator.accounts.get).returns.resolves.toHaveProperty("authToken").toEqualTypeOf<string | null>();

// `account()` and `Account` have the controls of one account.
expectTypeOf(emulator.account).returns.toEqualTypeOf<Controls>();
expectTypeOf(emulator.accounts.create).returns.resolves.toEqualTypeOf<Account>();
expectTypeOf(emulator.accounts.list).returns.resolves.toEqualTypeOf<AccountView[]>();
expectTypeOf<Account>().toExtend<Controls>();
expectTypeOf<Account["ownerAccountSid"]>().toEqualTypeOf<string | null>();

expectTypeOf<ControlError>().toExtend<Error>();
expectTypeOf<ControlError["statusCode"]>().toBeNumber();
expectTypeOf<StartupError>().toExtend<Error>();

const { callbacks } = emulator;
expectTypeOf<ClockTurn["callbacks"]>().toEqualTypeOf<Record<"delivered" | "failed" | "refused" | "dropped", number>>();
expectTypeOf(callbacks.list).parameters.toEqualTypeOf<[filter?: CallbackFilter]>();
expectTypeOf(callbacks.list).returns.resolves.toEqualTypeOf<CallbackView[]>();
expectTypeOf<CallbackView["idempotencyToken"]>().toBeString();
expectTypeOf<CallbackView["state"]>().toEqualTypeOf<"pending" | "delivered" | "failed" | "refused" | "dropped">();
expectTypeOf<CallbackView["attempts"][0]["debuggerCode"]>().toEqualTypeOf<number | null>();
expectTypeOf(callbacks.waitFor).parameters.toEqualTypeOf<[wait?: CallbackWait & { signal?: AbortSignal }]>();
expectTypeOf(callbacks.waitFor).returns.resolves.toEqualTypeOf<CallbackView[]>();
expectTypeOf(callbacks.send).parameters.toEqualTypeOf<[callback: NewCallback]>();
expectTypeOf(callbacks.send).returns.resolves.toEqualTypeOf<CallbackView>();
expectTypeOf(callbacks.redeliver).parameters.toEqualTypeOf<
  [id: string, options?: { newToken?: boolean; badSignature?: boolean }]
>();
expectTypeOf(callbacks.pause).returns.resolves.toBeVoid();
expectTypeOf(callbacks.release).returns.resolves.toBeVoid();
expectTypeOf(callbacks.clear).returns.resolves.toBeVoid();
expectTypeOf(callbacks.arm).parameters.toEqualTypeOf<[fault: CallbackFaultSpec]>();
expectTypeOf(callbacks.arm).returns.resolves.toEqualTypeOf<CallbackFaultView>();
expectTypeOf(callbacks.faults).returns.resolves.toEqualTypeOf<CallbackFaultView[]>();
expectTypeOf(callbacks.clearFaults).returns.resolves.toBeVoid();
expectTypeOf(callbacks.map).parameters.toEqualTypeOf<[mappings?: Record<string, string>]>();
expectTypeOf(callbacks.map).returns.resolves.toEqualTypeOf<Record<string, string>>();
expectTypeOf(callbacks.sign).returns.resolves.toEqualTypeOf<Signed>();
expectTypeOf<Signed["signedText"]>().toBeString();
startEmulator({ publicUrl: "https://twilio.test", publicCallbacks: true, callbackMap: [], trustReceivers: true });
callbacks.send({ event: "recording.completed", sid: "RE", url: "http://127.0.0.1" });
// @ts-expect-error: unknown event
callbacks.send({ event: "recording.paused", sid: "RE", url: "http://127.0.0.1" });
// @ts-expect-error: a callback needs a URL
callbacks.send({ event: "recording.completed", sid: "RE" });
// @ts-expect-error: unknown fault
callbacks.arm({ fault: "lose" });
// @ts-expect-error: in process, names are camelCase
callbacks.redeliver("CB", { new_token: true });
// @ts-expect-error: unknown state
callbacks.list({ state: "sent" });
