import { type Clock, EARLIEST, LATEST } from "../state/clock.js";
import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import type { Scope } from "./scope.js";

/** What a clock shows. */
export interface ClockView {
  /** ISO 8601. */
  now: string;
  frozen: boolean;
  /** Whether it shows real time. */
  real: boolean;
}

/** How to set a clock; what is given is done in this order. */
export interface ClockChange {
  /** A date: ISO 8601 or RFC 2822. */
  now?: string;
  /** An ISO 8601 duration by which it is put forward, or back: `P41D`, `-PT1H`. */
  advance?: string;
  /** Stops it, or lets it run on; left out, it stays as it is. */
  frozen?: boolean;
}

export const CLOCK_CHANGE = {
  type: "object",
  description: "An object with now, advance or frozen.",
  minProperties: 1,
  additionalProperties: false,
  properties: {
    now: { type: "string", description: "A date, ISO 8601 or RFC 2822, such as 2026-01-31T12:00:00Z." },
    advance: { type: "string", description: "An ISO 8601 duration such as P41D or -PT1H." },
    frozen: { type: "boolean", description: "true to stop the clock, false to let it run on." },
  },
} as const;

export type ClockControl = ReturnType<typeof clockControl>;

/** Turns the emulator's clock, or that of one account. */
export function clockControl(clock: Clock, scope: Scope) {
  function view(account: string | undefined): ClockView {
    return {
      now: new Date(clock.now(account)).toISOString(),
      frozen: clock.isFrozen(account),
      real: !clock.isTurned(account),
    };
  }

  return {
    read: (account?: string): ClockView => view(scope.of(account)),

    /** @throws ControlError 400 for what is no date or duration, or leads beyond the years that a date can show. */
    async change(given: ClockChange, account?: string): Promise<ClockView> {
      const { now, advance, frozen } = await check<ClockChange>(CLOCK_CHANGE, given);
      const sid = scope.of(account);
      const { addDuration, parseFixtureDate } = await import("../seeding/dates.js");
      let time = clock.now(sid);
      if (now !== undefined) time = parseFixtureDate(now, time) ?? refuse("now", now, CLOCK_CHANGE.properties.now);
      if (advance !== undefined) {
        time = addDuration(time, advance) ?? refuse("advance", advance, CLOCK_CHANGE.properties.advance);
      }
      if (!(time >= EARLIEST && time <= LATEST)) {
        throw new ControlError(400, "the clock would leave the years 1900 to 9999");
      }
      if (frozen ?? clock.isFrozen(sid)) clock.freeze(time, sid);
      else if (now !== undefined || advance !== undefined || frozen === false) clock.turnTo(time, sid);
      return view(sid);
    },

    /** Turns the emulator's clock back to real time; an account's follows the emulator's again. */
    release(account?: string): ClockView {
      const sid = scope.of(account);
      clock.release(sid);
      return view(sid);
    },
  };
}

function refuse(key: string, value: string, { description }: { description: string }): never {
  throw new ControlError(400, `${key} is ${JSON.stringify(value)}; expected: ${description}`);
}
