import { useState } from "preact/hooks";
import { say } from "./actions.js";

/** Copies a text to the clipboard. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    // Browsers offer the clipboard to https and localhost only.
    if (navigator.clipboard === undefined) copySelected(text);
    else await navigator.clipboard.writeText(text);
    say(`Copied ${what}.`);
  } catch {
    say(`The browser did not allow to copy ${what}.`, true);
  }
}

function copySelected(text: string): void {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("not copied");
}

/** A button that copies a text. */
export function CopyButton({ text, what, label = "Copy" }: { text: string; what: string; label?: string }) {
  return (
    <button type="button" class="small" aria-label={`Copy ${what}`} onClick={() => copyText(text, what)}>
      {label}
    </button>
  );
}

/** A SID or an address in monospace, which a click copies. */
export function Sid({ value }: { value: string }) {
  return (
    <button type="button" class="sid mono" title="Click to copy" onClick={() => copyText(value, value)}>
      {value}
    </button>
  );
}

/** A secret that is masked until it is clicked. */
export function Secret({ value, name }: { value: string; name: string }) {
  const [isShown, show] = useState(false);
  return (
    <span class="secret">
      <button
        type="button"
        class="sid mono"
        aria-label={isShown ? `Hide the ${name}` : `Show the ${name}`}
        onClick={() => show(!isShown)}
      >
        {isShown ? value : "•".repeat(12)}
      </button>
      <CopyButton text={value} what={`the ${name}`} />
    </span>
  );
}
