import { createRequire } from "node:module";
import type { Config } from "./config/config.js";
import type { CreatedAccount, AccountSpec as CreationSpec } from "./control/accounts.js";
import type { InCamelCase } from "./control/camel-case.js";
import type { AccountDetail, AccountSpec, AccountView, Controls } from "./control/handle.js";
import type { HealthView } from "./control/health.js";
import { requireNode } from "./node-version.js";

export type { CallDetail, CallList, ConferenceDetail, ConferenceList } from "./control/call-list-schemas.js";
export type { CallView, ConferenceView } from "./control/call-schemas.js";
export type { ClockTurn, ClockView, DueEvent } from "./control/clock.js";
export { ControlError } from "./control/control-error.js";
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

/** The health of an emulator. */
export type Health = InCamelCase<HealthView>;

/** An emulator in this process. Its own functions control all accounts, those of `account(…)` one. */
export interface Emulator extends Controls {
  /** Its base URL: `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** The main account and its token. */
  accountSid: string;
  authToken: string;
  accounts: {
    /**
     * Creates an isolated account.
     *
     * @throws ControlError for invalid values, or a SID that is taken.
     */
    create(spec?: AccountSpec): Promise<Account>;
    list(): Promise<AccountView[]>;
    /**
     * Returns an account with its API keys, and its auth token unless that was given at start.
     *
     * @throws ControlError if the account does not exist.
     */
    get(sid: string): Promise<AccountDetail>;
    /** @throws ControlError if the account does not exist. */
    remove(sid: string): Promise<void>;
  };
  /**
   * Controls one account: its rows, clock, faults, request log and snapshots.
   *
   * @param sid - the SID of an account. The functions reject if there is no such account.
   */
  account(sid: string): Controls;
  health(): Promise<Health>;
  /** Closes the emulator and its database after the answers under way. */
  close(): Promise<void>;
}

/** A created account: its credentials, and its controls. */
export interface Account extends Controls {
  accountSid: string;
  authToken: string;
  friendlyName: string;
  ownerAccountSid: string | null;
  /** The SID of an API key and its secret. */
  apiKey: string;
  apiSecret: string;
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
  const [{ checkOptions }, { toCamelCase, toSnakeCase }, { run }] = await Promise.all([
    import("./config/check.js"),
    import("./control/camel-case.js"),
    import("./emulator.js"),
  ]);
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  const { notice = (line) => process.stderr.write(`notice: ${line}\n`), signal, ...rest } = options;
  const { url, port, control, close } = await run(checkOptions(rest, version), { notice, signal });
  const { sid, authToken = "" } = control.mainAccount();
  const { accounts } = control.operations;
  return {
    ...control.for(undefined, url),
    url,
    port,
    accountSid: sid,
    authToken,
    accounts: {
      create: async (spec) => {
        const body = toSnakeCase<CreationSpec>(spec ?? {});
        const created = await control.call(accounts.create, { body });
        return accountOf(created, control.for(created.sid, url));
      },
      list: async () => toCamelCase((await control.call(accounts.list, {})).accounts),
      get: async (key) => toCamelCase(await control.call(accounts.get, { key })),
      remove: (key) => control.call(accounts.remove, { key }),
    },
    account: (accountSid) => control.for(accountSid, url),
    health: async () => toCamelCase(control.health()),
    close,
  };
}

function accountOf(created: CreatedAccount, controls: Controls): Account {
  const [key] = created.keys as [CreatedAccount["keys"][0]];
  return {
    ...controls,
    accountSid: created.sid,
    authToken: created.auth_token,
    friendlyName: created.friendly_name,
    ownerAccountSid: created.owner_account_sid,
    apiKey: key.sid,
    apiSecret: key.secret,
  };
}
