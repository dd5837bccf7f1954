import type { ArmedFault, Effect, FaultMatch, Faults } from "../state/faults.js";
import { PLAIN_ERRORS, type PlainError } from "../twilio-api/response/error-catalogue.js";
import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import { checkOperation, type Operations } from "./operations.js";
import type { Scope } from "./scope.js";

/** A fault to arm: what it does, which requests it meets, and how often. */
export interface FaultSpec {
  /** Answers with this error of Twilio's: its code, or code, HTTP status and message. */
  error?: number | { code: number; status: number; message: string };
  /** Seconds, for a Retry-After header beside the error. */
  retry_after?: number;
  /** Milliseconds to wait first, or the least and the most of them. */
  delay?: number | [least: number, most: number];
  /** Breaks the connection off before the answer, or in the middle of its body. */
  drop?: "before" | "middle";
  /** Sends half of the body as if it were the whole, or one that no parser takes. */
  body?: "truncated" | "malformed";
  /** How many requests it strikes; left out, until it is cleared. */
  times?: number;
  /** How many matching requests it lets pass first. */
  after?: number;
  /** How likely it strikes, from 0 to 1. */
  probability?: number;
  /** Which requests it meets: those that agree with all of these. */
  method?: string;
  /** Twilio's name of the operation, such as FetchRecording. */
  operation?: string;
  /** In any place of the path. */
  sid?: string;
  /** The whole path; `*` stands for anything. */
  path?: string;
}

/** An armed fault. */
export type FaultView = FaultSpec & {
  id: string;
  account?: string;
  /** How many matching requests it has seen, and how many of them it has struck. */
  seen: number;
  struck: number;
};

const MAX_DELAY = 600_000;
const count = (description: string, minimum: number) => ({ type: "integer", minimum, description }) as const;
const milliseconds = { type: "integer", minimum: 0, maximum: MAX_DELAY } as const;

/** The schemas of what chooses requests, for faults and for the journal. */
export const MATCH_PROPERTIES = {
  method: { type: "string", pattern: "^[A-Z]+$", description: "An HTTP method in capitals, such as GET." },
  operation: { type: "string", description: "Twilio's name of an operation, such as FetchRecording." },
  sid: { type: "string", pattern: "^[A-Z]{2}[0-9a-fA-F]{32}$", description: "A SID that the path has in any place." },
  path: { type: "string", pattern: "^[/*]", description: "A whole path; * stands for anything." },
} as const;

export const FAULT_SPEC = {
  type: "object",
  description: "An object with error, delay, drop or body.",
  additionalProperties: false,
  anyOf: ["error", "delay", "drop", "body"].map((key) => ({ required: [key] })),
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
      description: `Milliseconds to wait, 0 to ${MAX_DELAY}; or an array of the least and the most of them.`,
      anyOf: [milliseconds, { type: "array", items: milliseconds, minItems: 2, maxItems: 2 }],
    },
    drop: { enum: ["before", "middle"], description: "before the answer, or in the middle of its body." },
    body: { enum: ["truncated", "malformed"], description: "truncated or malformed." },
    times: count("A whole number from 1: how many requests it strikes. Left out: until it is cleared.", 1),
    after: count("A whole number from 0: how many matching requests it lets pass first.", 0),
    probability: { type: "number", minimum: 0, maximum: 1, description: "A number from 0 to 1." },
    ...MATCH_PROPERTIES,
  },
} as const;

export type FaultControl = ReturnType<typeof faultControl>;

/** Makes the emulator misbehave on purpose. */
export function faultControl(faults: Faults, scope: Scope, operations: Operations) {
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
    /**
     * Arms a fault. Of several that meet a request, the one that was armed first strikes.
     *
     * @throws ControlError 400 for what is faulty or contradicts itself, 404 if there is no such account.
     */
    async arm(given: FaultSpec, account?: string): Promise<FaultView> {
      const spec = await check<FaultSpec>(FAULT_SPEC, given);
      await checkOperation(spec.operation, operations);
      const { times = Number.POSITIVE_INFINITY, after = 0, probability = 1 } = spec;
      const match = matchOf(spec, scope.of(account));
      const fault = faults.arm({ match, effect: effectOf(spec), times, after, probability });
      specs.set(fault, { ...spec });
      return view(fault);
    },

    /** Those of an account, or all of them. */
    list: (account?: string): FaultView[] => faults.list(scope.of(account)).map(view),

    /** Clears those of an account, or all of them. */
    clear: (account?: string): void => faults.clear(scope.of(account)),

    /** @throws ControlError 404 if there is none with this id. */
    remove(id: string): void {
      if (!faults.remove(id)) throw new ControlError(404, `there is no fault ${JSON.stringify(id)}`);
    },
  };
}

/** What chooses requests, with a SID in Twilio's spelling. */
export function matchOf({ method, operation, sid, path }: FaultSpec, account: string | undefined): FaultMatch {
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
    throw new ControlError(400, `delay is ${JSON.stringify(delay)}; expected: the least before the most`);
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
  // The schema has let only these pass.
  return { code: error, ...(PLAIN_ERRORS.get(error) as PlainError) };
}
