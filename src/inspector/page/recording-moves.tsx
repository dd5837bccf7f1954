import { act } from "./actions.js";
import { call } from "./api.js";
import type { RecordingDetail } from "./views.js";

/** Buttons that pause, resume and stop a recording under way. */
export function RecordingMoves({ recording, account }: { recording: RecordingDetail; account: string | undefined }) {
  const { sid, detailed_status: status } = recording;
  if (status !== "in-progress" && status !== "paused") return null;
  const move = (to: string) =>
    act(() => call("PATCH", `/recordings/${sid}/live`, { query: { account }, body: { status: to } }), {
      topics: ["recordings", "calls"],
    });
  const isPaused = status === "paused";
  return (
    <>
      <button type="button" onClick={() => move(isPaused ? "in-progress" : "paused")}>
        {isPaused ? "Resume" : "Pause"}
      </button>
      <button type="button" onClick={() => move("stopped")}>
        Stop
      </button>
    </>
  );
}
