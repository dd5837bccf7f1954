import { timingSafeEqual } from "node:crypto";
import basicAuth from "@fastify/basic-auth";
import type { FastifyInstance, onRequestHookHandler } from "fastify";
import { TwilioError } from "../response/error-catalogue.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The account of the request's credentials; undefined on an open route. */
    callerSid: string | undefined;
  }
  interface FastifyContextConfig {
    /** Whether the route needs no credentials. */
    open?: boolean;
  }
}

export interface Credentials {
  accountSid: string;
  /** Undefined if any is valid. */
  secret: string | undefined;
}

/**
 * Returns the step that checks HTTP Basic credentials on all but open routes.
 *
 * @param find - looks up a user name: an AccountSid or the SID of an API key.
 * @see https://www.twilio.com/docs/iam/api#authentication
 */
export async function authentication(
  app: FastifyInstance,
  find: (username: string) => Credentials | undefined,
): Promise<onRequestHookHandler> {
  app.decorateRequest("callerSid", undefined);
  // The error handler sends the challenge, because the plugin's has a charset. With `utf8: false` it has none, but the plugin
  // then decodes credentials as ASCII.
  await app.register(basicAuth, {
    authenticate: false,
    validate(username, password, request, _reply, done) {
      const credentials = find(username);
      if (credentials === undefined) return done(new TwilioError({ code: 20003, cause: "invalid username" }));
      const { secret } = credentials;
      if (secret !== undefined && !equalInConstantTime(password, secret)) return done(new TwilioError({ code: 20003 }));
      request.callerSid = credentials.accountSid;
      done();
    },
  });
  return (request, reply, done) => {
    if (request.routeOptions.config.open) done();
    else app.basicAuth(request, reply, done);
  };
}

/** Returns whether two strings are equal. The duration only depends on their lengths. */
export function equalInConstantTime(guess: string, secret: string): boolean {
  const [given, expected] = [Buffer.from(guess), Buffer.from(secret)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
