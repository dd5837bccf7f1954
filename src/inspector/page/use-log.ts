import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { call } from "./api.js";
import { type Batch, onBatch, onTopics, type Topic } from "./live.js";

/**
 * Reads a log, and keeps it up to date by the events.
 *
 * @param read - returns the entries of an answer.
 * @returns the entries, newest first; undefined before the first answer.
 */
export function useLog<Entry, Answer>(
  path: string,
  account: string | undefined,
  topic: Topic,
  read: {
    entries(answer: Answer): Entry[];
    from(batch: Batch): Entry[];
    keyOf(entry: Entry): string;
    account(entry: Entry): string | null;
  },
): { entries: Entry[] | undefined; error: Error | undefined } {
  const [log, setLog] = useState<Map<string, Entry> | undefined>();
  const [error, setError] = useState<Error | undefined>();
  // Events that came while the list was read.
  const meanwhile = useRef<Entry[] | undefined>(undefined);

  useEffect(() => {
    let controller = new AbortController();
    setLog(undefined);
    load();
    const stopTopics = onTopics((topics) => {
      if (topics === undefined || topics.has(topic)) load();
    });
    const stopBatches = onBatch((batch) => {
      const fresh = read.from(batch).filter((entry) => account === undefined || read.account(entry) === account);
      if (fresh.length === 0) return;
      meanwhile.current?.push(...fresh);
      setLog((before) => before && merged(before, fresh));
    });
    return () => {
      stopTopics();
      stopBatches();
      controller.abort();
    };

    function load(): void {
      controller.abort();
      controller = new AbortController();
      const { signal } = controller;
      const since: Entry[] = [];
      meanwhile.current = since;
      call<Answer>("GET", path, { query: { account }, signal }).then(
        (answer) => {
          setError(undefined);
          setLog(merged(new Map(), [...read.entries(answer), ...since]));
        },
        (failure: Error) => {
          if (!signal.aborted) setError(failure);
        },
      );
    }
  }, [path, account]);

  function merged(before: Map<string, Entry>, fresh: readonly Entry[]): Map<string, Entry> {
    const after = new Map(before);
    for (const entry of fresh) after.set(read.keyOf(entry), entry);
    return after;
  }

  const entries = useMemo(() => (log === undefined ? undefined : [...log.values()].reverse()), [log]);
  return { entries, error };
}
