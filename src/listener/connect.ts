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

/** To the letter: Twilio's PHP library tells by these words that an answer is not yet the API's. */
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/**
 * Answers CONNECT (RFC 9110, 9.3.6): a tunnel to Twilio's API ends here, whatever its port, and one to anybody else is
 * refused, so that nothing leaves the machine unnoticed.
 *
 * @param serve - takes over a connection that ends here.
 * @param tunnelOthers - whether others are let through.
 * @param lookup - resolves their names.
 */
export function answerConnect(
  serve: (socket: Socket) => void,
  tunnelOthers: boolean,
  lookup: Lookup = lookupReachable(),
) {
  return ({ url: target = "" }: IncomingMessage, socket: Socket, head: Buffer): void => {
    if (head.length > 0) socket.unshift(head);
    const address = addressIn(target);
    if (address === undefined) refuse(socket, "400 Bad Request", `no host and port: ${target}`);
    else if (isTwilioApi(address.host)) {
      socket.write(ESTABLISHED);
      serve(socket);
    } else if (!tunnelOthers) {
      refuse(socket, "403 Forbidden", `not Twilio's API: ${target}; the emulator lets it through with --tunnel-others`);
    } else if (isRefused(address.host)) refuse(socket, "403 Forbidden", new RefusedAddressError(target).message);
    else tunnel(socket, address, lookup);
  };
}

function addressIn(target: string): Address | undefined {
  const url = `http://${target}`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  // Without the brackets of an IPv6 address, and with the port that such a URL leaves out.
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
    // However it ends, both ends do.
    pipeline(socket, upstream, socket, () => {});
  });

  function unreachable(error: Error): void {
    endWatch();
    refuse(socket, error instanceof RefusedAddressError ? "403 Forbidden" : "502 Bad Gateway", error.message);
  }
}

/**
 * Calls `action` when the client closes the connection, or ends its side of it before it has sent anything: a client that
 * has sent something may wait for the answer to it.
 *
 * @returns a function that ends the watch.
 */
function whenGone(socket: Socket, action: () => void): () => void {
  // The end is only seen by reading. What comes first is the tunnel's.
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
  // What the client has already sent is of no interest, but that it has gone is.
  farewell(socket.resume(), status, { "X-Emulator-Fault": "connect" }, { error });
}
