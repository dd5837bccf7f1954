import type { CreatedAccount, AccountSpec as CreationSpec } from "./accounts.js";
import { type InCamelCase, toCamelCase, toSnakeCase } from "./camel-case.js";
import type { Operations } from "./capabilities.js";
import type { AccountDetail, AccountSpec, AccountView, CallOperation, Controls } from "./handle.js";
import type { HealthView } from "./health.js";

/** The health of an emulator. */
export type Health = InCamelCase<HealthView>;

/** An emulator, in this process or at an address. Its own functions control all accounts, those of `account(…)` one. */
export interface EmulatorHandle extends Controls {
  /** Its base URL: `http://127.0.0.1:41234`. */
  url: string;
  /** The main account. */
  accountSid: string;
  /** The token of the main account; empty if it is not known. */
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
 * Returns the functions of an emulator.
 *
 * @param call - calls an operation that is about no account in particular.
 * @param controlsFor - returns the functions of one account, or of all.
 */
export function emulatorHandle(
  { accounts, health }: Operations,
  call: CallOperation,
  controlsFor: (account?: string) => Controls,
  address: Pick<EmulatorHandle, "url" | "accountSid" | "authToken">,
): EmulatorHandle {
  return {
    ...controlsFor(),
    ...address,
    accounts: {
      create: async (spec) => {
        const created = await call(accounts.create, { body: toSnakeCase<CreationSpec>(spec ?? {}) });
        return accountOf(created, controlsFor(created.sid));
      },
      list: async () => toCamelCase((await call(accounts.list, {})).accounts),
      get: async (key) => toCamelCase(await call(accounts.get, { key })),
      remove: (key) => call(accounts.remove, { key }),
    },
    account: controlsFor,
    health: async () => toCamelCase(await call(health.health, {})),
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
