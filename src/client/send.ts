import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

/** An HTTP request. */
export interface Outgoing {
  method: string;
  /** Encoded. It is sent as it is: a URL object would resolve the dots of a SID such as `..`. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal | undefined;
}

/** The answer to a request. */
export interface Answer {
  status: number;
  text: string;
}

/**
 * Sends a request over a connection of its own, and reads the whole answer.
 *
 * `fetch` would end waits of more than 300 s, its limit for the headers of an answer. A kept connection could be closed by the
 * emulator at the moment of the next request, which cannot be repeated if it changes anything.
 *
 * @param origin - scheme and host.
 * @throws the reason of the signal if it aborts; the error of the connection.
 */
export function send(origin: URL, { body, signal, ...options }: Outgoing): Promise<Answer> {
  const start = origin.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal?.aborted ? signal.reason : error);
    const request = start(origin, { ...options, agent: false, ...(signal && { signal }) });
    request.on("error", fail);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", fail);
      response.on("end", () => resolve({ status: response.statusCode as number, text }));
    });
    request.end(body);
  });
}
