import { createValue } from "./value.js";

/** An error that the control API answered with. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

/** True after an answer that asked for the control token. */
export const loginNeeded = createValue(false);

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Returns the address of an operation, relative to the page. */
export function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `.${path}${search.size === 0 ? "" : `?${search}`}`;
}

/**
 * Calls an operation of the control API.
 *
 * @throws ApiError if it refuses; TypeError if the emulator cannot be reached.
 */
export async function call<Answer = unknown>(
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  { query, body, signal }: { query?: Query; body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer> {
  const answer = await fetch(addressOf(path, query), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    ...(signal && { signal }),
  });
  const text = await answer.text();
  if (answer.ok) return (text === "" ? undefined : JSON.parse(text)) as Answer;
  if (answer.status === 401 && path !== "/login") loginNeeded.set(true);
  throw new ApiError(answer.status, errorOf(text) ?? `status ${answer.status}`);
}

function errorOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: string }).error;
  } catch {
    return undefined;
  }
}
