import { check } from "./check.js";
import { ControlError } from "./control-error.js";
import { controlErrorOf } from "./fixture-input.js";
import type { Call, Operation } from "./operation.js";
import { parametersOf, type Scope } from "./scope.js";

/** The unchecked input of an operation. */
export interface Input<Query = unknown, Body = unknown> {
  account?: string | undefined;
  key?: string;
  query?: Query;
  body?: Body;
  origin?: string;
  signal?: () => AbortSignal | undefined;
}

/**
 * Returns the function through which HTTP and the library call operations.
 *
 * @param settle - applies the timed events that are due.
 * @throws ControlError 400 for a query or body that the schemas refuse, 404 if there is no such account.
 */
export function callerOf(scope: Scope, settle: (account?: string) => void) {
  return async <Query, Body, Answer>(
    operation: Operation<Query, Body, Answer>,
    { account, key = "", query, body, origin = "", signal = () => undefined }: Input<Query, Body>,
  ): Promise<Answer> => {
    checkNames(operation, query);
    const checkedQuery = operation.query && (await check<Query>(operation.query, { ...query }, true));
    // An omitted body is an empty one.
    let checkedBody: unknown = operation.isStreamed ? body : (body ?? {});
    if (operation.body && !operation.checksBody) checkedBody = await check(operation.body, checkedBody);
    const call = {
      account: accountOf(operation, account),
      isLimited: account !== undefined,
      key,
      query: checkedQuery,
      body: checkedBody,
      origin,
      signal,
    };
    // Events that are due happen before anything reads or changes what they change.
    settle(call.account);
    try {
      return await operation.run(call as Call<Query, Body, never>);
    } catch (error) {
      throw controlErrorOf(error);
    }
  };

  function accountOf(operation: Operation<never, never>, account: string | undefined): string | undefined {
    if (operation.scope === "none") return undefined;
    return operation.scope === "main" ? scope.one(account) : scope.of(account);
  }
}

/** @throws ControlError 400 for unknown parameters of the query, also of an operation that has none. */
function checkNames(operation: Operation<never, never>, query: unknown): void {
  const allowed = parametersOf(operation);
  const unknown = Object.keys(query ?? {}).filter((name) => !Object.hasOwn(allowed, name));
  if (unknown.length === 0) return;
  const expected = Object.keys(allowed).join(", ") || "none";
  throw new ControlError(400, `the parameter ${unknown.join(", ")} is unknown; expected one of ${expected}`);
}
