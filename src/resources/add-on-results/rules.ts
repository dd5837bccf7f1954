import { type Clock, DAY } from "../../state/clock.js";
import type { Database } from "../../state/database.js";
import { dependantRules } from "../dependants.js";
import { addOnResultStore, payloadStore } from "./store.js";

export type AddOnResultRules = ReturnType<typeof addOnResultRules>;
export type PayloadRules = ReturnType<typeof payloadRules>;

/** @see https://www.twilio.com/docs/add-ons/api/results */
const LIFETIME = 30 * DAY;

/**
 * What can be done with add-on results. They are found only while their recording is, and removed with it; 30 days after
 * its creation, one cannot be had any more.
 */
export function addOnResultRules(database: Database, clock: Clock) {
  const store = addOnResultStore(database);
  return {
    ...dependantRules(store, "XR", clock, LIFETIME),
    /** When the next one lapses after this time, in any account; Infinity if none does. */
    nextLapse: (time: number): number => store.nextCreated(time - LIFETIME) + LIFETIME,
  };
}

/** What can be done with the payloads of add-on results. They are found only while their result is. */
export function payloadRules(database: Database, clock: Clock) {
  return dependantRules(payloadStore(database), "XH", clock);
}
