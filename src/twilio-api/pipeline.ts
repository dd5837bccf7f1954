import type { FastifyInstance, FastifyRequest } from "fastify";
import type { State } from "../state/state.js";
import { authorize } from "./access/account.js";
import { authentication, type Credentials } from "./access/credentials.js";
import { notePaths, refuseUnknownMethods } from "./access/methods.js";
import { armedFaults } from "./instruments/faults.js";
import { requestDetails } from "./instruments/request-details.js";
import { recordRequests } from "./instruments/request-log.js";
import type { ResponseCache } from "./instruments/response-cache/response-cache.js";
import { answerPreflight, ignoreOtherBodies, parseForms } from "./request/bodies.js";
import { readRequest } from "./request/read-request.js";
import { answerUnknownPaths, handleErrors } from "./response/error-handler.js";
import type { CommonHeaders } from "./response/headers.js";
import { type Stamper, stampHeaders } from "./response/stamp.js";

/** Functions that look up the credentials and the account of a request. */
export interface AccountLookup {
  findCredentials(username: string): Credentials | undefined;
  /** @throws TwilioError 20404 for an unknown account, 20003 for one that the caller may not use. */
  enter(callerSid: string | undefined, pathSid: string): string;
}

/** Adds the steps of a request to a context without routes, in the order they run. Errors skip to onSend. */
export async function addPipeline(
  api: FastifyInstance,
  state: State,
  accounts: AccountLookup,
  { commonHeaders, stamp, cache }: { commonHeaders: CommonHeaders; stamp: Stamper; cache: ResponseCache },
): Promise<void> {
  handleErrors(api);
  answerUnknownPaths(api);
  await parseForms(api);
  const authenticate = await authentication(api, accounts.findCredentials);
  const refuseUnknownPaths = notePaths(api);
  const faults = armedFaults(api, state);
  const details = requestDetails(api, state.journal);
  api.decorateRequest("revision", 0);

  api.addHook("onRequest", readRequest(api));
  api.addHook("onRequest", recordRequests(state.journal, state.clock));
  api.addHook("onRequest", answerPreflight);
  api.addHook("onRequest", ignoreOtherBodies);
  api.addHook("onRequest", cache.noteRevision);
  api.addHook("onRequest", authenticate);
  api.addHook("onRequest", refuseUnknownMethods);
  api.addHook("onRequest", refuseUnknownPaths);
  api.addHook("onRequest", authorize(api, accounts.enter));
  api.addHook("preParsing", details.keepForm);
  api.addHook("preHandler", faults.strike);
  api.addHook("preHandler", settle);
  api.addHook("onSend", stampHeaders(stamp, commonHeaders));
  api.addHook("onSend", cache.keep);
  api.addHook("onSend", faults.spoil);
  api.addHook("onSend", details.keepAnswer);

  /** Applies the timed events that are due: a timer may be late, and a handler must not see the time before them. */
  function settle({ accountSid }: FastifyRequest, _reply: unknown, done: () => void): void {
    if (accountSid !== "") state.timeline.settle(accountSid);
    done();
  }
}
