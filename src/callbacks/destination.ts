import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import { isRefused } from "../listener/reachable.js";

/** Loopback and private addresses (RFC 1918, RFC 4193, RFC 6598 for container networks); also IPv4 in IPv6 notation. */
const local = new BlockList();
local.addSubnet("127.0.0.0", 8);
local.addSubnet("10.0.0.0", 8);
local.addSubnet("172.16.0.0", 12);
local.addSubnet("192.168.0.0", 16);
local.addSubnet("100.64.0.0", 10);
local.addAddress("::1", "ipv6");
local.addSubnet("fc00::", 7, "ipv6");

/** Names that no public host has: without a dot, of RFC 6761, or of Docker. */
const LOCAL_NAME = /^(?:[^.]+|host\.docker\.internal|.+\.(?:test|localhost))$/i;

/**
 * Returns whether a host is local by itself, without resolving it: a loopback or private address, or a name that no public host
 * has.
 *
 * @param host - a name or an address, without brackets.
 */
export function isLocalHost(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? LOCAL_NAME.test(host) : !isRefused(host) && local.check(host, family === 4 ? "ipv4" : "ipv6");
}

/** Thrown for an address that callbacks may not be sent to. */
export class RefusedDestinationError extends Error {
  override name = "RefusedDestinationError";
}

type Done = (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => void;

/**
 * Checks the address of a callback. Names are checked by `lookupDestination`, where their address is known.
 *
 * @param isOpen - whether public hosts are allowed.
 * @throws RefusedDestinationError for a public address, unless they are allowed, and always for link-local ones and metadata services.
 */
export function checkDestination(host: string, isOpen: boolean, name = host): void {
  if (isIP(host) === 0) return;
  const shown = name === host ? host : `${name} (${host})`;
  if (isRefused(host)) {
    throw new RefusedDestinationError(
      `${shown} is a link-local address or a metadata service: callbacks are never sent there`,
    );
  }
  const isLocal = isLocalHost(host) || (name !== host && isLocalHost(name));
  if (!isLocal && !isOpen) {
    throw new RefusedDestinationError(
      `${shown} is a public host: allow it with --public-callbacks, or send it elsewhere with --callback-map`,
    );
  }
}

/** Returns a `lookup` for `net.connect` that fails for names with an address that `checkDestination` refuses. */
export function lookupDestination(isOpen: boolean, resolve: typeof lookup = lookup) {
  return (name: string, options: LookupOptions, done: Done): void => {
    // RFC 6761, 6.3: not every resolver knows them.
    const asked = /\.localhost$/i.test(name) ? "localhost" : name;
    resolve(asked, options, (error, found, family) => {
      if (error !== null) return done(error, found, family);
      try {
        for (const address of Array.isArray(found) ? found.map((one) => one.address) : [String(found)]) {
          checkDestination(address, isOpen, name);
        }
        done(null, found, family);
      } catch (refusal) {
        done(refusal as Error, found, family);
      }
    });
  };
}
