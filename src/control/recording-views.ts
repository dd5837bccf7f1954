import { representAddOnResult } from "../resources/add-on-results/representation.js";
import { type RecordingStyle, representRecording } from "../resources/recordings/representation.js";
import { encryptionOf, type RecordingRow } from "../resources/recordings/table.js";
import type { Rules } from "../resources/rules.js";
import { representTranscription } from "../resources/transcriptions/representation.js";
import { transcriptionRules } from "../resources/transcriptions/rules.js";
import type { Page } from "../state/collection-store.js";
import type { State } from "../state/state.js";
import { toRfc2822 } from "../twilio-api/response/dates.js";
import type { RecordingDetail, RecordingView, RecordingWithResults } from "./recording-schemas.js";

/** The results of a recording that are shown. */
const RESULTS = { size: 100 } as const;

/** Returns functions that show a recording: as Twilio does, and with more. */
export function recordingViews({ database, clock }: State, rules: Rules, style: RecordingStyle) {
  const transcriptions = transcriptionRules(database, clock);

  const view = (row: RecordingRow, origin: string): RecordingView => representRecording(row, origin, style);

  const detail = (row: RecordingRow, origin: string): RecordingDetail => ({
    ...view(row, origin),
    detailed_status: row.status,
    date_deleted: row.date_deleted === null ? null : toRfc2822(row.date_deleted),
    days_left: rules.recordings.daysLeft(row),
  });

  function withResults(row: RecordingRow, origin: string): RecordingWithResults {
    const { account_sid, sid } = row;
    const texts = transcriptions.list({ account_sid, recording_sid: sid }, RESULTS);
    const results = rules.addOnResults.list({ account_sid, reference_sid: sid }, RESULTS);
    return {
      ...detail(row, origin),
      track: row.track ?? "both",
      // It encrypts with keys of its own, whatever the fixture's `encryption_cek`.
      has_key: encryptionOf(row) === null ? null : true,
      transcriptions: rowsOf(texts).map(representTranscription),
      add_on_results: rowsOf(results).map(representAddOnResult),
    };
  }

  return { view, detail, withResults };
}

/** Without a token, there is always a page. */
function rowsOf<Row>(page: Page<Row> | undefined): Row[] {
  return (page as Page<Row>).rows;
}
