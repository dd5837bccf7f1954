import type { FaultSpec, RecordingFull, RequestDetail, RequestView } from "./views.js";

// Set by the client or the connection, or masked.
const NOT_COPIED =
  /^(host|connection|content-length|accept-encoding|authorization|cookie|transfer-encoding|proxy-.*)$/i;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Returns the command that sends a request again. Credentials are masked in the log, so it takes them from the environment. */
export function curlOf(request: RequestDetail, origin: string): string {
  const { method, path, query, headers, body } = request;
  const url = `${origin}${path}${query === "" ? "" : `?${query}`}`;
  const parts = ["curl"];
  if (method !== (body === null ? "GET" : "POST")) parts.push(method === "HEAD" ? "--head" : `-X ${method}`);
  if (headers.some(([name]) => name.toLowerCase() === "authorization")) {
    parts.push('-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"');
  }
  parts.push(quoted(url));
  for (const [name, value] of headers) if (!NOT_COPIED.test(name)) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== null) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

/** Returns the SID of the resource that a request is about. */
export function sidOf({ path }: RequestView): string | undefined {
  return path.match(/(?<=\/)[A-Z]{2}[0-9a-fA-F]{32}(?=[/.]|$)/g)?.at(-1);
}

/** Returns the fault that gives the next request like this one the same answer; of an answer without an error, a 503. */
export function faultOf(request: RequestView, message: string | undefined): FaultSpec {
  const { operation, code, status } = request;
  const match = operation === null ? { path: request.path } : { operation };
  if (status === null) return { drop: "before", times: 1, ...match };
  if (code !== null && status >= 400) {
    return { error: { code, status, message: message ?? "" }, times: 1, ...match };
  }
  return { error: 20503, times: 1, ...match };
}

/** Returns the assertion in process that a request like this one came. */
export function assertionOf(request: RequestView): string {
  const { operation, method, status, code } = request;
  const sid = sidOf(request);
  const filter = {
    ...(operation === null ? { method, path: request.path } : { operation }),
    ...(sid !== undefined && sid !== request.account && { sid }),
    ...(status !== null && { status }),
    ...(code !== null && { code }),
  };
  const keys = Object.entries(filter).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const target = request.account === null ? "emulator" : `emulator.account(${JSON.stringify(request.account)})`;
  return `await ${target}.requests.waitFor({ ${keys.join(", ")} });`;
}

/** Returns a recording as the content of a fixture file. */
export function fixtureOf(recording: RecordingFull): string {
  const { date_deleted, days_left, detailed_status, transcriptions, add_on_results, has_key, ...fixture } = recording;
  const content = {
    recordings: [{ ...fixture, status: detailed_status, ...(date_deleted !== null && { date_deleted }) }],
    ...(transcriptions.length > 0 && { transcriptions }),
    ...(add_on_results.length > 0 && { add_on_results }),
  };
  return JSON.stringify(content, null, 2);
}
