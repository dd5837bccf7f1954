import type { FastifyInstance } from "fastify";
import type { AccountRules } from "./rules.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The account that the path names, in Twilio's spelling; the caller may reach it. */
    accountSid: string;
  }
}

/** Admits a request below `/Accounts/{AccountSid}` only to an account that its credentials reach. */
export function admitToAccount(app: FastifyInstance, accounts: AccountRules): void {
  app.decorateRequest("accountSid", "");
  app.addHook<{ Params: { AccountSid: string } }>("onRequest", (request, _reply, done) => {
    request.accountSid = accounts.enter(request.callerSid, request.params.AccountSid);
    done();
  });
}
