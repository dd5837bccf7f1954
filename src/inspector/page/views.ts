import type { AccountDetail, AccountView, CreatedAccount } from "../../control/accounts.js";
import type { CallView, ConferenceView } from "../../control/call-schemas.js";
import type { CallbackFaultView, CallbackView } from "../../control/callback-schemas.js";
import type { ClockView, DueEvent } from "../../control/clock.js";
import type { FaultSpec, FaultView } from "../../control/faults.js";
import type { RecordingDetail } from "../../control/recording-schemas.js";
import type { RequestView } from "../../control/requests.js";
import type { Snapshot } from "../../control/snapshots.js";

export type {
  AccountDetail,
  AccountView,
  CallbackFaultView,
  CallbackView,
  CallView,
  ClockView,
  ConferenceView,
  CreatedAccount,
  DueEvent,
  FaultSpec,
  FaultView,
  RecordingDetail,
  RequestView,
  Snapshot,
};

export type Pair = [name: string, value: string];

export interface RequestDetail extends RequestView {
  headers: Pair[];
  body: string | null;
  body_truncated: boolean;
  answer: { headers: Pair[]; body: string | null; truncated: boolean } | null;
}

export interface CallDetail extends CallView {
  recording_sids: string[];
  conference_sid: string | null;
}

export interface ConferenceDetail extends ConferenceView {
  participants: Record<string, unknown>[];
  recording_sids: string[];
}

export interface RecordingFull extends RecordingDetail {
  transcriptions: Record<string, unknown>[];
  add_on_results: Record<string, unknown>[];
  track: string | null;
  has_key: boolean | null;
}

export interface Peaks {
  channels: number[][];
  seconds: number;
}

export interface HistoryEntry {
  number: number;
  time: string;
  event: string;
  sid: string;
  note: string | null;
}
