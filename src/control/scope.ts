import type { AccountRules } from "../resources/accounts/rules.js";
import { parseSid } from "../twilio-api/request/sids.js";
import { ControlError, unexpected } from "./control-error.js";
import type { Operation } from "./operation.js";

/** The query parameter of operations that can be limited to one account. */
export const ACCOUNT_QUERY = {
  account: {
    type: "string",
    description: "Limits the call to this account: AC and 32 hexadecimal digits.",
  },
} as const;

/** Returns the schemas of the query parameters of an operation, by name. */
export function parametersOf({ scope, query }: Pick<Operation, "scope" | "query">): object {
  return { ...(scope !== "none" && ACCOUNT_QUERY), ...(query as { properties?: object } | undefined)?.properties };
}

/** Resolves the account of a call. */
export interface Scope {
  /** Returns the SID in Twilio's spelling; undefined for all accounts. */
  of(account: string | undefined): string | undefined;
  /** Returns the first account that is no subaccount; undefined if there is none. */
  main(): string | undefined;
  /** As `of`, with the main account as the default. */
  one(account: string | undefined): string;
}

/** The functions throw ControlError 400 for an invalid SID, 404 if there is no such account. */
export function scopeOf(accounts: AccountRules): Scope {
  function of(account: string | undefined): string | undefined {
    if (account === undefined) return undefined;
    const sid = parseSid("AC", String(account));
    if (sid === undefined) throw unexpected("account", account, "AC and 32 hexadecimal digits");
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
