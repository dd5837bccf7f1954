import type { LookupAddress, LookupOptions, lookup } from "node:dns";
import t from "tap";
import { checkDestination, lookupDestination, RefusedDestinationError } from "../../src/callbacks/destination.js";

const ALWAYS_REFUSED = [
  ...["169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "fd20:ce::254", "168.63.129.16"],
  ...["100.100.100.200", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:100.100.100.200"],
];
const LOCAL = [
  ...["127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1"],
  ...["::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:c0a8:101"],
];
const PUBLIC = [
  ...["8.8.8.8", "172.15.255.255", "172.32.0.1", "192.169.0.1", "11.0.0.1", "100.128.0.1", "126.255.255.255"],
  ...["2001:4860:4860::8888", "::ffff:8.8.8.8", "0.0.0.0", "::"],
];

/** Names that no public host has. */
const LOCAL_NAMES = ["localhost", "receiver", "app.test", "APP.TEST", "a.b.localhost", "host.docker.internal"];
const PUBLIC_NAMES = ["app.example.com", "test.example", "docker.internal", "x.host.docker.internal", "localhost.com"];

/** Resolves every name to these addresses; collects the names. */
function resolver(...addresses: string[]) {
  const asked: string[] = [];
  const resolve = (name: string, options: LookupOptions, done: (...found: unknown[]) => void) => {
    asked.push(name);
    const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    if (options.all) done(null, found);
    else done(null, found[0]?.address, found[0]?.family);
  };
  return { asked, resolve: resolve as unknown as typeof lookup };
}

/** Returns the addresses that a name is connected at; throws the error of the lookup. */
async function resolved(
  name: string,
  isOpen: boolean,
  resolve: typeof lookup,
  options: LookupOptions = { all: true },
): Promise<string[]> {
  const found = await new Promise<string | LookupAddress[]>((fulfil, reject) =>
    lookupDestination(isOpen, resolve)(name, options, (error, found) =>
      error === null ? fulfil(found) : reject(error),
    ),
  );
  return Array.isArray(found) ? found.map(({ address }) => address) : [found];
}

t.test("link-local and metadata addresses: refused under any name, with publicCallbacks too", async (t) => {
  for (const address of ALWAYS_REFUSED) {
    for (const isOpen of [false, true]) {
      t.throws(() => checkDestination(address, isOpen), {
        name: "RefusedDestinationError",
        message: `${address} is a link-local address or a metadata service: callbacks are never sent there`,
      });
      for (const name of [...LOCAL_NAMES, ...PUBLIC_NAMES]) {
        const { resolve } = resolver("127.0.0.1", address);
        await t.rejects(resolved(name, isOpen, resolve), new RegExp(`^${name} \\(${address}\\) is a link-local`));
      }
    }
  }
});

t.test("loopback and private addresses: allowed under any name", async (t) => {
  for (const address of LOCAL) {
    t.doesNotThrow(() => checkDestination(address, false), address);
    t.doesNotThrow(() => checkDestination(address, true), address);
    for (const name of [...LOCAL_NAMES, ...PUBLIC_NAMES]) {
      t.same(await resolved(name, false, resolver(address).resolve), [address], name);
    }
  }
});

t.test("public addresses: refused unless publicCallbacks, with the two ways out", async (t) => {
  for (const address of PUBLIC) {
    t.throws(() => checkDestination(address, false), {
      name: "RefusedDestinationError",
      message: `${address} is a public host: allow it with --public-callbacks, or send it elsewhere with --callback-map`,
    });
    t.doesNotThrow(() => checkDestination(address, true), address);
  }
});

t.test(
  "name that resolves to a public address: refused unless publicCallbacks or no public host has the name",
  async (t) => {
    for (const address of PUBLIC) {
      for (const name of PUBLIC_NAMES) {
        const { resolve } = resolver(address);
        await t.rejects(resolved(name, false, resolve), {
          name: "RefusedDestinationError",
          message: new RegExp(`^${name} \\(${address}\\) is a public host`),
        });
        t.same(await resolved(name, true, resolve), [address], name);
      }
      for (const name of LOCAL_NAMES) t.same(await resolved(name, false, resolver(address).resolve), [address], name);
    }
  },
);

t.test("name with a private and a public address: refused, in either order", async (t) => {
  for (const addresses of [
    ["10.0.0.1", "8.8.8.8"],
    ["8.8.8.8", "10.0.0.1"],
  ]) {
    await t.rejects(resolved("app.example.com", false, resolver(...addresses).resolve), RefusedDestinationError);
    t.same(await resolved("app.example.com", true, resolver(...addresses).resolve), addresses);
  }
});

t.test("one address asked for: checked too", async (t) => {
  t.same(await resolved("app.example.com", false, resolver("10.0.0.1").resolve, {}), ["10.0.0.1"]);
  await t.rejects(resolved("app.example.com", false, resolver("8.8.8.8").resolve, {}), RefusedDestinationError);
});

t.test("name below localhost: resolved as localhost", async (t) => {
  const { asked, resolve } = resolver("127.0.0.1");
  for (const name of ["app.localhost", "A.LOCALHOST", "localhost", "localhost.test"])
    await resolved(name, false, resolve);
  t.same(asked, ["localhost", "localhost", "localhost", "localhost.test"]);
});

t.test("name without an address: the resolver's error", async (t) => {
  const resolve = ((_name: string, _options: object, done: (error: Error) => void) =>
    done(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }))) as unknown as typeof lookup;
  await t.rejects(resolved("app.test", false, resolve), { code: "ENOTFOUND" });
});

t.test("host that is a name: no error before its address is known", async (t) => {
  for (const name of PUBLIC_NAMES) t.doesNotThrow(() => checkDestination(name, false), name);
});

t.test("localhost: resolved by the system by default", async (t) => {
  const addresses = await new Promise<string | LookupAddress[]>((fulfil, reject) =>
    lookupDestination(false)("localhost", {}, (error, found) => (error === null ? fulfil(found) : reject(error))),
  );
  t.match(addresses, /^(?:127\.|::1)/);
});
