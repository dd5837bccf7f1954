import { type Completion, completeDates, datesOf, lowerCaseSid } from "../fixture.js";
import type { AccountRow, KeyRow } from "./table.js";

export interface AccountFixture {
  sid: string;
  auth_token: string;
  friendly_name?: string;
  owner_account_sid?: string;
  date_created?: string;
  date_updated?: string;
  keys?: { sid: string; secret: string }[];
}

export function completeAccount(
  fixture: AccountFixture,
  completion: Pick<Completion, "now" | "parseDate">,
): { account: AccountRow; keys: KeyRow[] } {
  const sid = lowerCaseSid(fixture.sid);
  const owner = fixture.owner_account_sid === undefined ? null : lowerCaseSid(fixture.owner_account_sid);
  return {
    account: {
      sid,
      auth_token: fixture.auth_token,
      friendly_name: fixture.friendly_name ?? sid,
      owner_account_sid: owner === sid ? null : owner,
      ...completeDates(fixture, completion, completion.now),
    },
    keys: (fixture.keys ?? []).map((key) => ({ sid: lowerCaseSid(key.sid), account_sid: sid, secret: key.secret })),
  };
}

/** Returns the fixture of an account; undefined if its token is not stored. */
export function accountFixture(account: AccountRow, keys: readonly KeyRow[]): AccountFixture | undefined {
  const { sid, auth_token, friendly_name, owner_account_sid } = account;
  if (auth_token === null) return undefined;
  return {
    sid,
    auth_token,
    friendly_name,
    ...(owner_account_sid !== null && { owner_account_sid }),
    ...datesOf(account),
    keys: keys.filter((key) => key.account_sid === sid).map((key) => ({ sid: key.sid, secret: key.secret })),
  };
}
