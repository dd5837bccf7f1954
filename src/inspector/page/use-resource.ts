import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call, type Query } from "./api.js";
import { onTopics, type Topic } from "./live.js";

export interface Resource<T> {
  data: T | undefined;
  error: Error | undefined;
  reload(): void;
}

/**
 * Reads an operation, and again when one of the topics changed.
 *
 * @param path - undefined to read nothing.
 */
export function useResource<T>(path: string | undefined, topics: readonly Topic[], query: Query = {}): Resource<T> {
  const key = path === undefined ? undefined : `${path} ${JSON.stringify(query)}`;
  const [state, setState] = useState<{ key?: string | undefined; data?: T | undefined; error?: Error | undefined }>({});
  const reading = useRef<AbortController | undefined>(undefined);

  const reload = useCallback(() => {
    reading.current?.abort();
    if (path === undefined) return;
    const controller = new AbortController();
    reading.current = controller;
    call<T>("GET", path, { query, signal: controller.signal }).then(
      (data) => setState({ key, data }),
      (error: Error) => {
        if (controller.signal.aborted) return;
        // What was read before stays while the emulator is away.
        setState((before) => (error instanceof TypeError ? { ...before, error } : { key, error }));
      },
    );
  }, [key]);

  useEffect(() => {
    reload();
    const stop = onTopics((changed) => {
      if (changed === undefined || topics.some((topic) => changed.has(topic))) reload();
    });
    return () => {
      stop();
      reading.current?.abort();
    };
  }, [reload]);

  const isCurrent = state.key === key;
  return { data: isCurrent ? state.data : undefined, error: isCurrent ? state.error : undefined, reload };
}
