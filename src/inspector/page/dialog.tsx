import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** A button that opens a form in a dialog. */
export function FormButton({
  label,
  title,
  submit,
  children,
  onSubmit,
  danger = false,
}: {
  label: string;
  title: string;
  submit: string;
  children: ComponentChildren;
  /** Resolves with true if the dialog is done. */
  onSubmit(form: FormData): Promise<boolean>;
  danger?: boolean;
}) {
  const [isOpen, open] = useState(false);
  return (
    <>
      <button type="button" class={danger ? "danger" : ""} onClick={() => open(true)}>
        {label}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={() => open(false)}>
          <form
            class="form"
            onSubmit={async (event) => {
              event.preventDefault();
              if (await onSubmit(new FormData(event.currentTarget))) open(false);
            }}
          >
            {children}
            <div class="form-buttons">
              <button type="button" onClick={() => open(false)}>
                Cancel
              </button>
              <button type="submit" class={danger ? "danger" : "primary"}>
                {submit}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

function Dialog({ title, onClose, children }: { title: string; onClose(): void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

/** A labelled field of a form. */
export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: its child is the control.
    <label class="form-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

export function Select({
  name,
  values,
  value,
  omitted,
}: {
  name: string;
  values: readonly string[];
  value?: string;
  /** The text of the choice to omit it. */
  omitted?: string;
}) {
  return (
    <select name={name} defaultValue={value ?? ""}>
      {omitted !== undefined && <option value="">{omitted}</option>}
      {values.map((one) => (
        <option key={one} value={one} selected={one === value}>
          {one}
        </option>
      ))}
    </select>
  );
}

/** Returns the fields that were filled in. */
export function filled(form: FormData): Record<string, string> {
  const pairs = [...form].filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== "");
  return Object.fromEntries(pairs.map(([name, value]) => [name, value.trim()]));
}
