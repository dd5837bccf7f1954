import type { AccountRow } from "../resources/accounts/table.js";
import { eachResource, loadFixtureFunctions, type ResourceRows, type Rows } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { FixtureFolder } from "../seeding/folder.js";
import type { Fixtures } from "../seeding/read.js";
import { addRows } from "../seeding/seed-database.js";
import { snapshotStore } from "../state/snapshot-store.js";
import type { State } from "../state/state.js";
import type { ListedRow } from "../state/table.js";
import { ControlError, unexpected } from "./control-error.js";
import { controlErrorOf } from "./fixture-input.js";
import { operation } from "./operation.js";
import type { Replacement } from "./replacement.js";
import { objectWith, type TypeOf } from "./schema-type.js";
import type { Scope } from "./scope.js";

const secret = (description: string) =>
  ({ type: "string", pattern: "^[^\\u0000-\\u001f\\u007f]+$", description }) as const;
const accountSid = { type: "string", pattern: "^AC[0-9a-f]{32}$" } as const;

const SPEC = {
  type: "object",
  description: "An object; all keys may be omitted.",
  additionalProperties: false,
  properties: {
    sid: { ...accountSid, description: "AC and 32 lower-case hexadecimal digits. Omitted: random." },
    auth_token: secret("A text without control characters. Omitted: random."),
    friendly_name: { type: "string", description: "A text. Omitted: the SID." },
    owner_account_sid: { ...accountSid, description: "The SID of the parent, which makes the account a subaccount." },
    recordings: { enum: ["default", "none"], description: "default: copies of the main account's fixtures; or none." },
  },
} as const;

export type AccountSpec = TypeOf<typeof SPEC>;

const ACCOUNT = objectWith({
  sid: { type: "string" },
  friendly_name: { type: "string" },
  owner_account_sid: { type: ["string", "null"], description: "The parent of a subaccount." },
});
const ACCOUNTS = objectWith({ accounts: { type: "array", items: ACCOUNT } });
const KEYS = {
  type: "array",
  description: "API keys.",
  items: objectWith({ sid: { type: "string" }, secret: { type: "string" } }),
} as const;
const CREATED = objectWith({ ...ACCOUNT.properties, auth_token: { type: "string" }, keys: KEYS });
const DETAIL = objectWith({
  ...ACCOUNT.properties,
  auth_token: {
    type: ["string", "null"],
    description: "Null if it was given at start, because it may be real, or if any is accepted.",
  },
  keys: KEYS,
});

export type AccountView = TypeOf<typeof ACCOUNT>;
export type AccountDetail = TypeOf<typeof DETAIL>;
export type CreatedAccount = TypeOf<typeof CREATED>;

/** Isolated accounts, one for each test. */
export function accountCapability(
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

  /** Reads the fixtures, with durations that count from now. */
  async function defaults(): Promise<Fixtures> {
    const { readFixtures } = await import("../seeding/read.js");
    const functions = await loadFixtureFunctions();
    try {
      return readFixtures(folder, clock.now(), accounts.givenSid, functions);
    } catch (error) {
      throw controlErrorOf(error, 409, "\n");
    }
  }

  return {
    /**
     * Authenticates any AccountSid with any token from now on, and creates the account on its first request.
     *
     * @throws ControlError 409 if the fixtures are faulty.
     */
    async admitAny(): Promise<void> {
      // Authentication is synchronous, so load the fixtures' reader first.
      await defaults();
      const { readFixtures } = await import("../seeding/read.js");
      const functions = await loadFixtureFunctions();
      accounts.admitAnyAccount((sid) => {
        const account = { sid, auth_token: null, friendly_name: sid, owner_account_sid: null, keys: [] };
        create(account, readFixtures(folder, clock.now(), accounts.givenSid, functions));
      });
    },

    operations: {
      list: operation({
        method: "GET",
        url: "/accounts",
        id: "listAccounts",
        summary: "List accounts, without their secrets",
        inProcess: "`accounts.list()`",
        scope: "none",
        answer: ACCOUNTS,
        run: () => ({
          accounts: accounts
            .list()
            .map(({ sid, friendly_name, owner_account_sid }) => ({ sid, friendly_name, owner_account_sid })),
        }),
      }),

      get: operation({
        method: "GET",
        url: "/accounts/{Sid}",
        id: "getAccount",
        summary: "Return an account with its token and API keys",
        description: "A token that was given at start is not returned: it may be real.",
        inProcess: "`accounts.get(sid)`",
        docs: { answer: "the account, with `auth_token` and `keys`" },
        scope: "none",
        answer: DETAIL,
        run({ key }) {
          const sid = scope.one(key);
          const { friendly_name, owner_account_sid, auth_token } = accounts.find(sid) as AccountRow;
          return {
            sid,
            friendly_name,
            owner_account_sid,
            auth_token: sid === accounts.givenSid ? null : auth_token,
            keys: accounts.keysOf(sid).map(({ sid, secret }) => ({ sid, secret })),
          };
        },
      }),

      create: operation({
        method: "POST",
        url: "/accounts",
        id: "createAccount",
        summary: "Create an account, with an API key and copies of the default recordings",
        inProcess: "`accounts.create(…)`",
        docs: { answer: "the account with its token and an API key" },
        scope: "none",
        body: SPEC,
        answer: CREATED,
        status: 201,
        errors: [409],
        async run({ body: { recordings = "default", owner_account_sid = null, ...spec } }) {
          const fixtures = recordings === "default" ? await defaults() : undefined;
          const isTaken = (sid: string) => accounts.find(sid) !== undefined;
          const sid = spec.sid ?? random.freeSid("AC", isTaken);
          if (isTaken(sid)) throw new ControlError(409, `there is an account ${sid} already`);
          if (owner_account_sid !== null && accounts.find(owner_account_sid)?.owner_account_sid !== null) {
            throw unexpected("owner_account_sid", owner_account_sid, "the SID of an account that is no subaccount");
          }
          const account = {
            sid,
            auth_token: spec.auth_token ?? random.of().hex(32),
            friendly_name: spec.friendly_name ?? sid,
            owner_account_sid,
            keys: [
              { sid: random.freeSid("SK", (key) => accounts.findKey(key) !== undefined), secret: random.of().hex(32) },
            ],
          };
          create(account, fixtures);
          return account;
        },
      }),

      remove: operation({
        method: "DELETE",
        url: "/accounts/{Sid}",
        id: "removeAccount",
        summary: "Remove an account with its resources, subaccounts, snapshots, clock, faults and request log",
        inProcess: "`accounts.remove(sid)`",
        scope: "none",
        errors: [409],
        run({ key }) {
          const sid = scope.one(key);
          if (sid === accounts.givenSid) {
            throw new ControlError(409, `the credentials of ${sid} were given at start: it stays`);
          }
          for (const one of remove(sid)) {
            replacement.end(one, "the removal of its account");
            replacement.forget(one);
          }
        },
      }),
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
