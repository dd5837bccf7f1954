import type { Page, PageSelection } from "../../state/collection-store.js";
import type { Database } from "../../state/database.js";
import type { Credentials } from "../../twilio-api/access/credentials.js";
import { parseSid } from "../../twilio-api/request/sids.js";
import { TwilioError } from "../../twilio-api/response/error-catalogue.js";
import { accountStore } from "./store.js";
import type { AccountRow, KeyRow } from "./table.js";

/** An account that exists without being in the fixtures. */
export interface GivenAccount {
  sid: string;
  authToken: string;
}

export type AccountRules = ReturnType<typeof accountRules>;

/**
 * Who there is, and whose resources they may reach.
 *
 * @param given - an account whose credentials were given at start. They win over those in the database, and are not
 * stored: they may be real.
 */
export function accountRules(database: Database, given: GivenAccount | undefined) {
  const store = accountStore(database);
  let admitAny: ((sid: string) => void) | undefined;

  return {
    /**
     * The credentials of a user name: an AccountSid or an API key's SID, to the letter. An account that was admitted
     * without a token is known by any, as long as any account is admitted.
     */
    findCredentials(username: string): Credentials | undefined {
      if (username === given?.sid) return { accountSid: given.sid, secret: given.authToken };
      const found = store.credentials(username);
      if (found !== undefined && found.secret !== null) return { ...found, secret: found.secret };
      const sid = parseSid("AC", username);
      if (admitAny === undefined || sid === undefined) return undefined;
      if (store.get(sid) === undefined) admitAny(sid);
      return { accountSid: sid, secret: undefined };
    },

    /** From now on admits any AccountSid with any token; `create` makes those that are not there. */
    admitAnyAccount(create: (sid: string) => void): void {
      admitAny = create;
    },

    /**
     * The account that a request's path names, if the caller may reach it: it is the caller's own or a subaccount of it.
     *
     * @param callerSid - the account whose credentials the request carries, undefined if anybody may.
     * @param pathSid - the AccountSid in the path, as written.
     * @returns the account's SID in Twilio's spelling.
     * @throws TwilioError 20404 if there is no such account, 20003 if it is someone else's.
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
     * The accounts that an account's credentials reach: itself and its subaccounts, newest first. They are few, so that a
     * page is cut out of all of them.
     *
     * @returns undefined if the page's token leads nowhere.
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

    /** An account's auth token, also one that was given at start; empty for an account that is admitted with any. */
    tokenOf: ({ sid, auth_token }: AccountRow): string => (sid === given?.sid ? given.authToken : (auth_token ?? "")),

    /** Adds accounts and keys; an account that exists stays as it is. */
    add(accounts: Iterable<AccountRow>, keys: Iterable<KeyRow>): void {
      for (const account of accounts) store.put(account);
      for (const key of keys) store.putKey(key);
    },
    find: store.get,
    list: store.list,
    /** The SIDs of an account's subaccounts. */
    subaccountsOf: store.subaccounts,
    keysOf: store.keys,
    findKey: store.key,
    /** The SID of the account whose credentials were given at start. */
    givenSid: given?.sid,
    removeAlone: store.remove,
  };
}
