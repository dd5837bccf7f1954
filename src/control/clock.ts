import type { CallbackCounts, Outbox } from "../callbacks/outbox.js";
import { type Clock, EARLIEST, LATEST } from "../state/clock.js";
import type { State } from "../state/state.js";
import { type Destination, TurnError } from "../state/timeline.js";
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

const count = { type: "integer", minimum: 0 } as const;
const TURNED = objectWith({
  ...CLOCK.properties,
  events: { type: "integer", minimum: 0, description: "The number of timed events that happened on the way." },
  callbacks: objectWith(
    { delivered: count, failed: count, refused: count, dropped: count },
    { description: "The numbers of callbacks by outcome." },
  ),
});
const MAX_SHOWN = 1000;
const EVENTS = objectWith({
  events: {
    type: "array",
    description: `The next ${MAX_SHOWN}, in the order in which they will happen.`,
    items: objectWith({
      due: { type: "string", format: "date-time", description: "ISO 8601." },
      kind: { type: "string", description: "Such as call.answer." },
      sid: { type: "string", description: "The SID of the resource." },
    }),
  },
});

export type ClockTurn = TypeOf<typeof TURNED>;
export type DueEvent = TypeOf<typeof EVENTS>["events"][number];

/** The clock of the emulator, or of one account. */
export function clockCapability({ clock, timeline }: State, outbox: Outbox) {
  const view = (account: string | undefined) => clockView(clock, account);

  /** @throws ControlError 409 if the state is replaced meanwhile, or after the most events that one turn may apply. */
  async function turn(account: string | undefined, plan: () => Destination): Promise<ClockTurn> {
    // The next turn may begin before this one is answered.
    let shown: ClockView | undefined;
    const before = outbox.counts(account);
    const { events } = await timeline
      .turn(account, () => {
        const { time, arrive } = plan();
        return {
          time,
          arrive() {
            arrive();
            shown = view(account);
          },
        };
      })
      .catch((error: unknown) => {
        throw error instanceof TurnError ? new ControlError(409, error.message) : error;
      });
    await outbox.settled(account);
    if (shown !== undefined) return { ...shown, events, callbacks: since(before, outbox.counts(account)) };
    throw new ControlError(
      409,
      `the clock stopped at ${view(account).now} after ${events} events; turn it again to go on`,
    );
  }

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
      description:
        "Applies now, advance and frozen in this order. Forward, everything that is due happens on the way, each event at its own time; back, nothing is undone.",
      inProcess: "`clock.set(date)`, `advance(duration)`, `freeze(date?)`, `unfreeze()`",
      docs: { answer: "the clock, the number of `events`, and those of `callbacks` by outcome" },
      scope: "all",
      body: CHANGE,
      answer: TURNED,
      errors: [409],
      async run({ account, body: { now, advance, frozen } }) {
        const { addDuration, parseFixtureDate } = await import("../seeding/dates.js");
        return turn(account, () => {
          let time = clock.now(account);
          if (now !== undefined) time = parseFixtureDate(now, time) ?? refuse("now", now);
          if (advance !== undefined) time = addDuration(time, advance) ?? refuse("advance", advance);
          if (!(time >= EARLIEST && time <= LATEST)) {
            throw new ControlError(400, "the clock would leave the years 1900 to 9999");
          }
          const freezes = frozen ?? clock.isFrozen(account);
          return { time, arrive: () => (freezes ? clock.freeze(time, account) : clock.set(time, account)) };
        });
      },
    }),

    events: operation({
      method: "GET",
      url: "/clock/events",
      id: "listTimedEvents",
      summary: "List the timed events of an account that are due next",
      inProcess: "`clock.events()`",
      scope: "main",
      answer: EVENTS,
      run: ({ account }) => ({
        events: timeline.events.list(account, MAX_SHOWN).map(({ due, kind, subject_sid: sid }) => ({
          due: new Date(due).toISOString(),
          kind,
          sid,
        })),
      }),
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
      errors: [409],
      async run({ account }) {
        const { now, frozen, real } = await turn(account, () => ({
          time: clock.realTime(account),
          arrive: () => clock.useRealTime(account),
        }));
        return { now, frozen, real };
      },
    }),
  };
}

function since(before: CallbackCounts, now: CallbackCounts): CallbackCounts {
  const names = Object.keys(now) as (keyof CallbackCounts)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as CallbackCounts;
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
