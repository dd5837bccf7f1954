import type { ComponentChildren } from "preact";
import { Sid } from "./copy.js";

type Tone = "good" | "bad" | "warn" | "info" | "plain";

const TONES: Readonly<Record<string, Tone>> = {
  "in-progress": "info",
  ringing: "info",
  queued: "plain",
  init: "plain",
  pending: "info",
  processing: "warn",
  paused: "warn",
  stopped: "plain",
  completed: "good",
  delivered: "good",
  connected: "info",
  absent: "bad",
  failed: "bad",
  refused: "bad",
  busy: "bad",
  "no-answer": "bad",
  canceled: "plain",
  deleted: "bad",
  dropped: "warn",
};

/** A status as a coloured chip with its text. */
export function Chip({ text, tone }: { text: string; tone?: Tone }) {
  return <span class={`chip tone-${tone ?? TONES[text] ?? "plain"}`}>{text}</span>;
}

/** An HTTP status; null if the connection closed before the answer. */
export function HttpStatus({ status }: { status: number | null }) {
  if (status === null) return <Chip text="closed" tone="bad" />;
  return (
    <Chip text={String(status)} tone={status < 300 ? "good" : status < 400 ? "info" : status < 500 ? "warn" : "bad"} />
  );
}

/** Names and values, as text. */
export function Fields({ of }: { of: readonly (readonly [name: string, value: ComponentChildren])[] }) {
  return (
    <dl class="fields">
      {of.map(([name, value], index) => (
        // A header or parameter may occur twice.
        <div key={`${index} ${name}`} class="field">
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === "" ? <span class="muted">–</span> : value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The attributes of a resource of Twilio's, in its order. */
export function Attributes({ of, without = [] }: { of: object; without?: readonly string[] }) {
  const shown = Object.entries(of).filter(([name]) => !without.includes(name));
  return <Fields of={shown.map(([name, value]) => [name, shownAs(value)] as const)} />;
}

function shownAs(value: unknown): ComponentChildren {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "object") return <pre class="code">{JSON.stringify(value, null, 2)}</pre>;
  const text = String(value);
  return /^[A-Z]{2}[0-9a-f]{32}$/.test(text) ? <Sid value={text} /> : <span class="mono">{text}</span>;
}

export function Section({ title, children, note }: { title: string; children: ComponentChildren; note?: string }) {
  return (
    <section class="section">
      <h3>
        {title}
        {note !== undefined && <span class="muted note"> {note}</span>}
      </h3>
      {children}
    </section>
  );
}

/** A sentence and an action, where there is nothing to show. */
export function Empty({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

/** A body: JSON is indented. */
export function Body({ text }: { text: string }) {
  return <pre class="code">{indented(text)}</pre>;
}

function indented(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
