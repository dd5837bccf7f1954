import { isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { equalInConstantTime } from "../twilio-api/access/credentials.js";
import { ControlError } from "./control-error.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the route answers by any name of the emulator: it changes nothing, and shows nothing that a page could use. */
    anyName?: boolean;
  }
}

/** Who may control the emulator. */
export interface Guard {
  /** What every call but that for health must carry as a bearer token. */
  controlToken: string | undefined;
  /** Names, beside the usual ones, by which the control API may be reached. */
  controlHosts: readonly string[];
}

/**
 * Refuses control calls of web pages that a developer happens to visit: from another origin, or by a name that its owner
 * has pointed here (DNS rebinding); and those without the token, if one is set. Open routes need neither a usual name nor
 * the token: they change nothing, and container platforms reach them by service names such as `twilio.default.svc`.
 */
export function guardControl(app: FastifyInstance, { controlToken, controlHosts }: Guard): void {
  const expected = controlToken === undefined ? undefined : `Bearer ${controlToken}`;
  app.addHook("onRequest", (request, _reply, done) => {
    refuseForeignPages(request);
    const { open, anyName } = request.routeOptions.config;
    if (!anyName) refuseOtherNames(request, controlHosts);
    const { authorization = "" } = request.headers;
    if (expected !== undefined && !open && !equalInConstantTime(authorization, expected)) {
      throw new ControlError(
        401,
        "the control token is missing or wrong; expected: Authorization: Bearer and the token",
      );
    }
    done();
  });
}

function refuseForeignPages(request: FastifyRequest): void {
  if (request.headers["sec-fetch-site"] === "cross-site") {
    throw new ControlError(403, "a page of another site may not control the emulator");
  }
  refuseForeignOrigins(request);
}

/** @throws ControlError 403 for a page's request from an origin that is not the emulator's own. */
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
