import { type Clock, DAY } from "../../state/clock.js";
import type { Database } from "../../state/database.js";
import { listedRules } from "../listed-rules.js";
import { addOnResultStore, payloadStore } from "./store.js";

export type AddOnResultRules = ReturnType<typeof addOnResultRules>;
export type PayloadRules = ReturnType<typeof payloadRules>;

/** @see https://www.twilio.com/docs/add-ons/api/results */
const LIFETIME = 30 * DAY;

export function addOnResultRules(database: Database, clock: Clock) {
  const store = addOnResultStore(database);
  return {
    ...listedRules(store, "XR", clock, LIFETIME),
    /** Returns the time of the next expiry after this time, in any account; Infinity if there is none. */
    nextExpiry: (time: number): number => store.nextCreated(time - LIFETIME) + LIFETIME,
  };
}

export function payloadRules(database: Database, clock: Clock) {
  return listedRules(payloadStore(database), "XH", clock);
}
