import type { Clock } from "../../state/clock.js";
import type { Database } from "../../state/database.js";
import { listedRules } from "../listed-rules.js";
import { transcriptionStore } from "./store.js";

export type TranscriptionRules = ReturnType<typeof transcriptionRules>;

export function transcriptionRules(database: Database, clock: Clock) {
  return listedRules(transcriptionStore(database), "TR", clock);
}
