import fc from "fast-check";
import t from "tap";
import { callbackEmulator } from "../../support/callbacks.js";
import { recordingPath, recordingsPath } from "../../support/calls.js";

const EVENTS = ["in-progress", "completed", "absent"];

/** A step of a scenario. Numbers choose among the calls. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant("place"), events: fc.subarray(EVENTS, { minLength: 1 }) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("record"), call: fc.nat(9), events: fc.subarray(EVENTS) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("stop", "pause", "resume"), call: fc.nat(9) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("advance"), seconds: fc.integer({ min: 0, max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom("hold", "release") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("arm"),
      fault: fc.constantFrom("drop", "duplicate", "bad-signature"),
      event: fc.constantFrom(...EVENTS.map((event) => `recording.${event}`)),
    }),
  },
);
interface Step {
  does: string;
  events?: string[];
  call?: number;
  seconds?: number;
  fault?: string;
  event?: string;
}

const CHANGES: Record<string, string> = { stop: "stopped", pause: "paused", resume: "in-progress" };
/** Requests for a callback with a fault. */
const TIMES: Record<string, number> = { drop: 0, duplicate: 2 };

t.test("random calls: callbacks in order, each once, unless a fault says otherwise", async (t) => {
  const running = await callbackEmulator(t);
  const { done, url } = running;
  let sent = 0;
  let struck = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 30 }), async (steps: Step[]) => {
      await done("POST", "/reset");
      await done("POST", "/clock", { now: "2026-01-31T12:00:00Z", frozen: true });
      running.takeAll();
      const calls: string[] = [];
      /** The events that were asked for, by call for `Record=true`, else by recording. */
      const wanted = new Map<string, string[]>();
      for (const { does, events = [], call = 0, seconds, fault, event } of [
        { does: "place", events: EVENTS },
        ...steps,
      ] as Step[]) {
        const sid = calls[call % calls.length] as string;
        const form = { RecordingStatusCallback: url, RecordingStatusCallbackEvent: events.join(" ") };
        if (does === "place") {
          calls.push(await running.place({ ...form, Record: "true" }));
          wanted.set(calls.at(-1) as string, events);
        }
        if (does === "record") {
          const answer = await running.post(recordingsPath(sid), form);
          if (answer.statusCode === 201) wanted.set(answer.json().sid, events.length > 0 ? events : ["completed"]);
        }
        if (does in CHANGES) {
          const [first] = await running.recordingsOf(sid);
          if (first) await running.post(recordingPath(sid, first.sid), { Status: CHANGES[does] as string });
        }
        if (does === "advance") await running.advance(seconds as number);
        if (does === "hold") await done("POST", "/callbacks/pause");
        if (does === "release") await done("POST", "/callbacks/release");
        if (does === "arm") await done("POST", "/callback-faults", { fault, event });
      }
      await done("POST", "/callbacks/release");
      await running.advance(100);

      const { callbacks } = await done("GET", "/callbacks");
      const faultsOf = new Map<string, string[]>();
      for (const { sid, event, faults, state } of callbacks) {
        if (faultsOf.has(`${sid} ${event}`)) throw new Error(`${sid} has two callbacks ${event}`);
        if (!["delivered", "dropped"].includes(state)) throw new Error(`${sid} ${event} is ${state}`);
        faultsOf.set(`${sid} ${event}`, faults);
        struck += faults.length;
      }
      const received = new Map<string, string[]>();
      for (const { form } of running.takeAll()) {
        const sid = form.RecordingSid as string;
        received.set(sid, [...(received.get(sid) ?? []), form.RecordingStatus as string]);
        sent++;
      }
      for (const call of calls) {
        for (const { sid, status, source } of await running.recordingsOf(call)) {
          const events = wanted.get(source === "OutboundAPI" ? call : sid) as string[];
          const asked = ["in-progress", status as string].filter((event) => events.includes(event));
          const expected = asked.flatMap((event) => {
            const faults = faultsOf.get(`${sid} recording.${event}`);
            if (faults === undefined) throw new Error(`${sid} ${event} was not called back`);
            const times = faults.includes("drop") ? 0 : Math.max(1, ...faults.map((fault) => TIMES[fault] ?? 1));
            return Array.from({ length: times }, () => event);
          });
          const got = received.get(sid) ?? [];
          if (got.join() !== expected.join()) throw new Error(`${sid}: ${got} instead of ${expected}`);
          received.delete(sid);
        }
      }
      if (received.size > 0) throw new Error(`callbacks of unknown recordings: ${[...received.keys()]}`);
    }),
    { numRuns: 60 },
  );
  t.ok(sent > 60, "callbacks were sent");
  t.ok(struck > 5, "faults struck");
});
