import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  status: number | undefined;
  /** By lower-case name, without the headers that Node.js adds to every response. */
  headers: Record<string, string>;
  body: string;
}

const ADDED_BY_NODE = new Set(["connection", "content-length", "date", "keep-alive"]);

/** Fetches one response over a new connection. */
export async function fetchAnswer(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on("error", reject);
  });
  const { rawHeaders: raw } = message;
  const pairs = raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 && !ADDED_BY_NODE.has(name.toLowerCase()) ? [[name.toLowerCase(), raw[index + 1] ?? ""]] : [],
  );
  return { status: message.statusCode, headers: Object.fromEntries(pairs), body: await text(message) };
}
