import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { networkInterfaces } from "node:os";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import fc from "fast-check";
import t, { type Test } from "tap";
import { connectTo } from "../../src/client/connect.js";
import { ROUTES } from "../../src/client/routes.js";
import { ConnectionError, connect, type EmulatorHandle, startEmulator } from "../../src/index.js";
import { ACCOUNT, EXAMPLE, emulator, numbered, SUBACCOUNT } from "../support/emulator.js";

/** Starts another program; returns its URL. */
async function serving(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The answers that `connect` needs. */
const FIRST_ANSWERS: Record<string, object> = {
  "/_emulator": { name: "twilio-recordings-emulator", account_sid: ACCOUNT },
  [`/_emulator/accounts/${ACCOUNT}`]: { sid: ACCOUNT, auth_token: null },
};

/** Starts a program that answers as an emulator while a client connects. `listener` answers the later requests. */
function servingAs(t: Test, listener: RequestListener, first = FIRST_ANSWERS): Promise<string> {
  return serving(t, (request, response) => {
    const answer = first[String(request.url)];
    if (answer === undefined) listener(request, response);
    else response.end(JSON.stringify(answer));
  });
}

/** Starts an emulator; returns both of its handles. */
async function bothHandles(t: Test): Promise<[EmulatorHandle, EmulatorHandle]> {
  const inProcess = await startEmulator();
  t.teardown(() => inProcess.close());
  return [inProcess, await connect(inProcess.url)];
}

/** Returns the error of a promise that must reject. */
const errorOf = (promise: Promise<unknown>): Promise<Error & { statusCode?: number }> =>
  promise.then(
    (value) => Promise.reject(new Error(`resolved with ${JSON.stringify(value)}`)),
    (error) => error,
  );

t.test("routes: method, URL and scope of each operation, and no more", async (t) => {
  const { control } = await emulator(t);
  t.same(Object.keys(ROUTES), Object.keys(control.operations));
  for (const [name, capability] of Object.entries(control.operations)) {
    const routes = ROUTES[name as keyof typeof ROUTES];
    t.same(Object.keys(routes), Object.keys(capability));
    for (const [id, route] of Object.entries(routes)) {
      const { method, url, scope, failingStatus } = capability[id as never] as typeof route;
      t.strictSame(route, { method, url, scope, failingStatus });
    }
  }
});

t.test("errors: the same class, status and message as in process", async (t) => {
  const handles = await bothHandles(t);
  const unknown = `AC${"9".repeat(32)}`;
  const attempts: ((handle: EmulatorHandle) => Promise<unknown>)[] = [
    ...["", ".", "..", "a/b?c#d%", "\0", "x".repeat(300), numbered("99"), undefined as never].map(
      (sid) => (handle: EmulatorHandle) => handle.recordings.get(sid),
    ),
    ({ accounts }) => accounts.get(""),
    ({ accounts }) => accounts.remove(unknown),
    ({ accounts }) => accounts.create({ sid: ACCOUNT }),
    ({ accounts }) => accounts.create({ sid: "AC1", nope: 1 } as never),
    ({ account }) => account(unknown).recordings.list(),
    ({ account }) => account("AC1").reset(),
    ({ account }) => account(SUBACCOUNT).faults.remove("F9"),
    ({ recordings }) => recordings.list({ limit: 0 }),
    ({ recordings }) => recordings.list({ nope: 1 } as never),
    ({ requests }) => requests.list({ nope: 1, nor: "this" } as never),
    ({ requests }) => requests.list({ operation: "Nope" }),
    ({ requests }) => requests.waitFor({ timeout: 0, count: 2 }),
    ({ requests }) => requests.waitFor({ timeout: 601 }),
    ({ callbacks }) => callbacks.waitFor({ timeout: 0 }),
    ({ recordings }) => recordings.create({ status: "nope" as never }),
    ({ recordings }) => recordings.createMany([{}, { duration: 1 as never }]),
    ({ recordings }) => recordings.generate({} as never),
    ({ clock }) => clock.advance("nope"),
    ({ snapshots }) => snapshots.restore("none"),
    ({ snapshots }) => snapshots.save("a b"),
    (handle) => handle.import({ nope: [] } as never),
    (handle) => handle.reset("yesterday" as never),
  ];
  for (const attempt of attempts) {
    const [expected, found] = await Promise.all(handles.map((handle) => errorOf(attempt(handle))));
    const { name, message, statusCode } = expected as Error & { statusCode?: number };
    t.equal(name, "ControlError", String(attempt));
    t.strictSame([found?.name, found?.message, found?.statusCode], [name, message, statusCode], String(attempt));
  }
});

t.test("random SIDs and filters: the same outcome as in process", async (t) => {
  const handles = await bothHandles(t);
  const text = fc.string({ unit: "binary" });
  const outcomesOf = (call: (handle: EmulatorHandle) => Promise<unknown>) =>
    Promise.all(
      handles.map((handle) =>
        call(handle).then(
          (value) => ({ value }),
          ({ name, message, statusCode }) => ({ name, message, statusCode }),
        ),
      ),
    );
  const isSame = async (call: (handle: EmulatorHandle) => Promise<unknown>) => {
    const [expected, found] = await outcomesOf(call);
    return JSON.stringify(expected) === JSON.stringify(found);
  };
  const filter = fc.dictionary(fc.constantFrom("method", "sid", "path", "fault", "status", "since"), text);
  await fc.assert(
    fc.asyncProperty(
      text,
      filter,
      async (sid, query) =>
        (await isSame(({ recordings }) => recordings.get(sid))) &&
        isSame(({ requests }) => requests.list(query as never)),
    ),
  );
});

t.test("SID that is not well-formed Unicode: ControlError", async (t) => {
  const [, { recordings }] = await bothHandles(t);
  await t.rejects(recordings.get("\ud800"), { name: "ControlError", statusCode: 404 });
});

t.test("control token: sent; missing or wrong: ConnectionError without the token", async (t) => {
  const { url, close } = await startEmulator({ controlToken: "s3cret é" });
  t.teardown(close);
  const handle = await connect(url, { token: "s3cret é" });
  t.equal((await handle.accounts.list()).length, 2);
  await t.rejects(connect(url), {
    name: "ConnectionError",
    message: `the emulator at ${url} needs the option token; expected: the value of its --control-token`,
  });
  const { message } = await errorOf(connect(url, { token: "mistaken" }));
  t.equal(message, `the emulator at ${url} refuses the option token; expected: the value of its --control-token`);
});

t.test("invalid URL, token or option: ConnectionError with the value, unless it is a credential", async (t) => {
  const expected = "expected: scheme, host and port, such as http://localhost:2010";
  for (const [url, options, message] of [
    ["localhost:2010", {}, `url is "localhost:2010"; ${expected}`],
    ["", {}, `url is ""; ${expected}`],
    [undefined, {}, `url is "undefined"; ${expected}`],
    ["ftp://localhost", {}, `url is "ftp://localhost"; ${expected}`],
    ["http://localhost/base", {}, `url is "http://localhost/base"; ${expected}`],
    ["http://localhost/?a", {}, `url is "http://localhost/?a"; ${expected}`],
    ["http://me:s3cret@localhost", {}, `url is "http://…@localhost"; ${expected}`],
    ["http://localhost", { tokn: "s3cret" }, 'unknown option "tokn"; allowed: token'],
    ...["", "s3cret\n", "s3cret€", 1, null].map((token) => [
      "http://localhost",
      { token },
      "token is empty or no text for an HTTP header; expected: the value of --control-token",
    ]),
  ] as [string, object, string][]) {
    await t.rejects(connect(url, options), { name: "ConnectionError", message });
  }
  t.ok(ConnectionError.prototype instanceof Error);
});

t.test("URL with a trailing slash, or as a URL object: accepted", async (t) => {
  const [{ url }] = await bothHandles(t);
  t.equal((await connect(`${url}/`)).url, url);
  t.equal((await connect(new URL(url) as never)).url, url);
});

t.test("no emulator at the address: ConnectionError that says so", async (t) => {
  const server = createTcpServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const free = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, "close");
  await t.rejects(connect(free), { message: `no emulator answers at ${free} (ECONNREFUSED)`, cause: Error });

  const silent = await serving(t, () => {});
  await t.rejects(connectTo(silent, {}, 20), { message: `no emulator answers at ${silent} within 0.02 s` });
  const closing = await serving(t, ({ socket }) => socket.destroy());
  await t.rejects(connect(closing), { message: `no emulator answers at ${closing} (ECONNRESET)` });
});

t.test("another program at the address: ConnectionError that says so", async (t) => {
  const get = "answers GET /_emulator with";
  for (const [status, body, message] of [
    [200, "<html>", (url: string) => `${url} ${get} 200, not as an emulator does`],
    [200, "null", (url: string) => `at ${url} is another program than twilio-recordings-emulator`],
    [200, '{"name":"other"}', (url: string) => `at ${url} is another program than twilio-recordings-emulator`],
    [204, "", (url: string) => `at ${url} is another program than twilio-recordings-emulator`],
    [302, "", (url: string) => `${url} ${get} 302, not as an emulator does`],
    [404, "Not Found", (url: string) => `${url} ${get} 404, not as an emulator does`],
    [404, '{"error":"no page"}', (url: string) => `${url} ${get} 404: no page`],
  ] as const) {
    const url = await serving(t, (_request, response) => response.writeHead(status).end(body));
    await t.rejects(connect(url), { name: "ConnectionError", message: message(url) });
  }
});

t.test("host name that may not control the emulator: ConnectionError with the emulator's reason", async (t) => {
  const message = 'the control API cannot be reached as "a.test"; expected: an IP address';
  const url = await serving(t, (_request, response) => response.writeHead(403).end(JSON.stringify({ error: message })));
  await t.rejects(connect(url), { message: `${url} answers GET /_emulator with 403: ${message}` });
});

t.test("emulator without an operation that the client has: ConnectionError that says which", async (t) => {
  const refuse: RequestListener = ({ method, url }, response) =>
    response.writeHead(404).end(JSON.stringify({ error: `there is no ${method} ${url} in the control API` }));
  const older = "the emulator is older than this client; update the emulator";
  const { "/_emulator": about } = FIRST_ANSWERS;
  const oldest = await servingAs(t, refuse, { "/_emulator": about as object });
  await t.rejects(connect(oldest), {
    name: "ConnectionError",
    message: `${oldest} answers GET /_emulator/accounts/${ACCOUNT} with 404: ${older}`,
  });
  const url = await servingAs(t, refuse);
  const handle = await connect(url);
  t.same([handle.accountSid, handle.authToken], [ACCOUNT, ""]);
  await t.rejects(handle.account(ACCOUNT).reset(), {
    message: `${url} answers POST /_emulator/reset?account=${ACCOUNT} with 404: ${older}`,
  });
});

t.test("connection lost during a call or an answer: ConnectionError", async (t) => {
  const url = await servingAs(t, ({ url = "", socket }, response) => {
    if (url.endsWith("/clock")) socket.destroy();
    else response.writeHead(200, { "content-length": 100 }).write("{", () => socket.destroy());
  });
  const handle = await connect(url);
  await t.rejects(handle.clock.read(), {
    name: "ConnectionError",
    message: `no emulator answers at ${url} (ECONNRESET)`,
  });
  await t.rejects(handle.health(), { name: "ConnectionError", message: `no emulator answers at ${url} (ECONNRESET)` });
});

t.test("signal aborted while the answer arrives: rejects with its reason", async (t) => {
  const controller = new AbortController();
  const url = await servingAs(t, (_request, response) => {
    response.writeHead(200).write("{", () => controller.abort(new Error("enough")));
  });
  const { requests } = await connect(url);
  await t.rejects(requests.waitFor({ signal: controller.signal }), { message: "enough" });
});

t.test("https with a certificate authority that Node.js does not trust: ConnectionError with the cause", async (t) => {
  const [{ url }] = await bothHandles(t);
  await t.rejects(connect(url.replace("http:", "https:")), {
    message: /^no emulator answers at https:.* \([A-Z_]+\)$/,
  });
});

t.test("https with a trusted certificate authority, IPv6 if there is one: connected", async (t) => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
  const { url, close } = await startEmulator({ host: hasIpv6 ? "::1" : "127.0.0.1" });
  t.teardown(close);
  const authorities = getCACertificates();
  setDefaultCACertificates([...authorities, await (await fetch(`${url}/_emulator/ca.pem`)).text()]);
  t.teardown(() => setDefaultCACertificates(authorities));
  for (const address of [url, url.replace("http:", "https:")]) {
    const { recordings } = await connect(address);
    t.ok((await recordings.get(EXAMPLE)).media_url.startsWith(address));
  }
});

t.test("token given at the emulator's start: not returned", async (t) => {
  const { url, close } = await startEmulator({ account: { sid: ACCOUNT, authToken: "real" } });
  t.teardown(close);
  const { accountSid, authToken } = await connect(url);
  t.same([accountSid, authToken], [ACCOUNT, ""]);
});

t.test("emulator without an account: connected, also with a token; accounts can be created", async (t) => {
  const emulator = await startEmulator({ controlToken: "token" });
  t.teardown(emulator.close);
  await emulator.import({ accounts: [] });
  const handle = await connect(emulator.url, { token: "token" });
  t.same([handle.accountSid, handle.authToken], ["", ""]);
  await t.rejects(connect(emulator.url), ConnectionError);
  const { accountSid } = await handle.accounts.create({ recordings: "none" });
  t.equal((await connect(emulator.url, { token: "token" })).accountSid, accountSid);
});

t.test("import of a file of 20 MB: streamed, in batches", async (t) => {
  const [inProcess, handle] = await bothHandles(t);
  const { accounts } = await inProcess.export();
  const text = "x".repeat(20_000);
  const recordings = [{ sid: numbered("01"), account_sid: ACCOUNT }] as never;
  const transcriptions = Array.from({ length: 1000 }, (_, index) => ({
    sid: `TR${String(index).padStart(32, "0")}`,
    account_sid: ACCOUNT,
    recording_sid: numbered("01"),
    transcription_text: text,
  })) as never;
  await handle.import({ accounts, recordings, transcriptions });
  t.match(await handle.health(), { counts: { recordings: 1, transcriptions: 1000 } });
  const exported = await handle.export();
  t.strictSame(exported, await inProcess.export());
});
