import type { Clock } from "../../state/clock.js";
import type { Database } from "../../state/database.js";
import { dependantRules } from "../dependants.js";
import { addOnResultStore, payloadStore } from "./store.js";

export type AddOnResultRules = ReturnType<typeof addOnResultRules>;
export type PayloadRules = ReturnType<typeof payloadRules>;

/** What can be done with add-on results. They are found only while their recording is, and removed with it. */
export function addOnResultRules(database: Database, clock: Clock) {
  return dependantRules(addOnResultStore(database), "XR", clock);
}

/** What can be done with the payloads of add-on results. They are found only while their result is. */
export function payloadRules(database: Database, clock: Clock) {
  return dependantRules(payloadStore(database), "XH", clock);
}
