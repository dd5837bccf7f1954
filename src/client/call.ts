import type { Input } from "../control/call.js";
import { ControlError } from "../control/control-error.js";
import type { CallOperation } from "../control/handle.js";
import type { Operation } from "../control/operation.js";
import { ConnectionError } from "./connection-error.js";
import { type Answer, send } from "./send.js";

/** The address of an emulator, and how to reach it. */
export interface Address {
  /** Scheme and host. */
  origin: URL;
  /** The control token. */
  token: string | undefined;
  /** Ends every call, such as after the time for the first one. */
  signal?: AbortSignal;
}

/** The message of the emulator for a path or a method that it does not have. */
const NO_ROUTE = /^there is no [A-Z]+ \/_emulator\S* in the control API$/;

/**
 * Returns the function that calls operations over HTTP.
 *
 * @param account - the SID of the account that the calls are limited to.
 * @throws ControlError as in process; ConnectionError if no emulator answers, or one without the operation; the reason of the
 * signal if it aborts.
 */
export function httpCaller({ origin, token, signal: ended }: Address, account?: string): CallOperation {
  return async <Query, Body, Result>(operation: Operation<Query, Body, Result>, input: Input<Query, Body>) => {
    const { body, signal = () => ended } = input;
    const method = String(operation.method);
    const path = pathOf(operation, input, account);
    const answer = await send(origin, {
      method,
      path,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal(),
    }).catch((error: NodeJS.ErrnoException) => {
      if (signal()?.aborted) throw error;
      throw new ConnectionError(`no emulator answers at ${origin.origin} (${error.code})`, { cause: error });
    });
    return resultOf(answer, operation as Operation, `${origin.origin} answers ${method} ${path}`) as Result;
  };
}

function pathOf({ url, scope }: Operation<never, never>, { key = "", query }: Input, account?: string): string {
  const parameters = new URLSearchParams();
  if (account !== undefined && scope !== "none") parameters.set("account", account);
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
  // A lone surrogate cannot be encoded.
  const path = url.replace(/\{\w+\}/, () => encodeURIComponent(String(key).toWellFormed()));
  return `/_emulator${path === "/" ? "" : path}${parameters.size === 0 ? "" : `?${parameters}`}`;
}

function resultOf({ status, text }: Answer, { failingStatus }: Operation, what: string): unknown {
  if (status === 204) return undefined;
  const content = parse(text);
  const { error } = Object(content) as { error?: unknown };
  const isRefused = status >= 400 && status !== failingStatus;
  if (isRefused && typeof error === "string") {
    if (!NO_ROUTE.test(error)) throw new ControlError(status, error);
    throw new ConnectionError(`${what} with ${status}: the emulator is older than this client; update the emulator`);
  }
  if (content === undefined || isRefused) throw new ConnectionError(`${what} with ${status}, not as an emulator does`);
  return content;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
