export type { AccountDetail, AccountView, CreatedAccount } from "../../control/accounts.js";
export type { CallDetail, CallList, ConferenceDetail, ConferenceList } from "../../control/call-list-schemas.js";
export type { CallbackFaultView, CallbackView } from "../../control/callback-schemas.js";
export type { ClockTurn, ClockView, DueEvent } from "../../control/clock.js";
export type { FaultSpec, FaultView } from "../../control/faults.js";
export type { Har } from "../../control/har.js";
export type { HistoryView } from "../../control/history.js";
export type { Peaks } from "../../control/recording-media.js";
export type {
  RecordingDetail,
  RecordingList,
  RecordingWithResults as RecordingFull,
} from "../../control/recording-schemas.js";
export type { RequestDetail, RequestView } from "../../control/request-views.js";
export type { Snapshot } from "../../control/snapshots.js";

/** A name and a value. */
export type Pair = [name: string, value: string];
