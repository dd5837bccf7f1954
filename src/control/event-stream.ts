import { Readable } from "node:stream";
import type { NumberedEntry } from "../state/journal.js";
import { requestView } from "./request-views.js";

/** An event as text, or a request, whose text is made when the client reads it. */
export type StreamEvent = string | NumberedEntry;

/** The events that one client reads. */
export interface EventStream {
  readable: Readable;
  /** Sends an event, or disconnects a client that leaves too many unread. */
  send(event: StreamEvent): void;
  /** Ends the stream; a client that does not read is disconnected. */
  end(): void;
}

/**
 * The most events that wait for a slow client, beyond the first ones: as many requests as the log has anyway. The client
 * resumes with a new connection.
 */
const MAX_WAITING = 1000;
/** The number of events that are read before their memory is released. */
const BATCH = 1000;

/** @param first - earlier events. */
export function createEventStream(first: readonly StreamEvent[]): EventStream {
  const most = first.length + MAX_WAITING;
  let waiting = [...first];
  let next = 0;
  let isRead = false;
  let isOver = false;
  const readable = new Readable({ read: flow });
  return {
    readable,
    send(event) {
      if (isOver) return;
      waiting.push(event);
      if (waiting.length - next > most) stop();
      else if (isRead) flow();
    },
    end() {
      if (isOver) return;
      // The connection is full while its stream is paused.
      if (readable.readableFlowing === false || next < waiting.length) return stop();
      isOver = true;
      readable.push(null);
    },
  };

  function stop(): void {
    isOver = true;
    readable.destroy();
  }

  function flow(): void {
    isRead = true;
    for (; isRead && next < waiting.length; next++) isRead = readable.push(textOf(waiting[next] as StreamEvent));
    if (next < BATCH) return;
    waiting = waiting.slice(next);
    next = 0;
  }
}

/** Returns the text of an event. The data is JSON, which has no line breaks. */
export function eventText(event: string, data: unknown, id?: number): string {
  return `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function textOf(event: StreamEvent): string {
  return typeof event === "string" ? event : eventText("request", requestView(event), event.number);
}
