import type { CallbackOrder } from "../callback-order.js";
import type { RecordingOrder } from "../recordings/live.js";
import type { CallSettings } from "./settings.js";
import type { CallRow, Direction } from "./table.js";
import type { Element } from "./twiml-document.js";

/** What a call is placed with, as far as it still concerns it after its request: the `script` column. */
export interface Script {
  /** Of a call to place: settings that differ from the account's. Of a placed call: all that still concern it. */
  settings: Partial<CallSettings>;
  /** What is recorded from its answer on. */
  recording?: RecordingOrder;
  /** Whether the answer sets `answered_by`. */
  detectsMachines?: boolean;
  /** Most seconds that it lasts. */
  timeLimit?: number;
  callback?: CallbackOrder;
  /** How many callbacks were sent: the SequenceNumber of the next. */
  sequence?: number;
  /** The TwiML that it executes from its answer on. */
  instructions?: Instructions;
  /** The TwiML that it executes now. */
  program?: Program;
}

/** A call to place. */
export interface NewCall {
  account_sid: string;
  sid?: string;
  to_address: string;
  from_address: string;
  parent_call_sid?: string | null;
  direction: Direction;
  script: Script;
  /** Most seconds that it rings. */
  timeout?: number;
}

/** A request for a document. */
export interface DocumentAddress {
  url: string;
  method: "GET" | "POST";
}

/** Where the TwiML of a call comes from: one of `document` and `twiml`. */
export interface Instructions {
  document?: DocumentAddress;
  twiml?: string;
  /** Requested if the document fails. */
  fallback?: DocumentAddress;
  /** Scheme and host of the emulator in the URLs that requests contain. */
  origin: string;
}

/** The state of a call that executes TwiML. */
export interface Program {
  /** The document, against which relative URLs are resolved; undefined for TwiML in the request. */
  document?: DocumentAddress;
  fallback?: DocumentAddress;
  origin: string;
  /** The verbs after the present one. */
  rest: Element[];
  /** What the present verb waits for. */
  waits?: Wait;
  /** How many documents were requested at one moment of the clock, in milliseconds since the Unix epoch. */
  requests: { at: number; count: number };
}

/** What a verb waits for. */
export type Wait =
  /** A timed event `call.continue`, or the end of the call. */
  | { for: "time" }
  /** The answer to a request, by its idempotency token. */
  | ({ for: "document"; token: string } & DocumentAddress)
  | { for: "recording"; sid: string; action?: DocumentAddress }
  | DialWait;

/** The end of a `<Dial>`. */
export interface DialWait {
  for: "dial";
  /** The SID of the child call, or of the conference. */
  sid: string;
  action?: DocumentAddress;
  /** What is recorded from the answer on. */
  recording?: RecordingOrder;
  /** The recording that has begun. */
  recordingSid?: string;
}

export function scriptWith(row: CallRow, changes: Partial<Script>): string {
  // A call of the fixtures lasts until it is hung up.
  const script = row.script === null ? { settings: { lasts: null } } : scriptOf(row);
  return JSON.stringify({ ...script, ...changes } satisfies Script);
}

/** A call of the fixtures has no script. */
export function scriptOf({ script }: CallRow): Script {
  return script === null ? { settings: {} } : (JSON.parse(script) as Script);
}
