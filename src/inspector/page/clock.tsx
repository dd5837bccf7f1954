import { useEffect, useState } from "preact/hooks";
import { act, say } from "./actions.js";
import { call } from "./api.js";
import { Field, FormButton, filled } from "./dialog.js";
import { count } from "./format.js";
import type { Topic } from "./live.js";
import { Chip, Section } from "./parts.js";
import { linkTo, type Tab, useRoute } from "./route.js";
import { useResource } from "./use-resource.js";
import type { ClockView, DueEvent } from "./views.js";

// Turning the clock lets calls go on and retention end.
const TOPICS: readonly Topic[] = ["clock", "calls", "recordings"];
const STEPS = [
  ["+1 minute", "PT1M"],
  ["+1 hour", "PT1H"],
  ["+1 day", "P1D"],
  ["+40 days", "P40D"],
] as const;
const TABS: Readonly<Record<string, Tab>> = { CA: "calls", CF: "conferences", RE: "recordings" };

/** Returns the time of the emulator's or the account's clock, in step with it. */
export function useClock(account: string | undefined): { view: ClockView | undefined; now: Date | undefined } {
  const { data } = useResource<ClockView>("/clock", ["clock"], { account });
  const [state, setState] = useState<{ view: ClockView; offset: number } | undefined>();
  const [, tick] = useState(0);
  useEffect(() => {
    if (data !== undefined) setState({ view: data, offset: Date.parse(data.now) - Date.now() });
  }, [data]);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (state === undefined) return { view: undefined, now: undefined };
  const { view, offset } = state;
  return { view, now: view.frozen ? new Date(view.now) : new Date(Date.now() + offset) };
}

/** The state of a clock as a chip. */
export function ClockState({ view }: { view: ClockView }) {
  if (view.frozen) return <Chip text="frozen" tone="warn" />;
  return view.real ? <Chip text="real" tone="plain" /> : <Chip text="offset" tone="info" />;
}

/** The clock, and what is due next. */
export function Clock() {
  const { account } = useRoute();
  const { view, now } = useClock(account);
  const query = { account };
  async function change(body: { advance?: string; now?: string; frozen?: boolean }): Promise<boolean> {
    const turned = await act(
      () => call<{ events: number; callbacks: Record<string, number> }>("POST", "/clock", { query, body }),
      { topics: TOPICS },
    );
    if (turned === undefined) return false;
    const sent = Object.values(turned.callbacks).reduce((sum, one) => sum + one, 0);
    if (!("frozen" in body)) say(`${count(turned.events, "event")} happened, ${count(sent, "callback")} sent.`);
    return true;
  }
  return (
    <div class="sheet">
      <h2>{account === undefined ? "The emulator's clock" : "The account's clock"}</h2>
      <p class="clock-face">
        <time dateTime={now?.toISOString()}>{now?.toISOString().slice(0, 19).replace("T", " ") ?? "–"}</time>
        <span class="muted">UTC</span> {view && <ClockState view={view} />}
      </p>
      <div class="buttons">
        {STEPS.map(([label, advance]) => (
          <button key={advance} type="button" onClick={() => change({ advance })}>
            {label}
          </button>
        ))}
        <FormButton
          label="Set"
          title="Set the clock"
          submit="Set"
          onSubmit={(form) => change({ now: filled(form).now ?? "" })}
        >
          <p class="muted">Forward, everything that is due happens on the way. Back, nothing is undone.</p>
          <Field label="Date, ISO 8601 or RFC 2822">
            <input name="now" class="mono" required defaultValue={now?.toISOString().slice(0, 19).concat("Z")} />
          </Field>
        </FormButton>
        <button type="button" onClick={() => change({ frozen: view?.frozen !== true })}>
          {view?.frozen ? "Unfreeze" : "Freeze"}
        </button>
        <button
          type="button"
          disabled={view?.real === true && !view.frozen}
          onClick={() => act(() => call("DELETE", "/clock", { query }), { topics: TOPICS, done: "Back to real time." })}
        >
          Real time
        </button>
      </div>
      <Due account={account} now={now} />
    </div>
  );
}

function Due({ account, now }: { account: string | undefined; now: Date | undefined }) {
  const { data } = useResource<{ events: DueEvent[] }>("/clock/events", TOPICS, { account });
  if (data === undefined) return null;
  return (
    <Section title="Due next" note={account === undefined ? "of the main account" : ""}>
      {data.events.length === 0 && <p class="muted">Nothing is due. Calls, recordings and retries show here.</p>}
      <ol class="timeline">
        {data.events.slice(0, 100).map(({ due, kind, sid }) => {
          const tab = TABS[sid.slice(0, 2)];
          return (
            <li key={`${due} ${kind} ${sid}`}>
              <time dateTime={due}>{due.slice(0, 19).replace("T", " ")}</time>
              <span class="muted end">{now && inTime(Date.parse(due) - now.getTime())}</span>
              <span>
                <b>{kind}</b>{" "}
                {tab === undefined ? (
                  <span class="mono">{sid}</span>
                ) : (
                  <a class="mono" href={linkTo({ tab, id: sid })}>
                    {sid}
                  </a>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

function inTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `in ${seconds} s`;
  if (seconds < 7200) return `in ${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `in ${Math.round(seconds / 3600)} h` : `in ${Math.round(seconds / 86_400)} days`;
}
