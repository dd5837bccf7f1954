import type { lookup } from "node:dns";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import t, { type Test } from "tap";
import { answerConnect } from "../../src/listener/connect.js";
import { lookupReachable } from "../../src/listener/reachable.js";
import { AUTHORIZED, EXAMPLE, numbered, pathOf } from "../support/emulator.js";
import { running, runningWithCa } from "../support/running.js";
import { ask, tlsTo, tunnelTo } from "../support/tls.js";

const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));

t.test("CONNECT to Twilio's API of any region and edge: served by the emulator, media_url with https", async (t) => {
  const { port, ca } = await runningWithCa(t);
  for (const name of ["api.twilio.com", "api.ie1.twilio.com", "API.dublin.ie1.twilio.com"]) {
    const { line, socket } = await tunnelTo(port, `${name}:443`);
    t.equal(line, "200 Connection established");
    const { media_url } = bodyOf(
      await ask(await tlsTo(port, { socket, ca, servername: name }), pathOf(EXAMPLE), { Host: name, ...AUTHORIZED }),
    );
    t.equal(media_url, `https://${name}${pathOf(EXAMPLE).replace(".json", "")}`);
  }
});

t.test("CONNECT: exact status line `200 Connection established`", async (t) => {
  const { port } = await runningWithCa(t);
  const socket = connect(port, "127.0.0.1");
  socket.write("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: api.twilio.com:443\r\n\r\n");
  const [answer] = await once(socket, "data");
  socket.destroy();
  t.equal(String(answer), "HTTP/1.1 200 Connection established\r\n\r\n");
});

t.test("plain HTTP in a tunnel, pipelined; tunnel over TLS to the emulator: 200", async (t) => {
  const { port, ca } = await runningWithCa(t);
  const socket = await tlsTo(port, { ca, servername: "localhost" });
  socket.write("CONNECT api.twilio.com:80 HTTP/1.1\r\nHost: a\r\n\r\n");
  const answer = await ask(socket, pathOf(EXAMPLE), { Host: "api.twilio.com", ...AUTHORIZED });
  t.match(answer, /^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  const outer = await tlsTo(port, { ca, servername: "localhost" });
  outer.write("CONNECT api.twilio.com:443 HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(outer, "data");
  const inner = await tlsTo(port, { socket: outer, ca, servername: "api.twilio.com" });
  t.match(await ask(inner, pathOf(EXAMPLE), { Host: "api.twilio.com", ...AUTHORIZED }), /^HTTP\/1\.1 200 OK/);
});

t.test("CONNECT to another host: 403, with the option that allows it", async (t) => {
  const { port } = await runningWithCa(t);
  for (const target of ["example.com:443", "video.twilio.com:443", "[::1]:443", "localhost:443", "nonsense"]) {
    const { line, body } = await tunnelTo(port, target);
    t.equal(line, "403 Forbidden", target);
    t.same(JSON.parse(await body()), {
      error: `no tunnel to ${target}: not Twilio's API; --tunnel-others allows it`,
    });
  }
});

t.test("CONNECT with an invalid host or port: 400", async (t) => {
  const { port } = await runningWithCa(t);
  for (const target of ["a:99999", ":443"]) {
    const { line, body } = await tunnelTo(port, target);
    t.equal(line, "400 Bad Request", target);
    t.same(JSON.parse(await body()), { error: `invalid CONNECT target ${target}; expected: host:port` });
  }
});

t.test("with tunnelOthers", async (t) => {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  t.teardown(() => echo.close());
  await once(echo, "listening");
  const target = `127.0.0.1:${(echo.address() as AddressInfo).port}`;

  t.test("other host: data in both directions, also sent before the tunnel is open", async (t) => {
    const { port } = await runningWithCa(t, { tunnelOthers: true });
    const { line, socket, body } = await tunnelTo(port, target);
    t.equal(line, "200 Connection established");
    socket.end("hello");
    t.equal(await body(), "hello");
    const early = connect(port, "127.0.0.1");
    early.end(`CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\nearly`);
    let answer = "";
    for await (const chunk of early) answer += chunk;
    t.equal(answer, "HTTP/1.1 200 Connection established\r\n\r\nearly");
  });

  t.test("unreachable host: 502", async (t) => {
    const { port } = await runningWithCa(t, { tunnelOthers: true });
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port: unused } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const { line, body } = await tunnelTo(port, `127.0.0.1:${unused}`);
    t.equal(line, "502 Bad Gateway");
    t.match(JSON.parse(await body()), { error: /ECONNREFUSED/ });
  });

  t.test("reset by client or host: the other side is closed", async (t) => {
    const { port } = await runningWithCa(t, { tunnelOthers: true });
    const accepted = once(echo, "connection");
    const { socket } = await tunnelTo(port, target);
    const [far] = await accepted;
    socket.resetAndDestroy();
    await once(
      far.on("error", () => {}),
      "close",
    );
    const again = once(echo, "connection");
    const { socket: other } = await tunnelTo(port, target);
    const [end] = await again;
    end.resetAndDestroy();
    await once(other.on("error", () => {}).resume(), "close");
    t.pass("both closed");
  });

  /** Starts a proxy that looks names up with `resolve`. */
  async function proxyWith(t: Test, resolve: (name: string, options: object, done: Done) => void): Promise<number> {
    const server = createHttpServer();
    server.on("connection", (socket) => socket.on("error", () => socket.destroy()));
    server.on(
      "connect",
      answerConnect(() => {}, true, lookupReachable(resolve as typeof lookup)),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => server.close());
    return (server.address() as AddressInfo).port;
  }
  type Done = (error: Error | null, found?: object | string, family?: number) => void;

  t.test("link-local and metadata addresses, literal or resolved: 403", async (t) => {
    const { port } = await runningWithCa(t, { tunnelOthers: true });
    for (const host of ["169.254.169.254", "0xa9fea9fe", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.1.1]"]) {
      const { line, body } = await tunnelTo(port, `${host}:80`);
      t.equal(line, "403 Forbidden", host);
      t.same(JSON.parse(await body()), {
        error: `no tunnel to ${host}:80: link-local addresses and metadata services are not allowed`,
      });
    }
    const found = [
      { address: "127.0.0.1", family: 4 },
      { address: "169.254.169.254", family: 4 },
    ];
    const resolving = await proxyWith(t, (_name, _options, done) => done(null, found));
    const { line, body } = await tunnelTo(resolving, "metadata.example:80");
    t.equal(line, "403 Forbidden");
    t.match(JSON.parse(await body()), { error: /^no tunnel to metadata\.example \(169\.254\.169\.254\): / });
  });

  t.test("name that resolves: 200; name that does not: 502", async (t) => {
    const known = await proxyWith(t, (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]));
    const { line, socket } = await tunnelTo(known, `echo.example:${target.split(":")[1]}`);
    t.equal(line, "200 Connection established");
    socket.destroy();
    const unknown = await proxyWith(t, (_name, _options, done) => done(new Error("ENOTFOUND")));
    const refused = await tunnelTo(unknown, "nowhere.example:80");
    t.equal(refused.line, "502 Bad Gateway");
    t.same(JSON.parse(await refused.body()), { error: "ENOTFOUND" });
  });

  for (const [how, request, leave] of [
    ["ends", "", "end"],
    ["resets", "", "resetAndDestroy"],
    ["has sent data and resets", "early", "resetAndDestroy"],
  ] as const) {
    t.test(`client that ${how} its connection during the name lookup: no connection to the host`, async (t) => {
      let resolved: Done = () => {};
      let asked = () => {};
      const asking = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const port = await proxyWith(t, (_name, _options, done) => {
        resolved = done;
        asked();
      });
      const client = connect(port, "127.0.0.1");
      client.write(`CONNECT slow.example:${target.split(":")[1]} HTTP/1.1\r\nHost: a\r\n\r\n${request}`);
      await asking;
      client[leave]();
      await once(client.on("error", () => {}).resume(), "close");
      // The response to a later request implies that the proxy has processed the end.
      await tunnelTo(port, "api.twilio.com:443").then(({ socket }) => socket.destroy());
      let connections = 0;
      const count = () => connections++;
      echo.on("connection", count);
      resolved(null, [{ address: "127.0.0.1", family: 4 }]);
      const own = connect(Number(target.split(":")[1]), "127.0.0.1");
      await once(own, "connect");
      own.end("bye");
      await once(own.resume(), "close");
      echo.off("connection", count);
      t.equal(connections, 1);
    });
  }

  t.test("close: tunnels to the emulator and to other hosts end within 200 ms", async (t) => {
    const emulator = await running(t, { tunnelOthers: true });
    const accepted = once(echo, "connection");
    const tunnels = [await tunnelTo(emulator.port, target), await tunnelTo(emulator.port, "api.twilio.com:443")];
    const [far] = await accepted;
    const sockets = [far, ...tunnels.map(({ socket }) => socket)];
    const ended = sockets.map((socket) => once(socket.on("error", () => {}).resume(), "close"));
    const before = performance.now();
    await Promise.all([emulator.close(), ...ended]);
    t.ok(performance.now() - before < 200);
  });
});

t.test("absolute-form target: its scheme and authority override Host and connection", async (t) => {
  const { port } = await runningWithCa(t);
  for (const [origin, shown] of [
    ["http://api.twilio.com", "http://api.twilio.com"],
    ["HTTPS://user:secret@api.twilio.com:8443", "https://api.twilio.com:8443"],
  ] as const) {
    const socket = connect(port, "127.0.0.1");
    const answer = await ask(socket, origin + pathOf(numbered("05")), { Host: "other", ...AUTHORIZED });
    t.equal(bodyOf(answer).media_url, shown + pathOf(numbered("05")).replace(".json", ""));
  }
});
