import { createRequire } from "node:module";
import type { ConnectOptions } from "./client/connect.js";
import type { Config } from "./config/config.js";
import type { EmulatorHandle } from "./control/emulator-handle.js";
import { requireNode } from "./node-version.js";

export type { ConnectOptions } from "./client/connect.js";
export { ConnectionError } from "./client/connection-error.js";
export type { CallDetail, CallList, ConferenceDetail, ConferenceList } from "./control/call-list-schemas.js";
export type { CallView, ConferenceView } from "./control/call-schemas.js";
export type { ClockTurn, ClockView, DueEvent } from "./control/clock.js";
export { ControlError } from "./control/control-error.js";
export type { Account, EmulatorHandle, Health } from "./control/emulator-handle.js";
export type { Generated, Generation } from "./control/generation.js";
export type {
  AccountDetail,
  AccountSpec,
  AccountView,
  CallbackFaultSpec,
  CallbackFaultView,
  CallbackFilter,
  CallbackView,
  CallbackWait,
  CallListQuery,
  CallRecording,
  CallSettings,
  ConferenceListQuery,
  Controls,
  FaultSpec,
  FaultView,
  HistoryFilter,
  HistoryView,
  NewCall,
  NewCallback,
  NewConference,
  NewRecording,
  RecordingListQuery,
  Redelivery,
  RequestDetail,
  RequestFilter,
  RequestView,
  RequestWait,
  Signed,
  SnapshotView,
} from "./control/handle.js";
export type { Har } from "./control/har.js";
export type { Peaks, PeaksQuery } from "./control/recording-media.js";
export type {
  RecordingDetail,
  RecordingList,
  RecordingView,
  RecordingWithResults,
} from "./control/recording-schemas.js";
export type { ResetTarget } from "./control/reset.js";
export type { RecordingFixture } from "./resources/recordings/fixture.js";
export type { FixtureOf, FixtureSet } from "./resources/register.js";
export { StartupError } from "./state/startup-error.js";

/** The options of the command line, in camelCase. */
export interface EmulatorOptions {
  /** Address to listen on; default `127.0.0.1`. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Folder of the database; default `:memory:`. */
  data?: string;
  /** Folder of the fixtures; default: the emulator's own. */
  fixtures?: string;
  /** Seed the database again. */
  reset?: boolean;
  /** Number of recordings to generate when seeding. */
  generate?: number;
  /** Start of all random numbers; default 1. */
  randomSeed?: number;
  /** Days for which a soft-deleted recording's metadata remains; default 40. */
  retentionDays?: number;
  /** Keys of `encryption_details`; default `documented`. */
  encryptionDetails?: Config["encryptionDetails"];
  /** Status of a recording under way in fetch and list; default `documented`: `processing`. */
  liveStatus?: Config["liveStatus"];
  /** Let calls and recordings take no time. */
  instantCalls?: boolean;
  /** Scheme and host of the emulator in the URLs of callbacks; default: those of the request. */
  publicUrl?: string;
  /** Send callbacks to public hosts too. */
  publicCallbacks?: boolean;
  /** Callback URLs to request elsewhere: `https://app.example.com=http://localhost:3000`. */
  callbackMap?: readonly string[];
  /** Accept any certificate of the receivers of callbacks. */
  trustReceivers?: boolean;
  /** Serve media without credentials. */
  publicMedia?: boolean;
  /** Omit the CORS headers, which let any web page call the API. */
  noCors?: boolean;
  /** Accept any AccountSid with any token. */
  anyAccount?: boolean;
  /** Start of the clock, such as `2026-01-31` or `2026-01-31T12:00:00Z`; default: real time. */
  clock?: string;
  /** Requests that the request log keeps for each account; default 1000, 0 for none. */
  journal?: number;
  /** Keep answers in the request log, also while no inspector is open. */
  journalAnswers?: boolean;
  /** Bearer token that control calls over HTTP must send. */
  controlToken?: string;
  /** Host names that reach the control API; default `["host.docker.internal"]`. */
  controlHosts?: readonly string[];
  /** More names for certificates: domain names and IP addresses. */
  tlsNames?: readonly string[];
  /** PEM file of your own certificate authority; default: one that the emulator makes. */
  caCert?: string;
  /** PEM file of its private key. */
  caKey?: string;
  /** As a proxy, connect to hosts other than Twilio's API. */
  tunnelOthers?: boolean;
  /** Default `silent`. */
  logLevel?: Config["logLevel"] | "auto";
  /** Adds an account with these credentials to those of the fixtures. */
  account?: { sid: string; authToken: string };
  /** Called with each notice, one line; standard error if omitted. */
  notice?: (line: string) => void;
  /** Aborts the start. */
  signal?: AbortSignal;
}

/** An emulator in this process. */
export interface Emulator extends EmulatorHandle {
  port: number;
  /** Closes the emulator and its database after the answers under way. */
  close(): Promise<void>;
}

/**
 * Starts an emulator in this process; it is ready when the promise resolves. Several emulators are independent.
 *
 * On a Node.js that is too old, it ends the process with one line, because the database would crash it.
 *
 * @throws StartupError that lists every invalid option, or the errors of the database, the fixtures, the certificate authority
 * or the port; AbortError if the signal aborts the start.
 * @example
 * const emulator = await startEmulator({ clock: "2030-01-31", controlHosts: ["emulator.example"] });
 * await emulator.recordings.create();
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  requireNode();
  const [{ checkOptions }, { emulatorHandle }, { run }] = await Promise.all([
    import("./config/check.js"),
    import("./control/emulator-handle.js"),
    import("./emulator.js"),
  ]);
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  const { notice = (line) => process.stderr.write(`notice: ${line}\n`), signal, ...rest } = options;
  const { url, port, control, close } = await run(checkOptions(rest, version), { notice, signal });
  const { sid, authToken = "" } = control.mainAccount();
  const controlsFor = (account?: string) => control.for(account, url);
  const main = { url, accountSid: sid, authToken };
  return { ...emulatorHandle(control.operations, control.call, controlsFor, main), port, close };
}

/**
 * Connects to an emulator that runs elsewhere, such as in a container, and returns the same functions as `startEmulator`. They
 * reject with the same errors, and with a ConnectionError if no emulator answers.
 *
 * `authToken` is empty if the token was given at the emulator's start, because it may be real.
 *
 * @param url - scheme, host and port. For https, Node.js must trust the emulator's certificate authority: NODE_EXTRA_CA_CERTS.
 * @throws ConnectionError within 10 seconds if nothing answers, another program, an emulator that is older than this package,
 * or one that refuses the token; or if a value is invalid.
 * @example
 * const emulator = await connect("http://localhost:2010", { token: process.env.EMULATOR_CONTROL_TOKEN });
 * const account = await emulator.accounts.create();
 * await account.recordings.create({ duration: "61" });
 * await emulator.accounts.remove(account.accountSid);
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<EmulatorHandle> {
  const { connectTo } = await import("./client/connect.js");
  return connectTo(url, options);
}
