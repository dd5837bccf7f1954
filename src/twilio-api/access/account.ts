import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** The account of the request, in Twilio's spelling; empty until it is authorized. */
    accountSid: string;
  }
  interface FastifyContextConfig {
    /** Returns the account of an open route whose path may contain any account, empty if it does not exist. */
    findAccount?: (pathSid: string) => string;
  }
}

/**
 * Returns the step that sets the account of a request: the one in the path, else the caller's.
 *
 * @param enter - throws a TwilioError if the caller may not use the account of the path.
 */
export function authorize(
  app: FastifyInstance,
  enter: (callerSid: string | undefined, pathSid: string) => string,
): onRequestHookHandler {
  app.decorateRequest("accountSid", "");
  return (request, _reply, done) => {
    if (!request.is404) request.accountSid = accountOf(request);
    done();
  };

  function accountOf({ callerSid, params, routeOptions }: FastifyRequest): string {
    const { AccountSid: pathSid } = params as { AccountSid?: string };
    // A route without an account in its path is never open.
    if (pathSid === undefined) return callerSid as string;
    return routeOptions.config.findAccount?.(pathSid) ?? enter(callerSid, pathSid);
  }
}
