import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { farewell } from "./farewell.js";
import { isTwilioApi } from "./names.js";
import { isRefused, lookupReachable, RefusedAddressError } from "./reachable.js";

type Lookup = ReturnType<typeof lookupReachable>;

interface Address {
  host: string;
  port: number;
}

/** Twilio's PHP library recognises the answer to CONNECT by exactly these words. */
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/**
 * Returns a listener that answers CONNECT (RFC 9110, 9.3.6). The emulator itself serves Twilio's API, on any port, and refuses
 * other hosts by default, so that no request leaves the machine unnoticed.
 *
 * @param serve - serves a connection to Twilio's API.
 * @param lookup - resolves the names of other hosts.
 */
export function answerConnect(
  serve: (socket: Socket) => void,
  tunnelOthers: boolean,
  lookup: Lookup = lookupReachable(),
) {
  return ({ url: target = "" }: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (head.length > 0) socket.unshift(head);
    const address = addressIn(target);
    if (address === undefined)
      refuse(socket, "400 Bad Request", `invalid CONNECT target ${target}; expected: host:port`);
    else if (isTwilioApi(address.host)) {
      socket.write(ESTABLISHED);
      serve(socket);
    } else if (!tunnelOthers) {
      refuse(socket, "403 Forbidden", `no tunnel to ${target}: not Twilio's API; --tunnel-others allows it`);
    } else if (isRefused(address.host)) refuse(socket, "403 Forbidden", new RefusedAddressError(target).message);
    else tunnel(socket, address, lookup);
  };
}

function addressIn(target: string): Address | undefined {
  const url = `http://${target}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  // A URL brackets IPv6 addresses and omits port 80.
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) };
}

function tunnel(socket: Socket, { host, port }: Address, lookup: Lookup): void {
  const upstream = connect({ host, port, lookup });
  const endWatch = whenGone(socket, () => {
    upstream.destroy();
    socket.destroy();
  });
  upstream.once("error", unreachable).once("connect", () => {
    endWatch();
    upstream.off("error", unreachable);
    socket.write(ESTABLISHED);
    pipeline(socket, upstream, socket, () => {});
  });

  function unreachable(error: Error): void {
    endWatch();
    refuse(socket, error instanceof RefusedAddressError ? "403 Forbidden" : "502 Bad Gateway", error.message);
  }
}

/**
 * Calls `action` when the client closes the connection, or ends its side before it has sent a byte. A client that has sent
 * bytes may still wait for an answer.
 *
 * @returns a function that ends the watch.
 */
function whenGone(socket: Socket, action: () => void): () => void {
  // Node emits `end` only after a read. The first bytes belong to the tunnel.
  const read = () => {
    const first: Buffer | null = socket.read();
    if (first === null) return;
    socket.off("readable", read);
    socket.unshift(first);
  };
  socket.on("readable", read).once("end", action).once("close", action);
  return () => socket.off("readable", read).off("end", action).off("close", action);
}

function refuse(socket: Socket, status: string, error: string): void {
  // Discards received bytes, so that the end of the connection is noticed.
  farewell(socket.resume(), status, { "X-Emulator-Fault": "connect" }, { error });
}
