import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { startEmulator } from "../../src/index.js";
import { ACCOUNT, AUTHORIZED, configWith, EXAMPLE, pathOf } from "../support/emulator.js";

async function start(t: Test, host = "127.0.0.1") {
  const emulator = await startEmulator(configWith({ host }), () => {});
  t.teardown(() => emulator.close());
  return emulator;
}

/** Sends bytes on a connection of their own and reads until the server ends it. */
async function exchange(port: number, bytes: Buffer | string, host = "127.0.0.1"): Promise<string> {
  const socket = connect(port, host);
  socket.end(bytes);
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    answer += chunk;
  });
  // What the server does not want to read may end in a reset.
  await new Promise((resolve) => socket.once("close", resolve).on("error", () => {}));
  return answer;
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

t.test("without Host: media_url names the address that was reached (200)", async (t) => {
  for (const [host, shown] of [
    ["127.0.0.1", "127.0.0.1"],
    ["::1", "[::1]"],
  ] as const) {
    const { port, url } = await start(t, host);
    t.equal(url, `http://${shown}:${port}`);
    const answer = await exchange(
      port,
      `GET ${pathOf(EXAMPLE)} HTTP/1.0\r\nAuthorization: ${AUTHORIZED.authorization}\r\n\r\n`,
      host,
    );
    t.equal(JSON.parse(bodyOf(answer)).media_url, `${url}/2010-04-01/Accounts/${ACCOUNT}/Recordings/${EXAMPLE}`);
  }
});

t.test("a wildcard address: the URL is one that a client can use", async (t) => {
  t.match((await start(t, "0.0.0.0")).url, /^http:\/\/localhost:\d+$/);
});

t.test("a port in use: refused with what to do", async (t) => {
  const { port } = await start(t);
  await t.rejects(
    startEmulator(configWith({ port }), () => {}),
    {
      message: `port ${port} on 127.0.0.1 is in use: choose another with --port, 0 for any free one`,
    },
  );
  await t.rejects(
    startEmulator(configWith({ host: "no such host" }), () => {}),
    /^cannot listen on no such host port 0 \(/,
  );
});

t.test("fixtures that cannot be read: refused, and the database is free again", async (t) => {
  const data = t.testdir({});
  await t.rejects(
    startEmulator(configWith({ data, fixtures: join(data, "none") }), () => {}),
    /none cannot be read/,
  );
  await (await startEmulator(configWith({ data }), () => {})).close();
});

t.test("not HTTP: Twilio's error form and headers (400, 20001)", async (t) => {
  const { port } = await start(t);
  for (const bytes of ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`]) {
    const answer = await exchange(port, bytes);
    t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    t.match(answer, /\r\nTwilio-Request-Id: RQ[0-9a-f]{32}\r\n/);
    t.match(answer, /\r\nX-Twilio-Error-Code: 20001\r\n/);
    t.match(JSON.parse(bodyOf(answer)), {
      code: 20001,
      status: 400,
      message: /^Malformed request: the request is not valid HTTP \(HPE_/,
    });
  }
});

t.test("a client that goes away in the middle of a request disturbs nobody", async (t) => {
  const { port, url } = await start(t);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\n");
  // Once a later connection is answered, the server has read the line above.
  await fetch(`${url}/_emulator/health`);
  socket.resetAndDestroy();
  await once(socket, "close");
  t.equal((await fetch(`${url}/_emulator/health`)).status, 200);
});

t.test("an expectation that nobody knows is ignored (404)", async (t) => {
  const { port } = await start(t);
  const answer = await exchange(
    port,
    `GET /x.json HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\nAuthorization: ${AUTHORIZED.authorization}\r\n\r\n`,
  );
  t.match(answer, /^HTTP\/1\.1 404 /);
});

t.test("any bytes as path, header or query: never a 5xx, always Twilio's body", async (t) => {
  const { port } = await start(t);
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
  const common = [
    "/2010-04-01/Accounts/",
    ACCOUNT,
    "/Recordings/",
    EXAMPLE,
    ".json",
    "?",
    "IncludeSoftDeleted=",
    "%",
    "/",
    "..",
    "*",
    "http://",
  ];
  const target = fc.array(
    fc.oneof(
      bytes(12),
      fc.constantFrom(...common).map((text) => Buffer.from(text)),
    ),
    { maxLength: 8 },
  );
  const name = fc.constantFrom(
    "Host",
    "Accept",
    "Content-Type",
    "Content-Length",
    "Expect",
    "Upgrade",
    "Accept-Version",
    "Authorization",
    "Connection",
    "Transfer-Encoding",
    "Accept-Encoding",
    "X-HTTP-Method-Override",
  );
  const header = fc.tuple(
    fc.oneof(
      name.map((text) => Buffer.from(text)),
      bytes(8),
    ),
    bytes(24),
  );
  const method = fc.constantFrom("GET", "DELETE", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "PROPFIND");
  await fc.assert(
    fc.asyncProperty(
      method,
      target,
      fc.array(header, { maxLength: 3 }),
      fc.boolean(),
      async (method, target, headers, authorized) => {
        const request = Buffer.concat([
          Buffer.from(`${method} /`),
          ...target,
          Buffer.from(" HTTP/1.1\r\nConnection: close\r\n"),
          ...(authorized ? [Buffer.from(`Authorization: ${AUTHORIZED.authorization}\r\n`)] : []),
          ...headers.flatMap(([key, value]) => [key, Buffer.from(": "), value, Buffer.from("\r\n")]),
          Buffer.from("\r\n"),
        ]);
        for (const answer of (await exchange(port, request)).split(/(?=HTTP\/1\.1 \d{3} )/)) check(answer, method);
      },
    ),
    { numRuns: 400 },
  );
  t.pass("no other answer was seen");

  function check(answer: string, method: string): void {
    if (answer === "") return;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
    if (status === 100) return;
    if (!/\r\ntwilio-request-id: RQ/i.test(answer)) throw new Error(`not Twilio's: ${answer}`);
    if (status >= 500) throw new Error(`a server error: ${answer}`);
    const body = bodyOf(answer);
    const empty = status === 204 || method === "HEAD";
    const twilios =
      /"sid":"RE/.test(body) || /^{"code":\d{5},"message":/.test(body) || /<RestException><Code>\d{5}</.test(body);
    if (empty ? body !== "" && status !== 400 : !twilios) throw new Error(`not Twilio's: ${answer}`);
  }
});

t.test("close", async (t) => {
  const connected = async (port: number): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  t.test("ends idle connections: after a request, before one, and in the middle of one's headers", async (t) => {
    const emulator = await startEmulator(configWith({}), () => {});
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) =>
      get(`${emulator.url}/x`, { agent }, (response) => response.resume().on("end", resolve)),
    );
    const silent = await connected(emulator.port);
    const halfway = await connected(emulator.port);
    halfway.write("GET / HTTP/1.1\r\n");
    const ended = [silent, halfway].map((socket) => once(socket.resume(), "close"));
    await emulator.close();
    await Promise.all(ended);
    agent.destroy();
    t.pass("closed");
  });
  t.test("lets a request under way end, and then its connection", async (t) => {
    const emulator = await startEmulator(configWith({}), () => {});
    const socket = await connected(emulator.port);
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    const credentials = `Authorization: ${AUTHORIZED.authorization}\r\n`;
    const path = pathOf("RE00000000000000000000000000000005");
    socket.write(
      `GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\nDELETE ${path} HTTP/1.1\r\nHost: a\r\n${credentials}\r\n`,
    );
    await once(socket, "data");
    const ended = once(socket, "close");
    await Promise.all([emulator.close(), ended]);
    t.match(answer, /^HTTP\/1\.1 200 OK/);
    t.match(answer, /HTTP\/1\.1 204 No Content/);
  });
});
