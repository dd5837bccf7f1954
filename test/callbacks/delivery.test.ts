import { createHash } from "node:crypto";
import type { LookupOptions, lookup } from "node:dns";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import t, { type Test } from "tap";
import twilio from "twilio";
import { createSender, type Delivery, type DeliveryOptions, type Outgoing } from "../../src/callbacks/delivery.js";
import { makeAuthority, makeLeaf } from "../../src/listener/x509.js";
import { receiver } from "../support/receiver.js";

// Most tests wait for a timeout of 100 ms, which undici rounds up to a second.
t.jobs = 8;

const TOKEN = "12345";
const IDEMPOTENCY_TOKEN = "00000000-0000-4000-a000-000000000000";
const NO_ANSWER = "no answer in time";

/** Returns a function that sends a callback; its sender is closed when the test ends. */
function senderOf(t: Test, options: Partial<DeliveryOptions> = {}) {
  const sender = createSender({
    publicCallbacks: false,
    trustReceivers: false,
    authorities: async () => [],
    ...options,
  });
  t.teardown(sender.close);
  const send = (url: string, changes: Partial<Outgoing> = {}): Promise<Delivery> =>
    sender.send({
      url,
      deliverTo: url,
      method: "POST",
      parameters: [
        ["CallSid", "CA1"],
        ["Body", "a b"],
      ],
      idempotencyToken: IDEMPOTENCY_TOKEN,
      authToken: TOKEN,
      ...changes,
    });
  return { send, close: sender.close };
}

async function listening(t: Test, server: Server, host = "127.0.0.1"): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => {}));
  });
  await once(server.listen(0, host), "listening");
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** Starts a server that does anything with a connection; returns its URL, and the number of connections so far. */
async function rawServer(t: Test, serve: (socket: Socket, number: number) => void, scheme = "http") {
  let connections = 0;
  const port = await listening(
    t,
    createServer((socket) => serve(socket, ++connections)),
  );
  return { url: `${scheme}://127.0.0.1:${port}/`, connections: () => connections };
}

/** Starts a receiver over TLS with a certificate for these names, of an authority that only the test knows. */
async function secureReceiver(t: Test, names: string[]) {
  const authority = await makeAuthority(["localhost", "test", "127.0.0.0/8"], Date.now());
  const { certificate: cert, key } = await makeLeaf(authority, names, Date.now());
  let requests = 0;
  const server = createHttpsServer({ cert, key }, (_request, response) => {
    requests++;
    response.end("received");
  });
  const port = await listening(t, server);
  return { server, port, authority: authority.certificate, requests: () => requests };
}

/** Resolves every name to these addresses. */
const resolveTo = (...addresses: string[]) =>
  ((_name: string, { all }: LookupOptions, done: (...found: unknown[]) => void) => {
    const found = addresses.map((address) => ({ address, family: 4 }));
    if (all) done(null, found);
    else done(null, found[0]?.address, 4);
  }) as unknown as typeof lookup;

t.test("request, byte for byte", async (t) => {
  /** Returns what arrives on a connection up to the end of the request. */
  const rawRequest = async (t: Test, changes: Partial<Outgoing>, end: string) => {
    let text = "";
    const { url } = await rawServer(t, (socket) => {
      socket.on("data", (chunk) => {
        text += chunk;
        if (text.endsWith(end)) socket.end("HTTP/1.1 204 No Content\r\n\r\n");
      });
    });
    const delivery = await senderOf(t).send(`${url}a?b=c`, changes);
    t.match(delivery, { outcome: "delivered", attempts: [{ status: 204, answer: "" }] });
    return { lines: text.split("\r\n"), url, delivery };
  };

  t.test("POST: the form in the body, Twilio's headers", async (t) => {
    const { lines, url, delivery } = await rawRequest(t, {}, "Body=a%20b");
    const signature = twilio.getExpectedTwilioSignature(TOKEN, `${url}a?b=c`, { CallSid: "CA1", Body: "a b" });
    t.same(lines, [
      "POST /a?b=c HTTP/1.1",
      `host: ${new URL(url).host}`,
      "connection: keep-alive",
      "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
      "Accept: */*",
      "User-Agent: TwilioProxy/1.1",
      "X-Home-Region: us1",
      `X-Twilio-Signature: ${signature}`,
      `I-Twilio-Idempotency-Token: ${IDEMPOTENCY_TOKEN}`,
      "content-length: 22",
      "",
      "CallSid=CA1&Body=a%20b",
    ]);
    t.equal(delivery.signedText, `${url}a?b=cBodya bCallSidCA1`);
    t.equal(delivery.body, "CallSid=CA1&Body=a%20b");
  });

  t.test("GET: the form in the query, no body and no type", async (t) => {
    const { lines, url, delivery } = await rawRequest(t, { method: "GET" }, "\r\n\r\n");
    const requested = `${url}a?b=c&CallSid=CA1&Body=a%20b`;
    t.same(lines, [
      "GET /a?b=c&CallSid=CA1&Body=a%20b HTTP/1.1",
      `host: ${new URL(url).host}`,
      "connection: keep-alive",
      "Accept: */*",
      "User-Agent: TwilioProxy/1.1",
      "X-Home-Region: us1",
      `X-Twilio-Signature: ${twilio.getExpectedTwilioSignature(TOKEN, requested, {})}`,
      `I-Twilio-Idempotency-Token: ${IDEMPOTENCY_TOKEN}`,
      "",
      "",
    ]);
    t.match(delivery, { requestedUrl: requested, signedText: requested, body: "" });
  });

  t.test("characters that no request can contain: encoded; fragment: not sent", async (t) => {
    const { port, received } = await receiver(t);
    const { send } = senderOf(t);
    t.match(await send(`http://127.0.0.1:${port}/a b/ł?x='#rc=0`), { outcome: "delivered" });
    t.match(await send(`http://127.0.0.1:${port}#rc=0`), { outcome: "delivered" });
    t.same(
      received.map(({ url }) => url),
      ["/a%20b/%C5%82?x='", "/"],
    );
  });
});

t.test("bad signature: one that no validator accepts", async (t) => {
  const { url, received } = await receiver(t);
  t.match(await senderOf(t).send(url, { hasBadSignature: true }), { outcome: "delivered" });
  const signature = received[0]?.headers["x-twilio-signature"] as string;
  t.match(signature, /^[\w+/]{27}=$/);
  t.equal(twilio.validateRequest(TOKEN, signature, url, received[0]?.form ?? {}), false);
});

t.test(
  "mapped URL: signed as before, requested elsewhere with the credentials and overrides of the first",
  async (t) => {
    const { port, received } = await receiver(t, ({ headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { "WWW-Authenticate": "Basic realm=x" });
    });
    const delivery = await senderOf(t).send("https://user:secret@app.example.com/a?b=c#rc=0", {
      deliverTo: `http://localhost:${port}/mapped?b=c`,
    });
    t.match(delivery, { outcome: "delivered", requestedUrl: `http://localhost:${port}/mapped?b=c` });
    t.equal(delivery.signedText, "https://app.example.com/a?b=cBodya bCallSidCA1");
    const get = await senderOf(t).send("https://app.example.com/a?b=c", {
      method: "GET",
      deliverTo: `http://user:secret@localhost:${port}/mapped?b=c`,
    });
    t.match(get, {
      outcome: "failed",
      attempts: [{ status: 401 }],
      requestedUrl: `http://localhost:${port}/mapped?b=c&CallSid=CA1&Body=a%20b`,
      signedText: "https://app.example.com/a?b=c&CallSid=CA1&Body=a%20b",
    });
    t.same(
      received.map(({ url, headers }) => [url, headers.host, headers.authorization]),
      [
        ["/mapped?b=c", `localhost:${port}`, undefined],
        ["/mapped?b=c", `localhost:${port}`, "Basic dXNlcjpzZWNyZXQ="],
        ["/mapped?b=c&CallSid=CA1&Body=a%20b", `localhost:${port}`, undefined],
      ],
    );
  },
);

t.test("answers", async (t) => {
  t.test("2xx and 3xx: delivered; a redirect is not followed", async (t) => {
    const { port, url, received } = await receiver(t, ({ url }, response) => {
      response.writeHead(Number(url.slice(1)), { Location: `http://127.0.0.1:${port}/200` });
    });
    const { send } = senderOf(t);
    for (const status of [200, 204, 299, 301, 302, 307, 308]) {
      const delivery = await send(new URL(`/${status}`, url).href);
      t.equal(delivery.outcome, "delivered");
      t.match(delivery.attempts, [{ status, error: undefined, debuggerCode: undefined }]);
      t.equal(delivery.attempts.length, 1);
    }
    t.equal(received.length, 7);
  });

  t.test("4xx and 5xx: failed, 11200, not tried again", async (t) => {
    const { url, received } = await receiver(t, ({ url }, response) => {
      response.writeHead(Number(url.slice(1))).end("oh no");
    });
    const { send } = senderOf(t);
    for (const status of [400, 401, 404, 429, 500, 503, 599]) {
      const delivery = await send(new URL(`/${status}`, url).href);
      t.match(delivery, { outcome: "failed", attempts: [{ status, answer: "oh no", debuggerCode: 11200 }] });
      t.equal(delivery.attempts.length, 1);
    }
    t.equal(received.length, 7);
  });

  t.test("gigabyte: the first kilobyte is kept, the connection ends", async (t) => {
    const megabyte = Buffer.alloc(1024 * 1024, "x");
    let written = 0;
    let ended: Promise<unknown> | undefined;
    const { url } = await receiver(t, (_request, response) => {
      ended = once(response, "close");
      response.writeHead(200, { "Content-Length": 1024 * megabyte.length });
      const write = () => {
        while (!response.destroyed && response.write(megabyte)) written++;
      };
      response.on("drain", write);
      write();
      return ended;
    });
    const delivery = await senderOf(t).send(url);
    t.match(delivery, { outcome: "delivered", attempts: [{ status: 200, answer: "x".repeat(1024) }] });
    await ended;
    t.ok(written < 1024, `${written} MB were written`);
  });

  t.test("text that is not UTF-8: replaced", async (t) => {
    const { url } = await receiver(t, (_request, response) => response.end(Buffer.from([0xff, 0x41])));
    t.match(await senderOf(t).send(url), { outcome: "delivered", attempts: [{ answer: "\ufffdA" }] });
  });
});

t.test("no answer on a connection that came about: failed, 11200, not tried again", async (t) => {
  const cases: [title: string, serve: (socket: Socket) => void, error: RegExp][] = [
    ["closed at once", (socket) => socket.end(), /./],
    ["closed after the request", (socket) => socket.once("data", () => socket.end()), /other side closed/],
    ["reset after the request", (socket) => socket.once("data", () => socket.resetAndDestroy()), /./],
    ["no HTTP", (socket) => socket.once("data", () => socket.end("hello\r\n\r\n")), /./],
    [
      "ends within the body",
      (socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")),
      /./,
    ],
    ["silence", () => {}, /timeout/i],
    [
      "ends within the headers",
      (socket) => socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nX-A: b\r\n")),
      /timeout/i,
    ],
    [
      "stops within the body",
      (socket) => socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")),
      /timeout/i,
    ],
  ];
  for (const [title, serve, error] of cases) {
    t.test(title, async (t) => {
      const { url, connections } = await rawServer(t, serve);
      const delivery = await senderOf(t).send(`${url}#rt=100`);
      t.match(delivery, { outcome: "failed", attempts: [{ error, debuggerCode: 11200, status: undefined }] });
      t.equal(delivery.attempts.length, 1);
      t.equal(connections(), 1);
    });
  }
});

t.test("tt: the end of all attempts together", async (t) => {
  /** Sends a byte now and then, for ever. */
  const drip = (start: string) => (socket: Socket) => {
    socket.once("data", () => {
      socket.write(start);
      const timer = setInterval(() => socket.write("x"), 10);
      socket.on("close", () => clearInterval(timer));
    });
  };
  const cases: [title: string, serve: (socket: Socket) => void][] = [
    ["silence", () => {}],
    ["slow headers", drip("HTTP/1.1 200 OK\r\nX-A: ")],
    ["slow body", drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")],
  ];
  for (const [title, serve] of cases) {
    t.test(`${title}: one attempt, although every error may be retried`, async (t) => {
      const { url, connections } = await rawServer(t, serve);
      const delivery = await senderOf(t).send(`${url}#tt=150&rc=5&rp=all`);
      t.match(delivery, { outcome: "failed", attempts: [{ error: NO_ANSWER, debuggerCode: 11200 }] });
      t.equal(delivery.attempts.length, 1);
      t.equal(connections(), 1);
    });
  }
  t.test("an error, then silence: the second attempt is the last", async (t) => {
    let requests = 0;
    const { url } = await rawServer(t, (socket) =>
      socket.on("data", () => ++requests === 1 && socket.write("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n")),
    );
    const delivery = await senderOf(t).send(`${url}#tt=300&rc=5&rp=all`);
    t.match(delivery, { outcome: "failed", attempts: [{ status: 500 }, { error: NO_ANSWER }] });
    t.equal(delivery.attempts.length, 2);
    t.equal(requests, 2);
  });
});

t.test("no connection: tried once more, 11205", async (t) => {
  t.test("nothing listens: rc more attempts", async (t) => {
    const server = createServer();
    const port = await listening(t, server);
    await new Promise((resolve) => server.close(resolve));
    const { send } = senderOf(t);
    for (const [fragment, attempts] of [
      ["", 2],
      ["#rc=0", 1],
      ["#rc=3", 4],
      ["#rc=3&rp=5xx", 1],
      ["#rc=2&rp=5xx,ct", 3],
      ["#rc=2&rp=all", 3],
    ] as const) {
      const delivery = await send(`http://127.0.0.1:${port}/${fragment}`);
      t.equal(delivery.outcome, "failed");
      t.equal(delivery.attempts.length, attempts, fragment);
      for (const { error, debuggerCode } of delivery.attempts) {
        t.match(error, /ECONNREFUSED/);
        t.equal(debuggerCode, 11205);
      }
    }
    // The error of several addresses has a code, but no message.
    const both = senderOf(t, { resolve: resolveTo("127.0.0.1", "127.0.0.2") });
    const { attempts } = await both.send(`http://app.test:${port}/#rc=0`);
    t.match(attempts, [{ debuggerCode: 11205 }]);
    t.equal(attempts[0]?.error, "ECONNREFUSED");
  });

  t.test("name without an address", async (t) => {
    const resolve = ((_name: string, _options: object, done: (error: Error) => void) =>
      done(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }))) as unknown as typeof lookup;
    const delivery = await senderOf(t, { resolve }).send("http://app.test/");
    t.match(delivery, {
      outcome: "failed",
      attempts: [{ error: /ENOTFOUND/, debuggerCode: 11205 }, { error: /ENOTFOUND/ }],
    });
  });

  t.test("silence during the handshake of TLS: ct ends it", async (t) => {
    const { url, connections } = await rawServer(t, () => {}, "https");
    const delivery = await senderOf(t).send(`${url}#ct=100`);
    t.match(delivery, { outcome: "failed", attempts: [{ debuggerCode: 11205 }, { debuggerCode: 11205 }] });
    t.equal(delivery.attempts.length, 2);
    t.equal(connections(), 2);
  });

  t.test("no TLS", async (t) => {
    const { url, connections } = await rawServer(
      t,
      (socket) => socket.on("data", () => socket.end("HTTP/1.1 400 X\r\n\r\n")),
      "https",
    );
    const delivery = await senderOf(t).send(url);
    t.match(delivery, { outcome: "failed", attempts: [{ debuggerCode: 11205 }, { debuggerCode: 11205 }] });
    t.equal(connections(), 2);
  });

  t.test("connection that ends during the handshake, then a good one: delivered with the same token", async (t) => {
    for (const cut of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.resetAndDestroy()]) {
      const { server, port, authority, requests } = await secureReceiver(t, ["localhost"]);
      server.once("connection", (socket: Socket) => socket.once("data", () => {}) && cut(socket));
      const delivery = await senderOf(t, { authorities: async () => [authority] }).send(`https://localhost:${port}/`);
      t.match(delivery, {
        outcome: "delivered",
        attempts: [{ debuggerCode: 11205 }, { status: 200, answer: "received" }],
      });
      t.equal(requests(), 1);
    }
  });
});

t.test("certificates of receivers", async (t) => {
  t.test("unknown: refused twice; accepted with trustReceivers, or with its authority", async (t) => {
    const { port, authority, requests } = await secureReceiver(t, ["localhost"]);
    const url = `https://localhost:${port}/`;
    const delivery = await senderOf(t).send(url);
    t.match(delivery, { outcome: "failed", attempts: [{ error: /certificate/, debuggerCode: 11205 }, {}] });
    t.equal(delivery.attempts.length, 2);
    t.equal(requests(), 0);
    t.match(await senderOf(t, { trustReceivers: true }).send(url), {
      outcome: "delivered",
      signedText: /^https:\/\/localhost\/B/,
    });
    t.match(await senderOf(t, { authorities: async () => [authority] }).send(url), { outcome: "delivered" });
    t.equal(requests(), 2);
  });

  t.test("of another name: refused, accepted with trustReceivers", async (t) => {
    const { port, authority, requests } = await secureReceiver(t, ["other.test"]);
    const authorities = async () => [authority];
    const url = `https://localhost:${port}/#rc=0`;
    t.match(await senderOf(t, { authorities }).send(url), { outcome: "failed", attempts: [{ debuggerCode: 11205 }] });
    t.equal(requests(), 0);
    t.match(await senderOf(t, { authorities, trustReceivers: true }).send(url), { outcome: "delivered" });
    const resolve = resolveTo("127.0.0.1");
    const named = `https://other.test:${port}/`;
    t.match(await senderOf(t, { authorities, resolve }).send(named), { outcome: "delivered" });
    t.equal(requests(), 2);
  });
});

t.test(
  "authorities that cannot be read: failed, read again for the next callback; not needed without TLS",
  async (t) => {
    const { port, authority } = await secureReceiver(t, ["localhost"]);
    const { url } = await receiver(t);
    let calls = 0;
    const authorities = async () => {
      if (++calls === 1) throw new Error("no authority");
      return [authority];
    };
    const { send, close } = senderOf(t, { authorities });
    t.match(await send(url), { outcome: "delivered" });
    t.equal(calls, 0);
    t.match(await send(`https://localhost:${port}/`), { outcome: "failed", attempts: [{ error: "no authority" }] });
    t.match(await send(`https://localhost:${port}/`), { outcome: "delivered" });
    t.equal(calls, 2);
    await t.resolves(close());
  },
);

t.test("rp: what is tried again", async (t) => {
  const { url, received, take } = await receiver(t, ({ url }, response) => {
    response.writeHead(Number(url.slice(1)));
  });
  const { send } = senderOf(t);
  for (const [status, policies, attempts] of [
    [500, "5xx", 3],
    [500, "4xx,5xx", 3],
    [500, "all", 3],
    [500, "4xx,ct,rt", 1],
    [404, "4xx", 3],
    [404, "all", 3],
    [404, "5xx,ct,rt", 1],
    [404, "ct", 1],
    [200, "all", 1],
  ] as const) {
    const delivery = await send(`${new URL(`/${status}`, url)}#rc=2&rp=${policies}`);
    t.equal(delivery.attempts.length, attempts, `${status} ${policies}`);
    const tokens = received.map(({ headers }) => headers["i-twilio-idempotency-token"]);
    t.same(new Set(tokens), new Set([IDEMPOTENCY_TOKEN]));
    t.equal(take().length, attempts);
  }
  t.test("rt: after silence", async (t) => {
    const { url, connections } = await rawServer(t, () => {});
    t.equal((await senderOf(t).send(`${url}#rt=100&rp=rt`)).attempts.length, 2);
    t.equal(connections(), 2);
  });
});

t.test("user and password in the URL", async (t) => {
  const credentials = { user: "us er", password: "pa:ss@" };
  const withUser = (url: string) => url.replace("://", "://us%20er:pa%3Ass%40@");

  t.test("no challenge: sent once, without Authorization", async (t) => {
    const { url, received } = await receiver(t);
    t.match(await senderOf(t).send(withUser(url)), { outcome: "delivered", requestedUrl: url });
    t.same(
      received.map(({ headers }) => headers.authorization),
      [undefined],
    );
  });

  t.test("401 that cannot be answered: failed after one request", async (t) => {
    for (const [challenge, isNamed] of [
      [undefined, true],
      ["Bearer", true],
      ["Basic realm=x", false],
    ] as const) {
      const { url, received } = await receiver(t, (_request, response) => {
        response.writeHead(401, challenge === undefined ? {} : { "WWW-Authenticate": challenge });
      });
      const delivery = await senderOf(t).send(isNamed ? withUser(url) : url);
      t.match(delivery, { outcome: "failed", attempts: [{ status: 401, debuggerCode: 11200 }] });
      t.equal(received.length, 1);
    }
  });

  t.test("Basic: again with Authorization, in one attempt; rejected again: failed", async (t) => {
    for (const [secret, outcome] of [
      [credentials.password, "delivered"],
      ["another", "failed"],
    ] as const) {
      const right = `Basic ${Buffer.from(`${credentials.user}:${secret}`).toString("base64")}`;
      const { url, received } = await receiver(t, ({ headers }, response) => {
        if (headers.authorization !== right) response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' });
      });
      const delivery = await senderOf(t).send(withUser(url));
      t.equal(delivery.outcome, outcome);
      t.equal(delivery.attempts.length, 1);
      t.equal(received.length, 2);
      t.equal(received[0]?.headers.authorization, undefined);
      t.same(received[0]?.body, received[1]?.body);
      const shown = JSON.stringify(delivery);
      for (const hidden of [credentials.password, "pa%3Ass%40", String(received[1]?.headers.authorization), TOKEN]) {
        t.notMatch(shown, hidden);
      }
    }
  });

  for (const [algorithm, hash] of [
    ["MD5", "md5"],
    ["SHA-256", "sha256"],
  ] as const) {
    for (const qop of [undefined, "auth", "auth-int,auth"]) {
      for (const method of ["GET", "POST"] as const) {
        t.test(`Digest, ${algorithm}, qop ${qop}, ${method}: a server accepts the response`, async (t) => {
          const digest = (text: string) => createHash(hash).update(text).digest("hex");
          const accepted: string[] = [];
          const { url, received } = await receiver(t, (request, response) => {
            const given = Object.fromEntries(
              [...(request.headers.authorization ?? "").matchAll(/(\w+)="?([^",]+)"?/g)].map(([, name, value]) => [
                name,
                value,
              ]),
            );
            const one = digest(`${credentials.user}:the realm:${credentials.password}`);
            const two = digest(`${request.method}:${request.url}`);
            const rest = qop === undefined ? "" : `${given.nc}:${given.cnonce}:auth:`;
            const isRight =
              given.response === digest(`${one}:N0nce:${rest}${two}`) &&
              given.uri === request.url &&
              given.username === credentials.user &&
              given.opaque === "0paque" &&
              given.qop === (qop && "auth");
            if (isRight) accepted.push(request.url);
            else {
              const more = qop === undefined ? "" : `, qop="${qop}"`;
              const challenge = `Digest realm="the realm", nonce="N0nce", opaque="0paque", algorithm=${algorithm}${more}`;
              response.writeHead(401, { "WWW-Authenticate": challenge });
            }
          });
          t.match(await senderOf(t).send(`${withUser(url)}?a=b`, { method }), { outcome: "delivered" });
          t.equal(received.length, 2);
          t.equal(accepted.length, 1);
        });
      }
    }
  }
});

t.test("destinations that are refused: no connection, one attempt without a debugger code", async (t) => {
  const cases: [url: string, resolve: typeof lookup | undefined, error: RegExp][] = [
    ["http://8.8.8.8/", undefined, /^8\.8\.8\.8 is a public host/],
    ["http://[2001:4860:4860::8888]:1/", undefined, /^2001:4860:4860::8888 is a public host/],
    ["http://134744072/", undefined, /^8\.8\.8\.8 is a public host/],
    ["http://169.254.169.254/latest/meta-data", undefined, /link-local/],
    ["http://[::ffff:169.254.169.254]/", undefined, /link-local/],
    ["http://app.example.com/", resolveTo("8.8.8.8"), /^app\.example\.com \(8\.8\.8\.8\) is a public host/],
    ["https://app.example.com/", resolveTo("8.8.8.8"), /^app\.example\.com \(8\.8\.8\.8\) is a public host/],
    ["http://app.test/", resolveTo("169.254.169.254"), /^app\.test \(169\.254\.169\.254\) is a link-local/],
  ];
  for (const [url, resolve, error] of cases) {
    const delivery = await senderOf(t, resolve && { resolve }).send(`${url}#rc=5&rp=all&tt=2000`);
    t.match(delivery, { outcome: "refused", attempts: [{ error, debuggerCode: undefined }] }, url);
    t.equal(delivery.attempts.length, 1);
  }
});

t.test("public name with a private address, and names of IPv6: delivered", async (t) => {
  const { port, received } = await receiver(t);
  const { send } = senderOf(t, { resolve: resolveTo("127.0.0.1") });
  t.match(await send(`http://app.example.com:${port}/`), { outcome: "delivered" });
  t.equal(received[0]?.headers.host, `app.example.com:${port}`);
});

t.test("close: ends deliveries under way", async (t) => {
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const { url } = await rawServer(t, (socket) => socket.once("data", arrived));
  const { send, close } = senderOf(t);
  const delivery = send(url);
  await arrival;
  await close();
  t.match(await delivery, { outcome: "failed", attempts: [{ debuggerCode: 11200, status: undefined }] });
});
