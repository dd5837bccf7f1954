import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Test } from "tap";

/** A server-sent event; `data` is parsed. */
export interface ServerEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any event.
  data: any;
}

/** Opens a stream of events; closed when the test ends. */
export async function eventStream(t: Test, url: string, headers: Record<string, string> = {}) {
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => {});
  request.on("error", () => {});
  t.teardown(() => response.destroy());
  const ended = once(response, "close");
  const events: ServerEvent[] = [];
  const comments: string[] = [];
  let arrived = () => {};
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const blocks = (text + chunk).split("\n\n");
    text = blocks.pop() as string;
    for (const block of blocks) {
      if (block.startsWith(":")) comments.push(block);
      else events.push(eventOf(block));
    }
    arrived();
  });
  /** Resolves with the first event that `matches`, and removes the events up to it. */
  const next = async (matches: (event: ServerEvent) => boolean = () => true): Promise<ServerEvent> => {
    for (;;) {
      const index = events.findIndex(matches);
      const found = events[index];
      if (found !== undefined) {
        events.splice(0, index + 1);
        return found;
      }
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  const named = (name: string) => next(({ event }) => event === name);
  return { response, events, comments, next, named, ended };
}

function eventOf(block: string): ServerEvent {
  const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
  return {
    event: fields.get("event") ?? "message",
    id: fields.get("id"),
    data: JSON.parse(fields.get("data") ?? "null"),
  };
}
