import { useEffect, useState } from "preact/hooks";

/** A value that components watch. */
export interface Value<T> {
  get(): T;
  set(value: T): void;
  watch(listener: (value: T) => void): () => void;
}

export function createValue<T>(initial: T): Value<T> {
  let current = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => current,
    set(value) {
      if (value === current) return;
      current = value;
      for (const listener of [...listeners]) listener(value);
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Returns the value, and renders the component again when it changes. */
export function useValue<T>(value: Value<T>): T {
  const [shown, show] = useState<{ value: T }>({ value: value.get() });
  useEffect(() => {
    show({ value: value.get() });
    return value.watch((next) => show({ value: next }));
  }, [value]);
  return shown.value;
}
