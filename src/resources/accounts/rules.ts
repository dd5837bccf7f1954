import type { Page, PageSelection } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import type { Credentials } from "../../twilio-api/access/credentials.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { accountStore } from "./store.js";
import type { AccountRow, KeyRow } from "./table.js";

/** The account of the options, in addition to those of the fixtures. */
export interface GivenAccount {
  sid: string;
  authToken: string;
}

export type AccountRules = ReturnType<typeof accountRules>;

/**
 * @param given - the account of the options. Its credentials override those in the database, and are not stored because they
 * may be real.
 */
export function accountRules(database: Database, given: GivenAccount | undefined) {
  const store = accountStore(database);
  let createAny: ((sid: string) => void) | undefined;

  return {
    /**
     * Returns the credentials of a user name: the exact SID of an account or of an API key. After `admitAnyAccount`, accounts
     * without a stored token accept any token.
     */
    findCredentials(username: string): Credentials | undefined {
      if (username === given?.sid) return { accountSid: given.sid, secret: given.authToken };
      const found = store.credentials(username);
      if (found !== undefined && found.secret !== null) return { ...found, secret: found.secret };
      const sid = parseSid("AC", username);
      if (createAny === undefined || sid === undefined) return undefined;
      if (store.get(sid) === undefined) createAny(sid);
      return { accountSid: sid, secret: undefined };
    },

    /** Accepts any AccountSid with any token from now on; `create` adds unknown accounts. */
    admitAnyAccount(create: (sid: string) => void): void {
      createAny = create;
    },

    /**
     * Authorizes a request: the account in its path must be the caller's or a subaccount of it.
     *
     * @param callerSid - the account of the credentials; undefined on an open route.
     * @param pathSid - the AccountSid in the path, unparsed.
     * @returns the SID in Twilio's spelling.
     * @throws TwilioError 20404 if the account does not exist, 20003 if the caller has no access to it.
     * @see https://www.twilio.com/docs/iam/api/subaccounts
     */
    enter(callerSid: string | undefined, pathSid: string): string {
      const sid = parseSid("AC", pathSid);
      if (sid === undefined) throw new TwilioError({ code: 20404 });
      if (sid === callerSid) return sid;
      const owner = store.owner(sid);
      if (owner === undefined) throw new TwilioError({ code: 20404 });
      if (callerSid !== undefined && owner !== callerSid) throw new TwilioError({ code: 20003 });
      return sid;
    },

    /**
     * Returns a page of an account and its subaccounts, newest first; undefined if its token matches none. They are few, so it
     * selects them all and slices.
     */
    page(
      callerSid: string,
      isChosen: (account: AccountRow) => boolean,
      page: PageSelection,
    ): Page<AccountRow> | undefined {
      const { size, token } = page;
      const all = store.family(callerSid).filter(isChosen);
      const place = token === undefined ? -1 : all.findIndex(({ sid }) => sid === token.sid);
      if (token !== undefined && place === -1) return undefined;
      if (token?.direction === "before") return { rows: all.slice(Math.max(0, place - size), place), more: true };
      const start = place + 1;
      return { rows: all.slice(start, start + size), more: all.length > start + size };
    },

    /** As `tokenOf`, of an account that exists. */
    authTokenOf(sid: string): string {
      return this.tokenOf(store.get(sid) as AccountRow);
    },

    /** Returns the auth token, also that of the options; empty for an account that accepts any token. */
    tokenOf: ({ sid, auth_token }: AccountRow): string => (sid === given?.sid ? given.authToken : (auth_token ?? "")),

    /** Adds accounts and keys. An existing account is not changed. */
    add(accounts: Iterable<AccountRow>, keys: Iterable<KeyRow>): void {
      for (const account of accounts) store.put(account);
      for (const key of keys) store.putKey(key);
    },
    find: store.get,
    list: store.list,
    subaccountsOf: store.subaccounts,
    keysOf: store.keys,
    findKey: store.key,
    /** The account of the options. */
    givenSid: given?.sid,
    removeAlone: store.remove,
  };
}
