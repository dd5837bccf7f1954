import type { CallbackOrder } from "../callback-order.js";
import type { RecordingOrder } from "../recordings/live.js";

/** What a conference was opened with: the `script` column. */
export interface ConferenceScript {
  /** What is recorded from its start on. */
  recording?: RecordingOrder;
  callback?: CallbackOrder;
  /** The SequenceNumber of the last callback. */
  sequence?: number;
}

/** How a call takes part in a conference. */
export interface Participation {
  label?: string | null;
  muted?: boolean;
  hold?: boolean;
  coaching?: boolean;
  call_sid_to_coach?: string | null;
  start_conference_on_enter?: boolean;
  end_conference_on_exit?: boolean;
}
