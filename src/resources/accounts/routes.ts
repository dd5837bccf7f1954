import type { FastifyInstance } from "fastify";
import type { AccountRules } from "./rules.js";

/** Admits a request below `/Accounts/{AccountSid}` only to an account that its credentials reach. */
export function admitToAccount(app: FastifyInstance, accounts: AccountRules): void {
  app.addHook<{ Params: { AccountSid: string } }>("onRequest", (request, _reply, done) => {
    request.accountSid = accounts.enter(request.callerSid, request.params.AccountSid);
    done();
  });
}
