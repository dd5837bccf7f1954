import type { Journal } from "../state/journal.js";
import { ControlError } from "./control-error.js";
import { MATCH_PROPERTIES, matchOf } from "./faults.js";
import { HAR, harOf } from "./har.js";
import { operation } from "./operation.js";
import { checkOperation, type OperationNames } from "./operation-names.js";
import { collectRequests } from "./request-collection.js";
import { REQUEST, REQUEST_DETAIL, requestDetail, requestView } from "./request-views.js";
import { requestWaits, type Seen, type Wanted } from "./request-waits.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const whole = (description: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  ({ type: "integer", minimum, maximum, description }) as const;

const FILTER = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...MATCH_PROPERTIES,
    status: whole("An HTTP status such as 200.", 100, 599),
    code: whole("An error code of Twilio's such as 20404.", 1),
    fault: { type: "string", description: "The id of an armed fault." },
    since: whole("The number of a request: only later ones match.", 0),
  },
} as const;

const MAX_WAIT = 600;

const WAIT = {
  ...FILTER,
  properties: {
    ...FILTER.properties,
    count: whole("A whole number from 1: the number of requests to wait for. Omitted: 1.", 1),
    timeout: {
      type: "number",
      minimum: 0,
      maximum: MAX_WAIT,
      description: `Seconds, 0 to ${MAX_WAIT}. Omitted: 5.`,
    },
  },
} as const;

const REQUESTS = objectWith({ count: { type: "integer" }, requests: { type: "array", items: REQUEST } });

export type RequestFilter = TypeOf<typeof FILTER>;
export type RequestWait = TypeOf<typeof WAIT>;

/** The request log. */
export function requestCapability(journal: Journal, operationNames: OperationNames, version: string) {
  const { find, wait, waiting, close } = requestWaits(journal);

  /** @throws ControlError 409 without a request log, 400 for an unknown operation. */
  async function wantedOf({ status, code, fault, since = 0, ...match }: RequestFilter, account: string | undefined) {
    if (journal.size === 0) throw new ControlError(409, "the journal is off; expected: a start with --journal above 0");
    await checkOperation(match.operation, operationNames);
    return { match: matchOf(match, account), status, code, fault, since } satisfies Wanted;
  }

  return {
    waiting,
    close,
    collect: () => collectRequests(journal, version),
    operations: {
      list: operation({
        method: "GET",
        url: "/requests",
        id: "listRequests",
        summary: "List the last requests, oldest first",
        inProcess: "`requests.list(…)`",
        docs: { input: "query: see [Request log](#request-log)" },
        scope: "all",
        query: FILTER,
        answer: REQUESTS,
        errors: [409],
        run: async ({ account, query }) => counted(find(await wantedOf(query, account))),
      }),

      wait: operation({
        method: "GET",
        url: "/requests/wait",
        id: "waitForRequests",
        summary: "Wait for matching requests",
        description:
          "Earlier requests in the log count. A 408 lists the last requests that came instead. In process, `signal` ends the wait.",
        inProcess: "`requests.waitFor(…)`",
        docs: { input: "the same, `count` (1), `timeout` (5 s, at most 600)" },
        scope: "all",
        query: WAIT,
        answer: REQUESTS,
        errors: [408, 409],
        async run({ account, query: { count = 1, timeout = 5, ...filter }, signal }) {
          return counted(await wait(await wantedOf(filter, account), count, timeout, signal()));
        },
      }),

      har: operation({
        method: "GET",
        url: "/requests/har",
        id: "exportRequests",
        summary: "Export matching requests as an HTTP archive, HAR 1.2",
        description: "Credentials are masked.",
        inProcess: "`requests.har(…)`",
        docs: { input: "query: see [Request log](#request-log)", answer: "an HTTP archive" },
        scope: "all",
        query: FILTER,
        answer: HAR,
        errors: [409],
        run: async ({ account, query }) => harOf(find(await wantedOf(query, account)), version),
      }),

      get: operation({
        method: "GET",
        url: "/requests/{Number}",
        id: "getRequest",
        summary: "Return one request, with its headers, form and answer",
        description: "Credentials are masked. Answers are kept while events are streamed, or with --journal-answers.",
        inProcess: "`requests.get(number)`",
        docs: { answer: "the request, with `headers`, `body`, `body_truncated` and `answer`" },
        scope: "all",
        answer: REQUEST_DETAIL,
        run({ account, key }) {
          const entry = journal.entries(account).find(({ number }) => String(number) === key);
          if (entry === undefined) throw new ControlError(404, `there is no request ${key} in the log`);
          return requestDetail(entry);
        },
      }),

      clear: operation({
        method: "DELETE",
        url: "/requests",
        id: "clearRequests",
        summary: "Clear the request log",
        inProcess: "`requests.clear()`",
        scope: "all",
        run: ({ account }) => journal.clear(account),
      }),
    },
  };
}

function counted(requests: Seen[]) {
  return { count: requests.length, requests: requests.map(requestView) };
}
