import { type Clock, EARLIEST, LATEST } from "../state/clock.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { objectWith, type TypeOf } from "./schema-type.js";

export const CLOCK = objectWith({
  now: { type: "string", format: "date-time", description: "ISO 8601." },
  frozen: { type: "boolean" },
  real: { type: "boolean", description: "Whether the clock shows real time." },
});

export type ClockView = TypeOf<typeof CLOCK>;

const CHANGE = {
  type: "object",
  description: "An object with now, advance or frozen.",
  minProperties: 1,
  additionalProperties: false,
  properties: {
    now: { type: "string", description: "A date, ISO 8601 or RFC 2822, such as 2026-01-31T12:00:00Z." },
    advance: { type: "string", description: "An ISO 8601 duration such as P41D or -PT1H." },
    frozen: { type: "boolean", description: "true to freeze the clock, false to unfreeze it." },
  },
} as const;

/** The clock of the emulator, or of one account. */
export function clockCapability(clock: Clock) {
  const view = (account: string | undefined) => clockView(clock, account);

  return {
    read: operation({
      method: "GET",
      url: "/clock",
      id: "readClock",
      summary: "Read the clock",
      inProcess: "`clock.read()`",
      scope: "all",
      answer: CLOCK,
      run: ({ account }) => view(account),
    }),

    change: operation({
      method: "POST",
      url: "/clock",
      id: "changeClock",
      summary: "Set, advance, freeze or unfreeze the clock",
      description: "Applies now, advance and frozen in this order.",
      inProcess: "`clock.set(date)`, `advance(duration)`, `freeze(date?)`, `unfreeze()`",
      docs: { answer: "the clock" },
      scope: "all",
      body: CHANGE,
      answer: CLOCK,
      async run({ account, body: { now, advance, frozen } }) {
        const { addDuration, parseFixtureDate } = await import("../seeding/dates.js");
        let time = clock.now(account);
        if (now !== undefined) time = parseFixtureDate(now, time) ?? refuse("now", now);
        if (advance !== undefined) time = addDuration(time, advance) ?? refuse("advance", advance);
        if (!(time >= EARLIEST && time <= LATEST)) {
          throw new ControlError(400, "the clock would leave the years 1900 to 9999");
        }
        if (frozen ?? clock.isFrozen(account)) clock.freeze(time, account);
        else if (now !== undefined || advance !== undefined || frozen === false) clock.set(time, account);
        return view(account);
      },
    }),

    useRealTime: operation({
      method: "DELETE",
      url: "/clock",
      id: "useRealTime",
      summary: "Return to real time",
      description: "An account's clock follows the emulator's again.",
      inProcess: "`clock.useRealTime()`",
      docs: { answer: "the clock" },
      scope: "all",
      answer: CLOCK,
      run({ account }) {
        clock.useRealTime(account);
        return view(account);
      },
    }),
  };
}

/** Returns what a clock shows: the emulator's, or an account's. */
export function clockView(clock: Clock, account?: string): ClockView {
  return {
    now: new Date(clock.now(account)).toISOString(),
    frozen: clock.isFrozen(account),
    real: clock.isReal(account),
  };
}

function refuse(key: "now" | "advance", value: string): never {
  throw unexpected(key, value, CHANGE.properties[key].description);
}
