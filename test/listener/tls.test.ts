import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { mock } from "node:test";
import t, { type Test } from "tap";
import { openAuthority } from "../../src/listener/authority.js";
import { endOfTls } from "../../src/listener/tls.js";
import { AUTHORIZED, DAY, EXAMPLE, numbered, pathOf } from "../support/emulator.js";
import { running, runningWithCa } from "../support/running.js";
import { ask, tlsTo } from "../support/tls.js";

const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));

t.test("every certified name on one port: trusted, media_url with https and that name", async (t) => {
  const { port, ca } = await runningWithCa(t, { tlsNames: ["twilio", "10.1.2.3"] });
  for (const name of [
    "api.twilio.com",
    "api.ie1.twilio.com",
    "API.Dublin.IE1.twilio.com",
    "localhost",
    "host.docker.internal",
    "twilio",
  ]) {
    const socket = await tlsTo(port, { ca, servername: name });
    const { media_url } = bodyOf(await ask(socket, pathOf(EXAMPLE), { Host: name, ...AUTHORIZED }));
    t.equal(media_url, `https://${name}${pathOf(EXAMPLE).replace(".json", "")}`);
  }
  for (const host of ["127.0.0.1", "::1", "10.1.2.3"]) {
    const socket = await tlsTo(port, { ca, checkServerIdentity: () => undefined });
    const certificate = new X509Certificate(socket.getPeerCertificate().raw);
    socket.destroy();
    t.ok(certificate.checkIP(host), host);
  }
});

t.test("ALPN h2 and http/1.1: HTTP/1.1, keep-alive; h2 only: handshake fails", async (t) => {
  const { port, ca } = await runningWithCa(t);
  const socket = await tlsTo(port, { ca, servername: "localhost", ALPNProtocols: ["h2", "http/1.1"] });
  t.equal(socket.alpnProtocol, "http/1.1");
  const request = `GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\n`;
  socket.write(request);
  await once(socket, "data");
  t.match(await ask(socket, "/_emulator/health", { Host: "a" }), /^HTTP\/1\.1 200 OK/);
  await t.rejects(tlsTo(port, { ca, servername: "localhost", ALPNProtocols: ["h2"] }));
});

t.test("name that is not Twilio's API: certificate without that name", async (t) => {
  const { port, ca } = await runningWithCa(t);
  for (const servername of ["example.com", "video.twilio.com"]) {
    await t.rejects(tlsTo(port, { ca, servername }), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, servername);
  }
});

t.test("invalid HTTP over TLS: 400, 20001; invalid TLS after the first byte: closed", async (t) => {
  const { port, ca, url } = await runningWithCa(t);
  const socket = await tlsTo(port, { ca, servername: "localhost" });
  socket.write("nonsense\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  t.match(bodyOf(answer), { code: 20001 });
  const other = connect(port, "127.0.0.1");
  other.on("error", () => {}).resume();
  other.write(Buffer.concat([Buffer.from([0x16]), Buffer.from("nonsense")]));
  await once(other, "close");
  t.equal((await fetch(`${url}/_emulator/health`)).status, 200);
});

t.test("client that resets while the authority is created: authority is still served", async (t) => {
  const emulator = await running(t);
  const socket = connect(emulator.port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(Buffer.from([0x16]));
  await fetch(`${emulator.url}/_emulator/health`);
  socket.resetAndDestroy();
  await once(socket, "close");
  t.equal((await fetch(`${emulator.url}/_emulator/ca.pem`)).status, 200);
});

t.test("unusable stored authority: TLS connections closed, ca.pem 500 with the reason, plain HTTP 200", async (t) => {
  const data = t.testdir({ "certificate-authority.pem": "nonsense" });
  const emulator = await running(t, { data });
  await t.rejects(tlsTo(emulator.port, { servername: "localhost", rejectUnauthorized: false }));
  const answer = await fetch(`${emulator.url}/_emulator/ca.pem`);
  t.equal(answer.status, 500);
  t.match(await answer.json(), { error: /certificate-authority\.pem cannot be used/ });
  t.equal((await fetch(`${emulator.url}/_emulator/health`)).status, 200);
});

t.test("unusable --ca-cert and unreadable fixtures: both reported", async (t) => {
  const folder = t.testdir({ "a.json": "{}", "ca.pem": "", "ca.key": "" });
  const ca = { cert: join(folder, "ca.pem"), key: join(folder, "ca.key") };
  await t.rejects(running(t, { ca }), /--ca-cert .* cannot be used/);
  await t.rejects(
    running(t, { ca, data: folder, fixtures: join(folder, "none") }),
    /none cannot be read[\s\S]*--ca-cert .* cannot be used/,
  );
});

t.test("certificates", async (t) => {
  /** Returns a function that fetches the certificate for a name; a separate server, so that tests can mock the time. */
  async function certificates(t: Test) {
    const authority = openAuthority({ data: ":memory:", tlsNames: [], ca: undefined }, () => {});
    const end = endOfTls(authority, []);
    const server = createServer(async (socket: Socket) => (await end(socket)).on("error", () => {}).resume());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => server.close());
    const { port } = server.address() as { port: number };
    return async (servername: string) => {
      const socket = await tlsTo(port, { servername, rejectUnauthorized: false });
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
  }

  t.test("30 days or more left: reused; less: renewed", async (t) => {
    const certificateFor = await certificates(t);
    const before = [await certificateFor("localhost"), await certificateFor("api.ie1.twilio.com")];
    t.same([await certificateFor("api.twilio.com"), await certificateFor("api.ie1.twilio.com")], before);
    mock.timers.enable({ apis: ["Date"], now: Date.now() + 365 * DAY });
    t.teardown(() => mock.timers.reset());
    t.same([await certificateFor("localhost"), await certificateFor("api.ie1.twilio.com")], before);
    mock.timers.setTime(Date.now() + 3 * DAY);
    t.not(await certificateFor("localhost"), before[0]);
    t.not(await certificateFor("api.ie1.twilio.com"), before[1]);
  });

  t.test("regions: the 100 most recently used certificates are cached", async (t) => {
    const certificateFor = await certificates(t);
    const [first, second] = [await certificateFor("api.r1.twilio.com"), await certificateFor("api.r2.twilio.com")];
    for (let region = 3; region <= 100; region++) await certificateFor(`api.r${region}.twilio.com`);
    t.equal(await certificateFor("api.r1.twilio.com"), first);
    await certificateFor("api.r101.twilio.com");
    t.equal(await certificateFor("api.r1.twilio.com"), first);
    t.not(await certificateFor("api.r2.twilio.com"), second);
  });
});

t.test(
  "close: connections before, in and after the handshake end within 200 ms; pending responses complete",
  async (t) => {
    const { port, ca, close } = await runningWithCa(t);
    const idle = await tlsTo(port, { ca, servername: "localhost" });
    idle.write("GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(idle, "data");
    const busy = await tlsTo(port, { ca, servername: "localhost" });
    const head = `Host: a\r\nAuthorization: ${AUTHORIZED.authorization}\r\nContent-Length: 2\r\n\r\n`;
    const health = "GET /_emulator/health HTTP/1.1\r\nHost: a\r\n\r\n";
    busy.write(`${health}DELETE ${pathOf(numbered("05"))} HTTP/1.1\r\n${head}`);
    await once(busy, "data");
    const halfway = connect(port, "127.0.0.1");
    halfway.write(Buffer.from([0x16, 3, 1]));
    const silent = await tlsTo(port, { ca, servername: "localhost" });
    const ended = [idle, halfway, silent].map((socket) => once(socket.on("error", () => {}).resume(), "close"));
    const before = performance.now();
    const closed = close();
    await Promise.all(ended);
    t.ok(performance.now() - before < 200);
    let answer = "";
    busy.on("data", (chunk) => {
      answer += chunk;
    });
    busy.write("{}");
    await Promise.all([closed, once(busy, "close")]);
    t.match(answer, /^HTTP\/1\.1 204 No Content[\s\S]*connection: close/i);
  },
);
