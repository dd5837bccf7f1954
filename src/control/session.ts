import { createHmac } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { newSecret } from "../state/secret.js";
import { equalInConstantTime } from "../twilio-api/access/credentials.js";
import { ControlError } from "./control-error.js";
import { operation } from "./operation.js";

const LOGIN = {
  type: "object",
  description: "An object with token.",
  required: ["token"],
  additionalProperties: false,
  properties: { token: { type: "string", description: "The control token." } },
} as const;

/**
 * Sessions of browsers with the control token, because they cannot add a header to a stream of events or an audio element. They
 * end with the process.
 */
export function sessionCapability(controlToken: string | undefined) {
  // The cookie does not contain the token, and no later start accepts it.
  const value = createHmac("sha256", newSecret()).update(`${controlToken}`).digest("base64url");

  return {
    /** Returns whether a request comes from a page of the same origin that has logged in. */
    includes({ headers, host }: FastifyRequest): boolean {
      const { cookie = "", "sec-fetch-site": site = "same-origin" } = headers;
      // Pages of other ports are of the same site, and so send the cookie too.
      if (site !== "same-origin" && site !== "none") return false;
      const name = `${nameFor(host)}=`;
      const cookies = cookie.split(/; */).filter((one) => one.startsWith(name));
      return cookies.some((one) => equalInConstantTime(one.slice(name.length), value));
    },

    operations: {
      login: operation({
        method: "POST",
        url: "/login",
        id: "login",
        summary: "Begin the session of a browser",
        description: "Sets a cookie that calls may send instead of the control token. Needs no token in a header.",
        scope: "none",
        isOpen: true,
        body: LOGIN,
        errors: [401],
        cookie: (request) => `${nameFor(request.host)}=${value}${attributesFor(request)}`,
        run({ body: { token } }) {
          if (controlToken === undefined || equalInConstantTime(token, controlToken)) return;
          throw new ControlError(401, "the control token is wrong; expected: that of --control-token");
        },
      }),

      logout: operation({
        method: "POST",
        url: "/logout",
        id: "logout",
        summary: "End the session of a browser",
        description: "Removes the cookie. Needs no token.",
        scope: "none",
        isOpen: true,
        cookie: (request) => `${nameFor(request.host)}=; Max-Age=0${attributesFor(request)}`,
        run() {},
      }),
    },
  };
}

/** Contains the port, because emulators on other ports of a host share its cookies. */
function nameFor(host: string): string {
  return `emulator_session_${/:(\d+)$/.exec(host)?.[1] ?? "0"}`;
}

function attributesFor({ protocol }: FastifyRequest): string {
  return `; Path=/_emulator; HttpOnly; SameSite=Strict${protocol === "https" ? "; Secure" : ""}`;
}
