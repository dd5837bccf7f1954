import type { RequestView } from "./views.js";

/** The keys that a filter may name, and what each is compared with. */
const KEYS: Readonly<Record<string, (request: RequestView, value: string) => boolean>> = {
  status: ({ status }, value) => String(status ?? "closed").startsWith(value.replace(/x+$/, "")),
  code: ({ code }, value) => code !== null && String(code).startsWith(value),
  method: ({ method }, value) => method.toLowerCase() === value,
  op: ({ operation }, value) => has(operation, value),
  operation: ({ operation }, value) => has(operation, value),
  sid: ({ path }, value) => has(path, value),
  path: ({ path }, value) => has(path, value),
  account: ({ account }, value) => has(account, value),
  fault: ({ fault }, value) => (value === "any" || value === "" ? fault !== null : fault === value),
  agent: ({ user_agent }, value) => has(user_agent, value),
};

const has = (text: string | null, value: string) => text?.toLowerCase().includes(value) === true;

/**
 * Returns the test of a typed filter: words, and `key:value`, such as `status:404`; a minus before one excludes.
 *
 * @example
 * const matches = requestFilter("op:FetchRecording -status:200");
 */
export function requestFilter(text: string): (request: RequestView) => boolean {
  const tests = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-")
    .map((word) => {
      const isExcluded = word.startsWith("-");
      const test = testOf(isExcluded ? word.slice(1) : word);
      return isExcluded ? (request: RequestView) => !test(request) : test;
    });
  return (request) => tests.every((test) => test(request));
}

function testOf(word: string): (request: RequestView) => boolean {
  const [, key = "", value = ""] = /^(\w+):(.*)$/.exec(word) ?? [];
  const compare = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (compare !== undefined) return (request) => compare(request, value);
  return (request) =>
    [
      `${request.path}?${request.query}`,
      request.operation,
      request.method,
      request.user_agent,
      request.request_id,
    ].some((one) => has(one, word));
}
