import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";

const FAMILIES = { 4: "ipv4", 6: "ipv6" } as const;

/** Link-local addresses and metadata services, which return a machine's credentials; also IPv4 in IPv6 notation. */
const refused = new BlockList();
refused.addSubnet("169.254.0.0", 16);
refused.addSubnet("fe80::", 10, "ipv6");
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
refused.addSubnet("fd00:ec2::", 32, "ipv6");
// https://cloud.google.com/compute/docs/metadata/querying-metadata
refused.addAddress("fd20:ce::254", "ipv6");
// https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
refused.addAddress("168.63.129.16");
// Alibaba Cloud
refused.addAddress("100.100.100.200");

export class RefusedAddressError extends Error {
  constructor(address: string) {
    super(`no tunnel to ${address}: link-local addresses and metadata services are not allowed`);
    this.name = "RefusedAddressError";
  }
}

/** Returns whether a host is a link-local or metadata address; false for a domain name. */
export function isRefused(host: string): boolean {
  const family = isIP(host) as 0 | 4 | 6;
  return family !== 0 && refused.check(host, FAMILIES[family]);
}

type Done = (error: NodeJS.ErrnoException | null, found: string | LookupAddress[], family?: number) => void;

/**
 * Returns a `lookup` for `net.connect` that fails if a name resolves to a refused address. A check before the lookup could
 * see another address than the one that is connected to.
 */
export function lookupReachable(resolve: typeof lookup = lookup) {
  return (name: string, options: LookupOptions, done: Done): void =>
    resolve(name, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [String(found)];
      const bad = addresses.find(isRefused);
      if (bad === undefined) done(error, found, family);
      else done(new RefusedAddressError(`${name} (${bad})`), found, family);
    });
}
