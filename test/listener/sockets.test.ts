import { once } from "node:events";
import { Agent, get, METHODS } from "node:http";
import { connect, Server, type Socket } from "node:net";
import { join } from "node:path";
import { mock } from "node:test";
import fc from "fast-check";
import t, { type Test } from "tap";
import { run } from "../../src/emulator.js";
import { ACCOUNT, AUTHORIZED, configWith, EXAMPLE, pathOf } from "../support/emulator.js";

async function start(t: Test, host = "127.0.0.1") {
  const emulator = await run(configWith({ host }), { notice() {} });
  t.teardown(() => emulator.close());
  return emulator;
}

/** Sends bytes on a new connection and reads until the server closes it. */
async function exchange(port: number, bytes: Buffer | string, host = "127.0.0.1"): Promise<string> {
  const socket = connect(port, host);
  socket.end(bytes);
  let answer = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    answer += chunk;
  });
  // Bytes that the server does not read may cause a reset.
  await new Promise((resolve) => socket.once("close", resolve).on("error", () => {}));
  return answer;
}

const bodyOf = (answer: string) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

t.test("no Host header: 200, media_url with the address of the connection", async (t) => {
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

t.test("wildcard address: URL with localhost", async (t) => {
  t.match((await start(t, "0.0.0.0")).url, /^http:\/\/localhost:\d+$/);
});

t.test("port in use: error with a remedy", async (t) => {
  const { port } = await start(t);
  await t.rejects(run(configWith({ port }), { notice() {} }), {
    message: `port ${port} on 127.0.0.1 is in use: choose another with --port, 0 for any free one`,
  });
  await t.rejects(
    run(configWith({ host: "no such host" }), { notice() {} }),
    /^cannot listen on no such host port 0 \(/,
  );
});

t.test("privileged port: error with a remedy", async (t) => {
  t.capture(Server.prototype, "listen", function (this: Server) {
    process.nextTick(() => this.emit("error", Object.assign(new Error("permission denied"), { code: "EACCES" })));
    return this;
  });
  await t.rejects(run(configWith({ port: 443 }), { notice() {} }), {
    message:
      /^this user may not listen on 127\.0\.0\.1 port 443 \(permission denied\): choose a port from 1024 on with --port;/,
  });
});

t.test("unreadable fixtures: error, and the database is closed", async (t) => {
  const data = t.testdir({});
  await t.rejects(run(configWith({ data, fixtures: join(data, "none") }), { notice() {} }), /none cannot be read/);
  await (await run(configWith({ data }), { notice() {} })).close();
});

t.test("corrupt database and invalid fixtures: both reported", async (t) => {
  const fixtures = t.testdir({ "emulator.db": "no database", "a.json": "{}" });
  const refused = (account?: { sid: string; authToken: string }) =>
    run(configWith({ data: fixtures, fixtures, account }), { notice() {} }).catch((error: Error) => error.message);
  t.match(await refused(), /is corrupt .*\n.* have 1 error\(s\):\n.*no account in any file/);
  t.notMatch(await refused({ sid: ACCOUNT, authToken: "token" }), /no account/);
});

t.test("DELETE with a malformed body: 400, not deleted", async (t) => {
  const { port, url } = await start(t);
  const head = `Host: a\r\nAuthorization: ${AUTHORIZED.authorization}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answer = await exchange(port, `DELETE ${pathOf(EXAMPLE)} HTTP/1.1\r\n${head}zz\r\n`);
  t.match(answer, /^HTTP\/1\.1 400 /);
  t.equal((await fetch(url + pathOf(EXAMPLE), { headers: AUTHORIZED })).status, 200);
});

t.test("every method of node:http: never a 5xx", async (t) => {
  const { port } = await start(t);
  const head = `Host: a\r\nConnection: close\r\nAuthorization: ${AUTHORIZED.authorization}\r\n\r\n`;
  for (const method of METHODS) {
    // CONNECT opens a tunnel: see connect.test.ts.
    if (method === "CONNECT") continue;
    const answer = await exchange(port, `${method} ${pathOf("RE1")} HTTP/1.1\r\n${head}`);
    const known = { GET: 404, HEAD: 404, DELETE: 404, OPTIONS: 204 } as Record<string, number>;
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${known[method] ?? 405} `), method);
  }
});

t.test("invalid HTTP: 400, 20001, Twilio's error form and headers", async (t) => {
  const { port } = await start(t);
  for (const bytes of ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", `GET /${"a".repeat(20_000)} HTTP/1.1\r\n\r\n`]) {
    const answer = await exchange(port, bytes);
    t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
    t.match(answer, /\r\nTwilio-Request-Id: RQ[0-9a-f]{32}\r\n/);
    t.match(answer, /\r\nX-Twilio-Error-Code: 20001\r\n/);
    t.match(JSON.parse(bodyOf(answer)), {
      code: 20001,
      status: 400,
      message: /^Malformed request: the HTTP parser refuses it \(HPE_/,
    });
  }
});

t.test("client that resets in the middle of a request: other clients are still served", async (t) => {
  const { port, url } = await start(t);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\n");
  // The response to a later connection implies that the server has read the line above.
  await fetch(`${url}/_emulator/health`);
  socket.resetAndDestroy();
  await once(socket, "close");
  t.equal((await fetch(`${url}/_emulator/health`)).status, 200);
});

t.test("unknown Expect header: 404, ignored", async (t) => {
  const { port } = await start(t);
  const answer = await exchange(
    port,
    `GET /x.json HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\nAuthorization: ${AUTHORIZED.authorization}\r\n\r\n`,
  );
  t.match(answer, /^HTTP\/1\.1 404 /);
});

t.test("random bytes as path, header or query: never a 5xx, always Twilio's body", async (t) => {
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
  const method = fc.constantFrom("GET", "DELETE", "HEAD", "POST", ...METHODS.filter((name) => name !== "CONNECT"));
  await fc.assert(
    fc.asyncProperty(
      method,
      target,
      fc.array(header, { maxLength: 3 }),
      fc.boolean(),
      fc.constantFrom("/", "", "http://"),
      async (method, target, headers, authorized, start) => {
        const request = Buffer.concat([
          Buffer.from(`${method} ${start}`),
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
  t.pass("no other response");

  function check(answer: string, method: string): void {
    if (answer === "") return;
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
    if (status === 100) return;
    // The root describes the emulator.
    if (status === 200 && !/\r\ntwilio-request-id: /i.test(answer)) {
      if (method !== "HEAD" && JSON.parse(bodyOf(answer)).name !== "twilio-recordings-emulator") {
        throw new Error(`neither Twilio's nor the root's: ${answer}`);
      }
      return;
    }
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
  t.test("idle connections, after a request, before one or with incomplete headers: closed", async (t) => {
    const emulator = await run(configWith({}), { notice() {} });
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
  t.test("pending requests: completed with Connection: close, then the connection is closed", async (t) => {
    const emulator = await run(configWith({}), { notice() {} });
    const socket = await connected(emulator.port);
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      answer += chunk;
    });
    const path = pathOf("RE00000000000000000000000000000005");
    const head = `Host: a\r\nAuthorization: ${AUTHORIZED.authorization}\r\n`;
    // The first response implies that the server has read the second request, whose body is still missing.
    const health = "GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\n";
    socket.write(`${health}DELETE ${path} HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n`);
    await once(socket, "data");
    const closed = emulator.close();
    const ended = once(socket, "close");
    socket.write(`{}GET ${path} HTTP/1.1\r\n${head}\r\n`);
    await Promise.all([closed, ended]);
    t.match(answer, /^HTTP\/1\.1 200 OK/);
    t.match(answer, /HTTP\/1\.1 204 No Content[\s\S]*Connection: close/i);
  });
  t.test("pending request that never completes: closed after 5 s", async (t) => {
    const emulator = await run(configWith({}), { notice() {} });
    const socket = await connected(emulator.port);
    const head = `Host: a\r\nAuthorization: ${AUTHORIZED.authorization}\r\n`;
    socket.write(`DELETE ${pathOf(EXAMPLE)} HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\n`);
    // The response to a later request implies that the server has read this one.
    await fetch(`${emulator.url}/_emulator/health`);
    mock.timers.enable({ apis: ["setTimeout"] });
    t.teardown(() => mock.timers.reset());
    const closed = emulator.close();
    // close() sets its timer in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(5000);
    await Promise.all([closed, once(socket.resume(), "close")]);
    t.pass("closed");
  });
});

t.test("header names: Twilio's case, no Keep-Alive", async (t) => {
  const { port } = await start(t);
  const headOf = (answer: string) => answer.slice(0, answer.indexOf("\r\n\r\n")).split("\r\n").slice(1);
  const namesOf = (answer: string) => headOf(answer).map((line) => line.slice(0, line.indexOf(":")));
  const ask = (path: string, version = "1.1", ...fields: string[]) => {
    const lines = [`GET ${path} HTTP/${version}`, "Host: api.twilio.com", ...fields];
    return exchange(port, `${lines.join("\r\n")}\r\n\r\n`);
  };
  const authorized = `Authorization: ${AUTHORIZED.authorization}`;
  const common = [
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Date",
    "Strict-Transport-Security",
    "Twilio-Request-Duration",
    "Twilio-Request-Id",
    "X-API-Domain",
    "X-Home-Region",
    "X-Powered-By",
    "X-Shenanigans",
  ];
  const media = pathOf(EXAMPLE).replace(".json", ".wav");
  for (const [title, path, fields, more] of [
    ["a recording", pathOf(EXAMPLE), [authorized], ["Twilio-Concurrent-Requests"]],
    ["a 404", "/unknown", [authorized], ["Twilio-Concurrent-Requests", "X-Twilio-Error-Code"]],
    ["a 401", pathOf(EXAMPLE), [], ["WWW-Authenticate", "X-Twilio-Error-Code"]],
    ["a stream", media, [authorized], ["Accept-Ranges", "Twilio-Concurrent-Requests"]],
  ] as const) {
    t.test(title, async (t) => {
      // The third response comes from the cache.
      for (let time = 0; time < 3; time++) {
        const answer = await ask(path, "1.1", ...fields);
        t.same(namesOf(answer).sort(), [...common, ...more].sort());
        t.ok(headOf(answer).includes("Connection: keep-alive"));
      }
    });
  }
  t.test("request with Connection: close, or HTTP/1.0: Connection: close", async (t) => {
    for (const path of [pathOf(EXAMPLE), media]) {
      for (let time = 0; time < 3; time++) {
        t.ok(headOf(await ask(path, "1.1", authorized, "Connection: close")).includes("Connection: close"));
        t.ok(headOf(await ask(path, "1.0", authorized)).includes("Connection: close"));
        const kept = await ask(path, "1.0", authorized, "Connection: keep-alive");
        t.ok(headOf(kept).includes("Connection: keep-alive"));
      }
    }
  });
  t.test("control API: standard headers only", async (t) => {
    const names = namesOf(await exchange(port, "GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    t.same(names.sort(), ["Connection", "Content-Length", "Content-Type", "Date"]);
  });
});

t.test("Strict-Transport-Security: by the host of an absolute URL, else Host, else the address", async (t) => {
  const { port } = await start(t);
  const strict = /^strict-transport-security: max-age=31536000\r$/im;
  const absolute = `http://api.twilio.com${pathOf(EXAMPLE)}`;
  t.match(await exchange(port, `GET ${absolute} HTTP/1.1\r\nHost: localhost\r\n\r\n`), strict);
  t.notMatch(await exchange(port, `GET ${pathOf(EXAMPLE)} HTTP/1.0\r\n\r\n`), strict);
  t.notMatch(await exchange(port, "not HTTP\r\n\r\n"), strict);
});
