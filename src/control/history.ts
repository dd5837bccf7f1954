import type { HistoryEntry } from "../state/history.js";
import type { State } from "../state/state.js";
import { operation } from "./operation.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const text = { type: "string" } as const;
const ENTRY = objectWith({
  number: { type: "integer", description: "Grows with each entry." },
  time: { ...text, format: "date-time", description: "By the account's clock, ISO 8601." },
  event: { ...text, description: "Such as call.ringing, recording.paused or twiml.Say." },
  sid: { ...text, description: "The call, conference or recording." },
  note: { type: ["string", "null"], description: "What TwiML did, or why not." },
});
const ENTRIES = objectWith({ count: { type: "integer" }, entries: { type: "array", items: ENTRY } });
const FILTER = {
  type: "object",
  additionalProperties: false,
  properties: {
    sid: {
      ...text,
      pattern: "^(CA|CF|RE)[0-9a-fA-F]{32}$",
      description: "The SID of a call or conference, with its recordings, or of a recording.",
    },
  },
} as const;

export type HistoryFilter = TypeOf<typeof FILTER>;
export type HistoryView = TypeOf<typeof ENTRY>;

/** What happened to calls, conferences and recordings. */
export function historyCapability({ history }: State) {
  return {
    list: operation({
      method: "GET",
      url: "/history",
      id: "listHistory",
      summary: "List what happened to calls, conferences and recordings, oldest first",
      description: "The last 1,000 entries of an account, with the TwiML that calls executed.",
      inProcess: "`history.list(…)`",
      scope: "main",
      query: FILTER,
      answer: ENTRIES,
      run({ account, query: { sid } }) {
        const wanted = sid?.toLowerCase();
        const found = history
          .list(account)
          .filter(
            (entry) => wanted === undefined || [entry.sid, ...entry.of].some((one) => one.toLowerCase() === wanted),
          );
        return { count: found.length, entries: found.map(viewOf) };
      },
    }),
  };
}

function viewOf({ number, at, event, sid, note }: HistoryEntry): HistoryView {
  return { number, time: new Date(at).toISOString(), event, sid, note };
}
