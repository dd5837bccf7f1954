import { dateTimeOf } from "./format.js";
import { Empty, Section } from "./parts.js";
import { useResource } from "./use-resource.js";
import type { HistoryView } from "./views.js";

/** What happened to a call, a conference or a recording, in order. */
export function Timeline({ sid, account }: { sid: string; account: string | undefined }) {
  const { data } = useResource<{ entries: HistoryView[] }>("/history", ["calls", "recordings"], { sid, account });
  const entries = data?.entries;
  const [first] = entries ?? [];
  return (
    <Section title="Timeline">
      {entries?.length === 0 && <Empty text="Nothing happened since the emulator started." />}
      {first !== undefined && (
        <ol class="timeline">
          {entries?.map((entry) => (
            <li key={entry.number}>
              <time dateTime={entry.time} title={entry.time}>
                {dateTimeOf(entry.time).slice(11)}
              </time>
              <span class="muted end">{sinceFirst(entry, first)}</span>
              <span>
                <b>{entry.event}</b> {entry.note}
                {entry.sid !== sid && <span class="mono muted"> {entry.sid}</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function sinceFirst(entry: HistoryView, first: HistoryView): string {
  const seconds = (Date.parse(entry.time) - Date.parse(first.time)) / 1000;
  return entry === first ? "" : `+${seconds.toFixed(1)} s`;
}
