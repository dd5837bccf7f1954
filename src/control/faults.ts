import type { ArmedFault, Effect, FaultMatch, Faults } from "../state/faults.js";
import { PLAIN_ERRORS, type PlainError } from "../twilio-api/response/error-catalogue.js";
import { ControlError, unexpected } from "./control-error.js";
import { operation } from "./operation.js";
import { checkOperation, type OperationNames } from "./operation-names.js";
import { objectWith, type TypeOf } from "./schema-type.js";

const MAX_DELAY = 600_000;
const count = (description: string, minimum: number) => ({ type: "integer", minimum, description }) as const;
const milliseconds = { type: "integer", minimum: 0, maximum: MAX_DELAY } as const;

/** Selects requests, for faults and the request log. */
export const MATCH_PROPERTIES = {
  method: { type: "string", pattern: "^[A-Z]+$", description: "An HTTP method in capitals, such as GET." },
  operation: { type: "string", description: "Twilio's name of an operation, such as FetchRecording." },
  sid: { type: "string", pattern: "^[A-Z]{2}[0-9a-fA-F]{32}$", description: "A SID anywhere in the path." },
  path: { type: "string", pattern: "^[/*]", description: "A whole path; * matches anything." },
} as const;

const MATCH = { type: "object", properties: MATCH_PROPERTIES } as const;

const FAULT = {
  type: "object",
  description: "An object with error, delay, drop or body.",
  additionalProperties: false,
  // One of the keys is required. Generators of clients turn an anyOf of required keys into an unknown type.
  not: { allOf: ["error", "delay", "drop", "body"].map((key) => ({ not: { required: [key] } })) },
  properties: {
    error: {
      description: `One of the codes ${[...PLAIN_ERRORS.keys()].join(", ")}; or an object with code, status and message.`,
      anyOf: [
        { type: "integer", enum: [...PLAIN_ERRORS.keys()] },
        {
          type: "object",
          required: ["code", "status", "message"],
          additionalProperties: false,
          properties: {
            code: { type: "integer", minimum: 1 },
            status: { type: "integer", minimum: 400, maximum: 599 },
            message: { type: "string" },
          },
        },
      ],
    },
    retry_after: count("A whole number of seconds, for a Retry-After header beside the error.", 0),
    delay: {
      description: `Milliseconds to wait, 0 to ${MAX_DELAY}; or an array of the least and the most.`,
      anyOf: [milliseconds, { type: "array", items: milliseconds, minItems: 2, maxItems: 2 }],
    },
    drop: {
      enum: ["before", "middle"],
      description: "before: closes the connection before the answer; middle: in the middle of its body.",
    },
    body: { enum: ["truncated", "malformed"], description: "truncated or malformed." },
    times: count("A whole number from 1: the number of requests that it applies to. Omitted: until it is removed.", 1),
    after: count("A whole number from 0: the number of matching requests that pass first.", 0),
    probability: { type: "number", minimum: 0, maximum: 1, description: "A number from 0 to 1." },
    ...MATCH_PROPERTIES,
  },
} as const;

export type FaultSpec = TypeOf<typeof FAULT>;

const ARMED = {
  ...FAULT,
  description: "An armed fault.",
  additionalProperties: true,
  required: ["id", "seen", "struck"],
  properties: {
    id: { type: "string" },
    ...FAULT.properties,
    account: { type: "string", description: "The account that the fault is limited to." },
    seen: count("The number of matching requests.", 0),
    struck: count("The number of requests that it applied to.", 0),
  },
} as const;
const ARMED_FAULTS = objectWith({ faults: { type: "array", items: ARMED } });

export type FaultView = TypeOf<typeof ARMED>;

/** Faults: errors, delays and broken answers that a test arms. */
export function faultCapability(faults: Faults, operationNames: OperationNames) {
  const specs = new WeakMap<ArmedFault, FaultSpec>();
  const view = (fault: ArmedFault): FaultView => {
    const { id, seen, struck, match } = fault;
    return {
      id,
      ...specs.get(fault),
      ...(match.account !== undefined && { account: match.account }),
      seen,
      struck,
    };
  };

  return {
    list: operation({
      method: "GET",
      url: "/faults",
      id: "listFaults",
      summary: "List the armed faults",
      description: "With the numbers of requests seen and struck.",
      inProcess: "`faults.list()`",
      scope: "all",
      answer: ARMED_FAULTS,
      run: ({ account }) => ({ faults: faults.list(account).map(view) }),
    }),

    arm: operation({
      method: "POST",
      url: "/faults",
      id: "armFault",
      summary: "Arm a fault",
      description: "If several faults match a request, the first one armed applies.",
      inProcess: "`faults.arm(…)`",
      docs: { input: "see [Faults](#faults)", answer: "the fault with its `id`" },
      scope: "all",
      body: FAULT,
      answer: ARMED,
      status: 201,
      async run({ account, body }) {
        await checkOperation(body.operation, operationNames);
        const { times = Number.POSITIVE_INFINITY, after = 0, probability = 1 } = body;
        const match = matchOf(body, account);
        const fault = faults.arm({ match, effect: effectOf(body), times, after, probability });
        specs.set(fault, { ...body });
        return view(fault);
      },
    }),

    clear: operation({
      method: "DELETE",
      url: "/faults",
      id: "clearFaults",
      summary: "Remove all faults",
      inProcess: "`faults.clear()`",
      scope: "all",
      run: ({ account }) => faults.clear(account),
    }),

    remove: operation({
      method: "DELETE",
      url: "/faults/{id}",
      id: "removeFault",
      summary: "Remove one fault",
      inProcess: "`faults.remove(id)`",
      scope: "none",
      run({ key }) {
        if (!faults.remove(key)) throw new ControlError(404, `there is no fault ${JSON.stringify(key)}`);
      },
    }),
  };
}

/** Returns the match of a fault, or of a filter of requests. */
export function matchOf(
  { method, operation, sid, path }: TypeOf<typeof MATCH>,
  account: string | undefined,
): FaultMatch {
  return { account, method, operation, sid, path };
}

function effectOf({ error, retry_after: retryAfter, delay, drop, body }: FaultSpec): Effect {
  if ([error, drop].every((given) => given !== undefined) || (drop === "before" && body !== undefined)) {
    throw new ControlError(400, "drop goes with neither error nor body; expected: one of them");
  }
  if (retryAfter !== undefined && error === undefined) {
    throw new ControlError(400, `retry_after is ${retryAfter} without error; expected: both`);
  }
  const [least, most] = typeof delay === "number" ? [delay, delay] : (delay ?? []);
  if (least !== undefined && most !== undefined && least > most) {
    throw unexpected("delay", delay, "the least before the most");
  }
  return {
    error: error === undefined ? undefined : { ...wholeError(error), retryAfter },
    delay: least === undefined || most === undefined ? undefined : [least, most],
    drop,
    body,
  };
}

function wholeError(error: number | { code: number; status: number; message: string }) {
  if (typeof error === "object") return { ...error, message: () => error.message };
  // The schema accepts only these codes.
  return { code: error, ...(PLAIN_ERRORS.get(error) as PlainError) };
}
