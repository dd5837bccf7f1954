import { eachResource, loadFixtureFunctions, type ResourceRows, type Rows } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import type { Fixtures } from "../seeding/read.js";
import { addRows } from "../seeding/seed-database.js";
import { snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import type { ListedRow } from "../state/table.js";
import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import { controlErrorOf } from "./fixture-input.js";
import type { Replacement } from "./replacement.js";
import type { Scope } from "./scope.js";

/** An account to create; what is left out is made up. */
export interface AccountSpec {
  sid?: string;
  auth_token?: string;
  friendly_name?: string;
  /** Makes it a subaccount of this one. */
  owner_account_sid?: string;
  /** Whether it gets copies of the recordings that the fixtures give to the main account. Left out: default. */
  recordings?: "default" | "none";
}

/** A created account, with all that a client needs. */
export interface CreatedAccount {
  sid: string;
  auth_token: string;
  friendly_name: string;
  owner_account_sid: string | null;
  /** An API key of it. */
  keys: { sid: string; secret: string }[];
}

/** An account, without its secrets. */
export interface AccountView {
  sid: string;
  friendly_name: string;
  owner_account_sid: string | null;
}

const secret = (description: string) =>
  ({ type: "string", pattern: "^[^\\u0000-\\u001f\\u007f]+$", description }) as const;
const accountSid = { type: "string", pattern: "^AC[0-9a-f]{32}$" } as const;

export const ACCOUNT_SPEC = {
  type: "object",
  description: "An object; all keys may be left out.",
  additionalProperties: false,
  properties: {
    sid: { ...accountSid, description: "AC and 32 lower-case hexadecimal digits. Left out: made up." },
    auth_token: secret("A text without control characters. Left out: made up."),
    friendly_name: { type: "string", description: "A text. Left out: the SID." },
    owner_account_sid: { ...accountSid, description: "The SID of the account that this is to be a subaccount of." },
    recordings: { enum: ["default", "none"], description: "default, for the fixtures' recordings; or none." },
  },
} as const;

export type AccountControl = ReturnType<typeof accountControl>;

/** Accounts for tests of their own: what happens to one leaves all others alone. */
export function accountControl(
  state: State,
  rules: Rules,
  folder: FixtureFolder,
  scope: Scope,
  replacement: Replacement,
) {
  const { database, changes, clock, random } = state;
  const { accounts } = rules;
  const snapshots = snapshotStore(database);

  const create = database.transaction(
    (
      { keys, ...account }: Omit<CreatedAccount, "auth_token"> & { auth_token: string | null },
      fixtures: Fixtures | undefined,
    ) => {
      const now = clock.now();
      accounts.add(
        [{ ...account, date_created: now, date_updated: now }],
        keys.map((key) => ({ ...key, account_sid: account.sid })),
      );
      if (fixtures !== undefined) addRows(database, accounts, copyFor(account.sid, fixtures));
      changes.adopt(account.sid);
    },
  );

  const remove = database.transaction((sid: string): string[] => {
    const all = [...accounts.subaccountsOf(sid), sid];
    for (const account of all) {
      changes.remove(account);
      snapshots.clear(account);
    }
    return all;
  });

  /** What the fixtures give to the main account, dates counted from now. */
  async function defaults(): Promise<Fixtures> {
    const { readFixtures } = await import("../seeding/read.js");
    const functions = await loadFixtureFunctions();
    try {
      return readFixtures(folder, clock.now(), accounts.givenSid, functions);
    } catch (error) {
      throw controlErrorOf(error, 409, "\n");
    }
  }

  function free(prefix: string, isTaken: (sid: string) => boolean): string {
    return random.free((random) => prefix + random.hex(32), isTaken);
  }

  return {
    /**
     * Creates an account, as isolated as with Twilio, with an API key.
     *
     * @throws ControlError 400 for what is faulty, 409 if there is one with this SID.
     */
    async create(given: AccountSpec = {}): Promise<CreatedAccount> {
      const spec = await check<AccountSpec>(ACCOUNT_SPEC, given);
      const { recordings = "default", owner_account_sid = null } = spec;
      const fixtures = recordings === "default" ? await defaults() : undefined;
      const isTaken = (sid: string) => accounts.find(sid) !== undefined;
      const sid = spec.sid ?? free("AC", isTaken);
      if (isTaken(sid)) throw new ControlError(409, `there is an account ${sid} already`);
      if (owner_account_sid !== null && accounts.find(owner_account_sid)?.owner_account_sid !== null) {
        const expected = "the SID of an account that is no subaccount";
        throw new ControlError(400, `owner_account_sid is "${owner_account_sid}"; expected: ${expected}`);
      }
      const account = {
        sid,
        auth_token: spec.auth_token ?? random.of().hex(32),
        friendly_name: spec.friendly_name ?? sid,
        owner_account_sid,
        keys: [{ sid: free("SK", (key) => accounts.findKey(key) !== undefined), secret: random.of().hex(32) }],
      };
      create(account, fixtures);
      return account;
    },

    /**
     * From now on, any AccountSid is let in with any token; what is not there is created with the default recordings.
     *
     * @throws ControlError 409 if the fixtures are faulty.
     */
    async admitAny(): Promise<void> {
      // Credentials are checked without waiting, so what that takes is loaded now.
      await defaults();
      const { readFixtures } = await import("../seeding/read.js");
      const functions = await loadFixtureFunctions();
      accounts.admitAnyAccount((sid) => {
        const account = { sid, auth_token: null, friendly_name: sid, owner_account_sid: null, keys: [] };
        create(account, readFixtures(folder, clock.now(), accounts.givenSid, functions));
      });
    },

    list: (): AccountView[] =>
      accounts.list().map(({ sid, friendly_name, owner_account_sid }) => ({ sid, friendly_name, owner_account_sid })),

    /**
     * Removes an account with all that it has: resources, subaccounts, snapshots, clock, faults, journal.
     *
     * @throws ControlError 404 if there is none, 409 for the one whose credentials were given at start.
     */
    remove(account: string): void {
      const sid = scope.one(account);
      if (sid === accounts.givenSid)
        throw new ControlError(409, `the credentials of ${sid} were given at start: it stays`);
      for (const one of remove(sid)) {
        replacement.end(one, "the removal of its account");
        replacement.forget(one);
      }
    },
  };
}

/** Returns copies of the main account's rows for another account. */
function copyFor(account_sid: string, fixtures: Fixtures): Rows {
  const copies = eachResource((name) =>
    (fixtures[name] as readonly ListedRow[])
      .filter((row) => row.account_sid === fixtures.mainAccountSid)
      .map((row) => ({ ...row, account_sid })),
  );
  return { accounts: [], keys: [], ...(copies as unknown as ResourceRows) };
}
