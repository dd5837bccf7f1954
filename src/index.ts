import { createRequire } from "node:module";
import type { Config } from "./config/config.js";
import type { AccountSpec, AccountView, CreatedAccount } from "./control/accounts.js";
import type { Health } from "./control/control.js";
import type { Controls } from "./control/handle.js";
import { requireNode } from "./node-version.js";

export type { AccountSpec, AccountView, CreatedAccount } from "./control/accounts.js";
export type { ClockView } from "./control/clock.js";
export type { Health } from "./control/control.js";
export { ControlError } from "./control/control-error.js";
export type { FaultSpec, FaultView } from "./control/faults.js";
export type { Controls, RecordingListQuery } from "./control/handle.js";
export type { Generation, RecordingDetail, RecordingList, RecordingView } from "./control/recordings.js";
export type { RequestFilter, RequestView, RequestWait } from "./control/requests.js";
export type { ResetTarget } from "./control/reset.js";
export type { SnapshotView } from "./control/snapshots.js";
export type { RecordingFixture } from "./resources/recordings/fixture.js";
export type { FixtureOf, FixtureSet } from "./resources/register.js";
export { StartupError } from "./state/startup-error.js";

/** How to start an emulator: the options of the command line, in camelCase. */
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
  /** Called with each line for the user; default: writes it to standard error. */
  notice?: (line: string) => void;
  /** Aborts the start. */
  signal?: AbortSignal;
}

/** An emulator in this process. Its functions act on all accounts, those of `account(…)` on one. */
export interface Emulator extends Controls {
  /** `http://127.0.0.1:41234` */
  url: string;
  port: number;
  /** The main account and its token. */
  accountSid: string;
  authToken: string;
  accounts: {
    /**
     * Creates an isolated account.
     *
     * @throws ControlError if the spec is faulty or the SID exists already.
     */
    create(spec?: AccountSpec): Promise<Account>;
    list(): Promise<AccountView[]>;
    /** @throws ControlError if the account does not exist. */
    remove(sid: string): Promise<void>;
  };
  /**
   * Controls one account: its rows, clock, faults, request log and snapshots.
   *
   * @param sid - if the account does not exist, the functions throw a ControlError.
   */
  account(sid: string): Controls;
  health(): Promise<Health>;
  /** Finishes requests in progress, then closes the database. */
  close(): Promise<void>;
}

/** A created account: its credentials and controls. */
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
 * @throws StartupError that lists every faulty option, or the errors of the database, the fixtures, the certificate authority
 * or the port; AbortError if the signal aborts the start.
 * @example
 * const emulator = await startEmulator({ clock: "2030-01-31", controlHosts: ["emulator.example"] });
 * await emulator.recordings.create();
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  requireNode();
  const [{ checkOptions }, { controlsOf }, { run }] = await Promise.all([
    import("./config/check.js"),
    import("./control/handle.js"),
    import("./emulator.js"),
  ]);
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  const { notice = (line) => process.stderr.write(`notice: ${line}\n`), signal, ...rest } = options;
  const { url, port, control, close } = await run(checkOptions(rest, version), { notice, signal });
  const { sid, authToken = "" } = control.mainAccount();
  return {
    ...controlsOf(control, undefined, url),
    url,
    port,
    accountSid: sid,
    authToken,
    accounts: {
      create: async (spec) => {
        const created = await control.accounts.create(spec);
        return accountOf(created, controlsOf(control, created.sid, url));
      },
      list: async () => control.accounts.list(),
      remove: async (account) => control.accounts.remove(account),
    },
    account: (accountSid) => controlsOf(control, accountSid, url),
    health: async () => control.health(),
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
