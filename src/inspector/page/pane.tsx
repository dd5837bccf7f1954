import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { goTo, useRoute } from "./route.js";

/** A list at the left and details at the right; below each other in a narrow window. */
export function Split({ list, details }: { list: ComponentChildren; details: ComponentChildren | undefined }) {
  return (
    <div class={details === undefined ? "split" : "split split-open"}>
      <div class="split-list">{list}</div>
      {details}
    </div>
  );
}

/** The details of what is selected. Escape closes them. */
export function Pane({
  title,
  actions,
  children,
}: {
  title: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const { id } = useRoute();
  const pane = useRef<HTMLElement>(null);
  // In a narrow window the details are below the list.
  useEffect(() => {
    if (matchMedia("(max-width: 800px)").matches) pane.current?.scrollIntoView({ block: "start" });
  }, [id]);
  return (
    <section class="pane" aria-label="Details" ref={pane}>
      <header class="pane-header">
        <h2>{title}</h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close the details"
          title="Close (Escape)"
          onClick={closeDetails}
        >
          ✕
        </button>
      </header>
      {actions && <div class="pane-actions">{actions}</div>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it. */}
      <div class="pane-body" tabIndex={0}>
        {children}
      </div>
    </section>
  );
}

/** Closes the details and returns the focus to the list. */
export function closeDetails(): void {
  goTo({ id: undefined }, { replace: true });
  document.querySelector<HTMLElement>('[role="listbox"]')?.focus();
}

/** The line above a list: its filters and actions. */
export function Toolbar({ children }: { children: ComponentChildren }) {
  return <div class="toolbar">{children}</div>;
}

/** The field that `/` focuses. */
export function FilterField({
  label,
  hint,
  value,
  onInput,
}: {
  label: string;
  hint: string;
  value: string;
  onInput(value: string): void;
}) {
  return (
    <input
      type="search"
      class="filter"
      data-filter
      aria-label={label}
      placeholder={hint}
      spellcheck={false}
      autocomplete="off"
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

/** One of several values, as a row of buttons. */
export function Choices({
  label,
  values,
  value,
  onChange,
}: {
  label: string;
  values: readonly string[];
  value: string;
  onChange(value: string): void;
}) {
  return (
    <fieldset class="choices" aria-label={label}>
      {["", ...values].map((one) => (
        <button key={one} type="button" class="choice" aria-pressed={one === value} onClick={() => onChange(one)}>
          {one === "" ? "all" : one}
        </button>
      ))}
    </fieldset>
  );
}
