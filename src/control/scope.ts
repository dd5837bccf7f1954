import type { AccountRules } from "../resources/accounts/rules.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { ControlError } from "./control-error.js";

/** The query parameter of every control call that can be for one account only. */
export const ACCOUNT_QUERY = {
  account: {
    type: "string",
    description: "The SID of the account that the call is for: AC and 32 hexadecimal digits. Left out: all of them.",
  },
} as const;

/** Which accounts a control call is for. */
export interface Scope {
  /** The SID of the account that a call is for, in Twilio's spelling; undefined for all. */
  of(account: string | undefined): string | undefined;
  /** The SID of the main account: the first that is no subaccount; undefined if there is none. */
  main(): string | undefined;
  /** As `of`, but without an account it is the main one: the first that is no subaccount. */
  one(account: string | undefined): string;
}

/** Both functions throw ControlError 400 for what is no SID, 404 if there is no such account. */
export function scopeOf(accounts: AccountRules): Scope {
  function of(account: string | undefined): string | undefined {
    if (account === undefined) return undefined;
    const sid = parseSid("AC", String(account));
    if (sid === undefined) {
      throw new ControlError(400, `account is ${JSON.stringify(account)}; expected: AC and 32 hexadecimal digits`);
    }
    if (accounts.find(sid) === undefined) throw new ControlError(404, `there is no account ${sid}`);
    return sid;
  }
  const main = () => accounts.list().find(({ owner_account_sid }) => owner_account_sid === null)?.sid;
  return {
    of,
    main,
    one(account) {
      const sid = of(account) ?? main();
      if (sid === undefined) throw new ControlError(404, "there is no account");
      return sid;
    },
  };
}
