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
export type { RecordingFixture } from "./seeding/complete.js";
export type { AddOnResultFixture, PayloadFixture, TranscriptionFixture } from "./seeding/complete-dependants.js";
export type { FixtureSet } from "./seeding/write.js";
export { StartupError } from "./state/startup-error.js";

/** How to start an emulator: the options of the command line, all of which may be left out. */
export interface EmulatorOptions {
  /** Address to listen on; 127.0.0.1 if left out. */
  host?: string;
  /** Any free one if left out. */
  port?: number;
  /** Folder of the database; in memory if left out. */
  data?: string;
  /** Folder of the fixtures; the emulator's own if left out. */
  fixtures?: string;
  /** Seed the database again. */
  reset?: boolean;
  /** How many recordings to generate when seeding. */
  generate?: number;
  /** Where all random numbers start; 1 if left out. */
  randomSeed?: number;
  /** How long a deleted recording's metadata stays; 40 if left out. */
  retentionDays?: number;
  encryptionDetails?: Config["encryptionDetails"];
  /** Let media be downloaded without credentials. */
  publicMedia?: boolean;
  /** Leave out the CORS headers, which let any web page call the API. */
  noCors?: boolean;
  /** Let any AccountSid in with any token. */
  anyAccount?: boolean;
  /** When the clock starts: a date, with a time and a zone or without. */
  clock?: string;
  /** Requests of each account that the journal keeps; 1000 if left out, 0 for none. */
  journal?: number;
  /** What control calls over HTTP must carry as a bearer token. */
  controlToken?: string;
  /** Names by which the control API may be reached, with commas. */
  controlHosts?: string;
  /** Names in certificates, beside Twilio's and this machine's, with commas. */
  tlsNames?: string;
  /** Where a certificate authority of your own lies, PEM files; one is made if left out. */
  caCert?: string;
  caKey?: string;
  /** Let CONNECT through to hosts that are not Twilio's. */
  tunnelOthers?: boolean;
  /** `silent` if left out. */
  logLevel?: Config["logLevel"];
  /** An account with these credentials, beside those of the fixtures. */
  account?: { sid: string; authToken: string };
  /** Is told, a line each, what the user should know; standard error if left out. */
  notice?: (line: string) => void;
  /** Ends the start early. */
  signal?: AbortSignal;
}

/** An emulator in this process. Its own functions are for all accounts, those of `account(…)` for one. */
export interface Emulator extends Controls {
  /** Where it listens: `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** The main account, and its token. */
  accountSid: string;
  authToken: string;
  accounts: {
    /**
     * Creates an isolated account, with what steers it alone.
     *
     * @throws ControlError for what is faulty, or a SID that there is already.
     */
    create(spec?: AccountSpec): Promise<Account>;
    list(): Promise<AccountView[]>;
    /** @throws ControlError if there is none. */
    remove(sid: string): Promise<void>;
  };
  /**
   * What steers one account alone: its rows, clock, faults, journal and snapshots.
   *
   * @param sid - of an account; whether there is one, its functions tell.
   */
  account(sid: string): Controls;
  health(): Promise<Health>;
  /** Ends after the answers under way; the database is closed then. */
  close(): Promise<void>;
}

/** A created account: its credentials, and what steers it alone. */
export interface Account extends Controls {
  accountSid: string;
  authToken: string;
  friendlyName: string;
  ownerAccountSid: string | null;
  /** The SID of an API key, and its secret. */
  apiKey: string;
  apiSecret: string;
}

/**
 * Starts an emulator in this process; it is ready when the promise resolves. Any number of them do not disturb each other.
 *
 * @throws StartupError that lists every faulty option, or what is wrong with the database, the fixtures, the certificate
 * authority or the port;
 * AbortError if the signal ends the start.
 *
 * On a version of Node.js that is too old, it ends the process with one line: the database would crash it.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  requireNode();
  const [{ readConfig }, { controlsOf }, { run }] = await Promise.all([
    import("./config/config.js"),
    import("./control/handle.js"),
    import("./emulator.js"),
  ]);
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  const { notice = (line) => process.stderr.write(`notice: ${line}\n`), signal, account, ...rest } = options;
  const credentials = account && { TWILIO_ACCOUNT_SID: account.sid, TWILIO_AUTH_TOKEN: account.authToken };
  const { config, notices } = readConfig({ ...credentials }, flagsOf(rest), false, version);
  notices.forEach(notice);
  const { url, port, control, close } = await run(config, { notice, signal });
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

/** The flags of the command line that say the same: they are checked, and refused, in one place. */
function flagsOf(options: Omit<EmulatorOptions, "notice" | "signal" | "account">): string[] {
  const { port = 0, data = ":memory:", logLevel = "silent", ...rest } = options;
  return Object.entries({ port, data, logLevel, ...rest }).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return [value === true ? flag : `${flag}=${value}`];
  });
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
