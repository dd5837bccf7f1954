import { isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { equalInConstantTime } from "../twilio-api/access/credentials.js";
import { ControlError } from "./control-error.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Answers on any host name: changes nothing, and returns nothing that a page could use. */
    anyName?: boolean;
  }
}

/** Restricts access to the control API. */
export interface Guard {
  /** The bearer token that all but open operations require. */
  controlToken: string | undefined;
  /** Further host names that are allowed. */
  controlHosts: readonly string[];
}

/**
 * Refuses calls from web pages, which come from another origin or through a foreign host name (DNS rebinding), and calls
 * with neither the token, if one is set, nor the cookie of a session. Health probes need neither, because container platforms use service names such as
 * `twilio.default.svc`.
 */
export function guardControl(
  app: FastifyInstance,
  { controlToken, controlHosts }: Guard,
  isLoggedIn: (request: FastifyRequest) => boolean,
): void {
  const expected = controlToken === undefined ? undefined : `Bearer ${controlToken}`;
  app.addHook("onRequest", (request, _reply, done) => {
    refuseForeignPages(request);
    const { open, anyName } = request.routeOptions.config;
    if (!anyName) refuseOtherNames(request, controlHosts);
    const { authorization = "" } = request.headers;
    const isOpen = expected === undefined || open || equalInConstantTime(authorization, expected);
    if (!isOpen && !isLoggedIn(request)) {
      throw new ControlError(
        401,
        "the control token is missing or wrong; expected: Authorization: Bearer and the token",
      );
    }
    done();
  });
}

function refuseForeignPages(request: FastifyRequest): void {
  if (request.headers["sec-fetch-site"] === "cross-site" && !isLink(request)) {
    throw new ControlError(403, "a page of another site may not control the emulator");
  }
  refuseForeignOrigins(request);
}

/** Returns whether a request follows a link to an open page: the page that has the link cannot read it. */
function isLink({ method, headers, routeOptions }: FastifyRequest): boolean {
  return method === "GET" && headers["sec-fetch-dest"] === "document" && routeOptions.config.open === true;
}

/** @throws ControlError 403 for a request from a page of another origin. */
export function refuseForeignOrigins({ headers: { origin }, host }: FastifyRequest): void {
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) {
    throw new ControlError(403, `the origin ${JSON.stringify(origin)} may not control the emulator; expected: its own`);
  }
}

function refuseOtherNames({ hostname }: FastifyRequest, names: readonly string[]): void {
  const name = hostname.toLowerCase();
  if (isIP(name.replace(/^\[|\]$/g, "")) !== 0 || !name.includes(".") || names.includes(name)) return;
  const usual = "an IP address, localhost, a name without a dot, or one given with --control-hosts";
  throw new ControlError(403, `the control API cannot be reached as ${JSON.stringify(name)}; expected: ${usual}`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
