import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";

/** Opens TLS to a server on this machine, over `options.socket` if given; rejects on an untrusted certificate. */
export async function tlsTo(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, ...options });
  await once(socket, "secureConnect");
  return socket;
}

/** Sends CONNECT for `target` to a proxy. */
export async function tunnelTo(
  port: number,
  target: string,
): Promise<{ status: number; line: string; socket: Socket; body: () => Promise<string> }> {
  const asked = request({ host: "127.0.0.1", port, method: "CONNECT", path: target }).end();
  const [answer, socket, head] = await once(asked, "connect");
  const body = async () => {
    let text = String(head);
    for await (const chunk of socket) text += chunk;
    return text;
  };
  return { status: answer.statusCode, line: `${answer.statusCode} ${answer.statusMessage}`, socket, body };
}

/** Sends a request on a connection and reads the response until the server ends the connection. */
export async function ask(socket: Socket, path: string, headers: Record<string, string>): Promise<string> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}Connection: close\r\n\r\n`);
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return text;
}
