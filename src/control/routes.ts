import { Readable } from "node:stream";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, RouteOptions } from "fastify";
import { parseBody } from "../seeding/import-body.js";
import { originOf } from "../twilio-api/request/origin.js";
import { ACCOUNT_SPEC, type AccountSpec } from "./accounts.js";
import { CERTIFICATE_ROUTE } from "./certificate.js";
import { check } from "./check.js";
import { CLOCK_CHANGE, type ClockChange } from "./clock.js";
import type { Control } from "./control.js";
import { ControlError } from "./control-error.js";
import { FAULT_SPEC, type FaultSpec } from "./faults.js";
import { controlErrorOf } from "./fixture-input.js";
import { type Guard, guardControl } from "./guard.js";
import { describeControl } from "./openapi.js";
import { RECORDING_QUERY } from "./recording-query.js";
import { GENERATION, type Generation } from "./recordings.js";
import { REQUEST_FILTER, REQUEST_WAIT } from "./requests.js";
import { RESET_TARGETS, type ResetTarget } from "./reset.js";
import { ACCOUNT_QUERY } from "./scope.js";

/** What a control call is given. */
interface Call {
  /** The SID of the account that it is for. */
  account: string | undefined;
  /** The rest of the query. */
  query: Record<string, string>;
  /** What stands in the path. */
  name: string;
  body: unknown;
  /** Scheme and host that the caller used. */
  origin: string;
  /** Returns a signal that is aborted when the connection closes. */
  closed(): AbortSignal;
}

interface Operation {
  method: HTTPMethods;
  url: string;
  summary: string;
  /** JSON Schema of the body. */
  body?: object;
  /** JSON Schemas of the query's parameters beside the account. */
  query?: object;
  /** Whether it reads its body itself, which may be larger than the memory. */
  streamed?: boolean;
  /** Whether it cannot be for one account. */
  global?: boolean;
  /** Whether it needs no control token. */
  open?: boolean;
  /** Whether it answers by any name of the emulator. */
  anyName?: boolean;
  /** The 4xx statuses that it can answer beside those of all operations like it. */
  refusals?: readonly number[];
  /** The status of its answer; 204 if there is no body, else 200, unless it says otherwise. */
  status?: number;
  /** The status of an answer that says what is wrong, in its key error. */
  failing?: number;
  run(call: Call): unknown;
}

/** The most that a body may hold, such as an export of a hundred thousand recordings. */
const BODY_LIMIT = 128 * 1024 * 1024;

const RESET = {
  type: "object",
  description: "An object; to may be left out.",
  additionalProperties: false,
  properties: {
    to: { enum: RESET_TARGETS, description: "seeded, as at first; or empty, accounts without recordings." },
  },
} as const;
/** The body of every error. */
const ERROR = {
  type: "object",
  required: ["error"],
  properties: { error: { type: "string", description: "What was given, and what was expected." } },
} as const;
const DOCUMENT = {
  description: "As in a fixture file, or what this answers: the fixtures' JSON Schema says what a recording may have.",
} as const;

/** `/_emulator`: what is the emulator's own and not Twilio's. Plain JSON, with an error form of its own. */
export function controlRoutes(app: FastifyInstance, control: Control, guard: Guard, version: string): void {
  guardControl(app, guard);
  // Whatever a caller says that it is: `curl --data` calls it a form.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: BODY_LIMIT }, (_request, text, done) => {
    try {
      done(null, parseBody(text as string));
    } catch (error) {
      done(controlErrorOf(error) as Error);
    }
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url} in the control API` }),
  );
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode === 500) request.log.error(error);
    return reply.code(statusCode).send({ error: message });
  });
  const operations = operationsOf(control);
  for (const operation of operations.filter(({ streamed }) => !streamed)) app.route(routeOf(operation));
  app.register(async (context) => {
    context.removeAllContentTypeParsers();
    context.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const operation of operations.filter(({ streamed }) => streamed)) context.route(routeOf(operation));
  });
  describeControl(app, version, () => [
    ...operations.map((operation) => ({ ...routeOf(operation), ...descriptionOf(operation) })),
    CERTIFICATE_ROUTE,
  ]);
}

function routeOf(operation: Operation): RouteOptions {
  const { method, url, open = false, anyName = false, status, failing, run } = operation;
  const parameters = parametersOf(operation);
  return {
    method: method === "GET" ? ["GET", "HEAD"] : method,
    url,
    config: { open, anyName },
    bodyLimit: BODY_LIMIT,
    handler,
  };

  async function handler(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { account, ...rest } = request.query as Record<string, string>;
    const unknown = Object.keys(request.query as object).filter((key) => !Object.hasOwn(parameters, key));
    if (unknown.length > 0) {
      const expected = Object.keys(parameters).join(", ") || "none";
      throw new ControlError(400, `the parameter ${unknown.join(", ")} is unknown; expected one of ${expected}`);
    }
    const { name = "" } = request.params as { name?: string };
    const closed = () => closedSignal(reply);
    const result = await run({ account, query: rest, name, body: request.body, origin: originOf(request), closed });
    const isFailing = failing !== undefined && (result as { error?: string }).error !== undefined;
    reply.code(isFailing ? failing : (status ?? 200));
    if (result instanceof Readable) reply.type("application/json; charset=utf-8");
    return status === 204 ? reply.send() : result;
  }
}

function closedSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // A refusal, because an error of another kind is logged as a fault of the emulator.
  raw.once("close", () => controller.abort(new ControlError(408, "the client has closed the connection")));
  return controller.signal;
}

function parametersOf({ global, query }: Operation): object {
  return { ...(!global && ACCOUNT_QUERY), ...query };
}

/** Calls check what they are given themselves, so that the library's are checked alike: schemas only describe them. */
function descriptionOf(operation: Operation): Pick<RouteOptions, "method" | "schema"> {
  const { method, summary, body, status, failing } = operation;
  const answer = {
    ...(status === 204 ? { 204: { type: "null", description: "Done." } } : { 200: { description: "Done." } }),
    ...(failing !== undefined && { [failing]: { description: "Something is wrong: error says what." } }),
  };
  return {
    method,
    schema: {
      summary,
      ...(body !== undefined && { body }),
      querystring: { type: "object", properties: parametersOf(operation) },
      response: {
        ...(status === undefined || status === 204 ? answer : { [status]: { description: "Done." } }),
        ...refusalsOf(operation),
      },
    },
  };
}

/** What each 4xx status of an error means. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: "What was given is faulty.",
  401: "The control token is missing or wrong.",
  403: "A web page of another origin, or an unknown host name.",
  404: "There is no such account, or nothing of this name.",
  408: "Not seen in time.",
  409: "It contradicts what there is, or how the emulator was started.",
  413: "The body is too large.",
};

function refusalsOf({ global, open, url, body, refusals = [] }: Operation): object {
  const statuses = [400, 403, ...refusals];
  if (!open) statuses.push(401);
  if (!global || url.includes(":")) statuses.push(404);
  if (body !== undefined) statuses.push(413);
  return Object.fromEntries(statuses.sort().map((status) => [status, { description: REFUSALS[status], ...ERROR }]));
}

function operationsOf(control: Control): Operation[] {
  const { clock, snapshots, transfer, recordings, accounts, faults, requests } = control;
  const given = <T>(body: unknown) => (body ?? {}) as T;
  return [
    {
      method: "GET",
      url: "/",
      summary: "Name, version, account, and where there is more",
      global: true,
      open: true,
      run: ({ origin }) => control.about(origin),
    },
    {
      method: "GET",
      url: "/health",
      summary: "Whether it is ready, with version, clock and counts",
      global: true,
      open: true,
      anyName: true,
      failing: 503,
      run: () => control.health(),
    },
    {
      method: "GET",
      url: "/health/live",
      summary: "Whether it lives",
      global: true,
      open: true,
      anyName: true,
      run: () => ({ status: "ok" }),
    },
    {
      method: "POST",
      url: "/reset",
      summary: "Back to the seeded state: rows, clock, faults, journal, random numbers; or to accounts that are empty",
      body: RESET,
      status: 204,
      async run({ body, account }) {
        const { to } = await check<{ to?: ResetTarget }>(RESET, given(body));
        control.reset(to, account);
      },
    },
    { method: "GET", url: "/clock", summary: "What the clock shows", run: ({ account }) => clock.read(account) },
    {
      method: "POST",
      url: "/clock",
      summary: "Sets, advances, stops the clock, or lets it run on",
      body: CLOCK_CHANGE,
      run: ({ body, account }) => clock.change(given<ClockChange>(body), account),
    },
    {
      method: "DELETE",
      url: "/clock",
      summary: "Back to real time; an account's clock follows the emulator's again",
      run: ({ account }) => clock.release(account),
    },
    {
      method: "GET",
      url: "/snapshots",
      summary: "The snapshots",
      run: ({ account }) => ({ snapshots: snapshots.list(account) }),
    },
    {
      method: "PUT",
      url: "/snapshots/:name",
      summary: "Saves the state under a name",
      run: ({ name, account }) => snapshots.save(name, account),
    },
    {
      method: "POST",
      url: "/snapshots/:name/restore",
      summary: "Brings a saved state back",
      status: 204,
      run: ({ name, account }) => snapshots.restore(name, account),
    },
    {
      method: "DELETE",
      url: "/snapshots/:name",
      summary: "Removes a snapshot",
      status: 204,
      run: ({ name, account }) => snapshots.remove(name, account),
    },
    {
      method: "GET",
      url: "/export",
      summary: "All that there is, as a fixture file",
      run: ({ account }) => transfer.exportText(account),
    },
    {
      method: "POST",
      url: "/import",
      summary: "Replaces all that there is by a fixture file",
      body: DOCUMENT,
      streamed: true,
      status: 204,
      refusals: [409],
      run: ({ body, account }) => transfer.import(body, account),
    },
    {
      method: "GET",
      url: "/recordings",
      summary: "Lists recordings with filters, deleted ones included",
      query: RECORDING_QUERY.properties,
      run: ({ query, account, origin }) => recordings.list(query, account, origin),
    },
    {
      method: "GET",
      url: "/recordings/:name",
      summary: "Shows a recording, also a deleted one",
      run: ({ name, account, origin }) => recordings.get(name, account, origin),
    },
    {
      method: "POST",
      url: "/recordings",
      summary: "Makes recordings, one or many, of fixtures",
      body: DOCUMENT,
      status: 201,
      refusals: [409],
      run: ({ body, account, origin }) => recordings.create(given(body), account, origin),
    },
    {
      method: "POST",
      url: "/recordings/generate",
      summary: "Makes recordings up, from a seed",
      body: GENERATION,
      status: 201,
      refusals: [409],
      run: ({ body, account, origin, closed }) =>
        recordings.generate(given<Generation>(body), account, origin, closed()),
    },
    {
      method: "PATCH",
      url: "/recordings/:name",
      summary: "Changes a recording: any key that a fixture may have",
      body: DOCUMENT,
      run: ({ name, body, account, origin }) => recordings.change(name, given(body), account, origin),
    },
    {
      method: "DELETE",
      url: "/recordings/:name",
      summary: "Removes a recording without a trace",
      status: 204,
      run: ({ name, account }) => recordings.hardDelete(name, account),
    },
    {
      method: "GET",
      url: "/accounts",
      summary: "The accounts",
      global: true,
      run: () => ({ accounts: accounts.list() }),
    },
    {
      method: "POST",
      url: "/accounts",
      summary: "Creates an account, with an API key and the default recordings",
      body: ACCOUNT_SPEC,
      global: true,
      status: 201,
      refusals: [409],
      run: ({ body }) => accounts.create(given<AccountSpec>(body)),
    },
    {
      method: "DELETE",
      url: "/accounts/:name",
      summary: "Removes an account with all that it has",
      global: true,
      status: 204,
      refusals: [409],
      run: ({ name }) => accounts.remove(name),
    },
    {
      method: "GET",
      url: "/faults",
      summary: "The armed faults",
      run: ({ account }) => ({ faults: faults.list(account) }),
    },
    {
      method: "POST",
      url: "/faults",
      summary: "Arms a fault",
      body: FAULT_SPEC,
      status: 201,
      run: ({ body, account }) => faults.arm(given<FaultSpec>(body), account),
    },
    {
      method: "DELETE",
      url: "/faults",
      summary: "Clears the faults",
      status: 204,
      run: ({ account }) => faults.clear(account),
    },
    {
      method: "DELETE",
      url: "/faults/:name",
      summary: "Clears one fault",
      global: true,
      status: 204,
      run: ({ name }) => faults.remove(name),
    },
    {
      method: "GET",
      url: "/requests",
      summary: "The last requests, filtered and counted",
      query: REQUEST_FILTER.properties,
      refusals: [409],
      run: async ({ query, account }) => counted(await requests.list(query, account)),
    },
    {
      method: "GET",
      url: "/requests/wait",
      summary: "Answers when as many requests as asked for have been seen; 408 if not in time",
      query: REQUEST_WAIT.properties,
      refusals: [408, 409],
      run: async ({ query, account, closed }) => counted(await requests.wait(query, account, closed())),
    },
    {
      method: "DELETE",
      url: "/requests",
      summary: "Clears the journal",
      status: 204,
      run: ({ account }) => requests.clear(account),
    },
  ];
}

function counted<T>(requests: T[]): { count: number; requests: T[] } {
  return { count: requests.length, requests };
}
