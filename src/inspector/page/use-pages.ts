import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call, type Query } from "./api.js";
import { onTopics, type Topic } from "./live.js";

const PAGE = 100;
const MOST = 1000;

/** Reads a list page by page, and again when one of the topics changed. */
export function usePages<Item, Answer extends { next?: string | null }>(
  path: string,
  topics: readonly Topic[],
  query: Query,
  itemsOf: (answer: Answer) => Item[],
): { items: Item[] | undefined; error: Error | undefined; hasMore: boolean; more(): void } {
  const key = `${path} ${JSON.stringify(query)}`;
  const [state, setState] = useState<{ key: string; items: Item[]; next: string | null } | undefined>();
  const [failure, setFailure] = useState<{ key: string; error: Error } | undefined>();
  const shown = useRef(state);
  shown.current = state?.key === key ? state : undefined;
  const reading = useRef<AbortController | undefined>(undefined);

  const read = useCallback(
    (isMore: boolean) => {
      const before = shown.current;
      if (isMore && (before === undefined || before.next === null || reading.current !== undefined)) return;
      reading.current?.abort();
      const controller = new AbortController();
      reading.current = controller;
      const limit = isMore ? PAGE : Math.min(MOST, Math.max(PAGE, before?.items.length ?? 0));
      const after = isMore ? (before?.next ?? undefined) : undefined;
      call<Answer>("GET", path, { query: { ...query, limit, after }, signal: controller.signal })
        .then(
          (answer) => {
            const items = itemsOf(answer);
            setFailure(undefined);
            setState({ key, items: isMore && before ? [...before.items, ...items] : items, next: answer.next ?? null });
          },
          (error: Error) => {
            if (!controller.signal.aborted) setFailure({ key, error });
          },
        )
        .finally(() => {
          if (reading.current === controller) reading.current = undefined;
        });
    },
    [key],
  );

  useEffect(() => {
    read(false);
    const stop = onTopics((changed) => {
      if (changed === undefined || topics.some((topic) => changed.has(topic))) read(false);
    });
    return () => {
      stop();
      reading.current?.abort();
      reading.current = undefined;
    };
  }, [read]);

  const current = shown.current;
  return {
    items: current?.items,
    error: failure?.key === key ? failure.error : undefined,
    hasMore: current !== undefined && current.next !== null,
    more: () => read(true),
  };
}
