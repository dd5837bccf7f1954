import type { Journal, NumberedEntry } from "../state/journal.js";
import { type Har, harOf } from "./har.js";
import { type RequestDetail, requestDetail } from "./request-views.js";

/** Requests that were collected, oldest first, numbered from 1. */
export interface RequestCollection {
  har(): Har;
  list(): { count: number; requests: RequestDetail[] };
}

/** Collects all requests from now on, with their answers, also those that are later evicted or cleared from the request log. */
export function collectRequests(journal: Journal, version: string): RequestCollection {
  const entries: NumberedEntry[] = [];
  journal.keepAnswers();
  // A reset restarts the numbers of the log.
  journal.onRecord((entry) => void entries.push({ ...entry, number: entries.length + 1 }));
  return {
    har: () => harOf(entries, version),
    list: () => ({ count: entries.length, requests: entries.map(requestDetail) }),
  };
}
