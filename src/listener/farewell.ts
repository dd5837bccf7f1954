import type { Socket } from "node:net";

/** Milliseconds for the client to read the answer and close the connection. */
const LINGER = 1000;

/** Sends the last answer of a connection and closes it. */
export function farewell(socket: Socket, status: string, headers: Record<string, string | number>, body: object): void {
  const json = JSON.stringify(body);
  const all = {
    ...headers,
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(json),
    Connection: "close",
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.setTimeout(LINGER, () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${json}`);
}
