import { countsOf, eachResource } from "../resources/register.js";
import type { Rules } from "../resources/rules.js";
import type { State } from "../state/state.js";
import { CLOCK, clockView } from "./clock.js";
import { operation } from "./operation.js";
import { objectWith, type TypeOf } from "./schema-type.js";
import type { Scope } from "./scope.js";

const count = { type: "integer", minimum: 0 } as const;

const HEALTH = {
  type: "object",
  required: ["status", "version", "clock", "counts"],
  properties: {
    status: { enum: ["ok", "lost"], description: "lost: the database file was removed or replaced." },
    error: { type: "string", description: "What is wrong, unless the status is ok." },
    version: { type: "string" },
    clock: CLOCK,
    counts: objectWith(
      { accounts: count, ...eachResource(() => count) },
      { description: "Numbers of rows, soft-deleted ones included." },
    ),
  },
} as const;
const LIVE = objectWith({ status: { enum: ["ok"] } });
const ABOUT = objectWith({
  name: { type: "string" },
  version: { type: "string" },
  account_sid: { type: ["string", "null"], description: "The main account; null if there is no account." },
  control: { type: "string", description: "URL of the control API." },
  openapi: { type: "string", description: "URL of the OpenAPI document." },
  health: { type: "string", description: "URL of the readiness probe." },
});

export type HealthView = TypeOf<typeof HEALTH>;

/** State of health, version and addresses. */
export function healthCapability({ clock, file, database }: State, rules: Rules, scope: Scope, version: string) {
  function health(): HealthView {
    const lost = file.check();
    return {
      ...(lost === undefined ? { status: "ok" } : { status: "lost", error: lost.message }),
      version,
      clock: clockView(clock),
      counts: {
        accounts: rules.accounts.list().length,
        ...countsOf(database),
      },
    };
  }

  /** @param origin - scheme and host of the emulator. */
  function about(origin: string): TypeOf<typeof ABOUT> {
    return {
      name: "twilio-recordings-emulator",
      version,
      account_sid: scope.main() ?? null,
      control: `${origin}/_emulator`,
      openapi: `${origin}/_emulator/openapi.json`,
      health: `${origin}/_emulator/health`,
    };
  }

  return {
    about,
    health,
    operations: {
      about: operation({
        method: "GET",
        url: "/",
        id: "about",
        summary: "Name, version, main account and addresses",
        description: "GET / of the emulator returns the same. Needs no token.",
        scope: "none",
        isOpen: true,
        answer: ABOUT,
        run: ({ origin }) => about(origin),
      }),
      health: operation({
        method: "GET",
        url: "/health",
        id: "health",
        summary: "Readiness probe, with version, clock and counts",
        description: "503 with the status lost if the database file was removed or replaced. Needs no token.",
        inProcess: "`health()`",
        scope: "none",
        isOpen: true,
        isOnAnyName: true,
        failingStatus: 503,
        answer: HEALTH,
        run: () => health(),
      }),
      live: operation({
        method: "GET",
        url: "/health/live",
        id: "live",
        summary: "Liveness probe",
        description: "Reads nothing. Needs no token.",
        scope: "none",
        isOpen: true,
        isOnAnyName: true,
        answer: LIVE,
        run: () => ({ status: "ok" as const }),
      }),
    },
  };
}
