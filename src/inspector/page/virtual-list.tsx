import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const ROW = 32;
/** Rows rendered beyond the visible ones. */
const MARGIN = 8;

interface Props<T> {
  /** What the list contains, for screen readers. */
  label: string;
  /** The class of the rows and of the header, which sets their columns. */
  columns: string;
  header: ComponentChildren;
  items: readonly T[];
  keyOf(item: T): string;
  selected: string | undefined;
  onSelect(key: string): void;
  renderRow(item: T): ComponentChildren;
  /** Called when the end comes near. */
  onEnd?(): void;
}

/** A list of rows of the same height, of which only the visible ones are in the document. The arrow keys select. */
export function VirtualList<T>({
  label,
  columns,
  header,
  items,
  keyOf,
  selected,
  onSelect,
  renderRow,
  onEnd,
}: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const first = Math.max(0, Math.floor(view.top / ROW) - MARGIN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / ROW) + MARGIN);
  const visible = items.slice(first, last);
  const activeRow = visible.findIndex((item) => keyOf(item) === selected);
  const idOf = (key: string) => `row-${key}`;

  function measure(): void {
    const { scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    setView((before) =>
      before.top === scrollTop && before.height === clientHeight ? before : { top: scrollTop, height: clientHeight },
    );
  }

  useLayoutEffect(() => {
    const observer = new ResizeObserver(measure);
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  // New rows come at the top: what is looked at must not move.
  const topKey = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const before = topKey.current;
    const [top] = items;
    topKey.current = top === undefined ? undefined : keyOf(top);
    const element = box.current;
    if (element === null || before === undefined || before === topKey.current || element.scrollTop < ROW) return;
    const moved = items.findIndex((item) => keyOf(item) === before);
    if (moved > 0) element.scrollTop += moved * ROW;
  }, [items]);

  useEffect(() => {
    if (last >= items.length - MARGIN) onEnd?.();
  }, [last, items.length]);

  function selectAt(index: number): void {
    const bounded = Math.max(0, Math.min(items.length - 1, index));
    const item = items[bounded];
    const element = box.current;
    if (item === undefined || element === null) return;
    onSelect(keyOf(item));
    const top = bounded * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = items.findIndex((item) => keyOf(item) === selected);
    const page = Math.max(1, Math.floor(view.height / ROW) - 1);
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: items.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    selectAt(target);
  }

  const active = visible[activeRow];
  return (
    <div class="list">
      <div class={`row list-header ${columns}`} aria-hidden="true">
        {header}
      </div>
      <div
        ref={box}
        class="list-body"
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={active === undefined ? undefined : idOf(keyOf(active))}
        onScroll={measure}
        onKeyDown={onKeyDown}
      >
        <div class="list-rows" role="presentation" style={{ height: `${items.length * ROW}px` }}>
          {visible.map((item, index) => {
            const key = keyOf(item);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys.
              // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names its active option.
              <div
                key={key}
                id={idOf(key)}
                class={`row ${columns}`}
                role="option"
                aria-selected={key === selected}
                aria-setsize={items.length}
                aria-posinset={first + index + 1}
                style={{ top: `${(first + index) * ROW}px` }}
                onClick={() => onSelect(key)}
              >
                {renderRow(item)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
