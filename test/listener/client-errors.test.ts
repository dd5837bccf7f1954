import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import t, { type Test } from "tap";
import { openAuthority } from "../../src/listener/authority.js";
import { answerClientErrors } from "../../src/listener/client-errors.js";
import { servePort } from "../../src/listener/port.js";
import { TIMEOUTS } from "../../src/listener/timeouts.js";
import { createRandomSequences } from "../../src/state/random.js";
import { createCommonHeaders } from "../../src/twilio-api/response/headers.js";
import { emulator } from "../support/emulator.js";
import { tunnelTo } from "../support/tls.js";

interface ServerOptions {
  headersTimeout?: number;
  requestTimeout?: number;
  connectionsCheckingInterval?: number;
  firstByteTimeout?: number;
}

/** A server with the emulator's listener, and a connection to it. */
async function serverWith(t: Test, serve: RequestListener, { firstByteTimeout, ...options }: ServerOptions = {}) {
  const server = createServer(options, serve).on(
    "clientError",
    answerClientErrors(createRandomSequences(1), createCommonHeaders({ noCors: false })),
  );
  const end = servePort(server, {
    authority: openAuthority({ data: ":memory:", tlsNames: [], ca: undefined }, () => {}),
    tlsNames: [],
    tunnelOthers: false,
    onError: () => {},
    ...(firstByteTimeout !== undefined && { firstByteTimeout }),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    end();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  t.teardown(() => socket.destroy());
  return { server, port, socket, whole: textOf(socket) };
}

async function textOf(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.once("close", resolve).on("error", () => {}));
  return text;
}

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const CHUNKED = "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

const BAD_BODY = `${CHUNKED}zz\r\n`;

t.test("invalid HTTP during a download: the whole download, then one 400, 20001", async (t) => {
  const answers: ServerResponse[] = [];
  const { server, socket, whole } = await serverWith(t, (_request, answer) => {
    answers.push(answer);
    answer.writeHead(200, { "Content-Length": 10 }).write("first");
  });
  socket.write(REQUEST);
  await once(socket, "data");
  // The parser rejects each chunk.
  for (const nonsense of ["nonsense\r\n\r\n", "more of it\r\n\r\n"]) {
    const refused = once(server, "clientError");
    socket.write(nonsense);
    await refused;
  }
  answers[0]?.end("final");
  const text = await whole;
  t.match(text, /^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nfirstfinalHTTP\/1\.1 400 Bad Request\r\n/);
  t.equal(text.split("HTTP/1.1 400").length, 2);
  t.match(text, /"code":20001/);
});

t.test("invalid HTTP while a response is pending: the response, then 400", async (t) => {
  const { server, socket, whole } = await serverWith(t, (_request, answer) => {
    server.once("clientError", () => answer.end("late"));
  });
  socket.write(`${REQUEST}nonsense\r\n\r\n`);
  t.match(await whole, /^HTTP\/1\.1 200 OK[\s\S]*late[\s\S]*HTTP\/1\.1 400 Bad Request\r\n/);
});

t.test("invalid HTTP while a response with Connection: close is pending: the response only", async (t) => {
  const { server, socket, whole } = await serverWith(t, (_request, answer) => {
    server.once("clientError", () => answer.setHeader("Connection", "close").end("late"));
  });
  socket.write(`${REQUEST}nonsense\r\n\r\n`);
  const text = await whole;
  t.match(text, /^HTTP\/1\.1 200 OK[\s\S]*late/);
  t.notMatch(text, /HTTP\/1\.1 400/);
});

t.test("invalid HTTP after a complete response: 400 at once", async (t) => {
  const { socket, whole } = await serverWith(t, (_request, answer) => answer.end("sent"));
  socket.write(REQUEST);
  await once(socket, "data");
  socket.write("nonsense\r\n\r\n");
  t.match(await whole, /sent[\s\S]*HTTP\/1\.1 400 Bad Request\r\n/);
});

t.test("malformed body of a second, pipelined request: the first response, then 400", async (t) => {
  const { server, socket, whole } = await serverWith(t, (request, answer) => {
    // The second request gets no response before its body arrives.
    if (request.headers["transfer-encoding"] === undefined) server.once("clientError", () => answer.end("earlier"));
  });
  socket.write(REQUEST + BAD_BODY);
  t.match(await whole, /^HTTP\/1\.1 200 OK[\s\S]*earlier[\s\S]*HTTP\/1\.1 400 Bad Request\r\n/);
});

t.test("malformed body during its own response: the response only, then closed", async (t) => {
  const { server, socket, whole } = await serverWith(t, (_request, answer) => {
    answer.writeHead(200, { "Content-Length": 10 }).write("first");
    server.once("clientError", () => answer.end("final"));
  });
  socket.write(CHUNKED);
  await once(socket, "data");
  socket.write("zz\r\n");
  const text = await whole;
  t.match(text, /firstfinal$/);
  t.notMatch(text, /HTTP\/1\.1 400/);
});

t.test("malformed body after its own response: closed, no second response", async (t) => {
  const { socket, whole } = await serverWith(t, (_request, answer) => answer.end("sent"));
  socket.write(CHUNKED);
  await once(socket, "data");
  socket.write("zz\r\n");
  const text = await whole;
  t.match(text, /sent/);
  t.notMatch(text, /HTTP\/1\.1 400/);
});

t.test("timeouts", async (t) => {
  const never: RequestListener = (_request, answer) => void answer.on("error", () => {});
  const short = { headersTimeout: 20, requestTimeout: 30, connectionsCheckingInterval: 5 };

  t.test("request without its body: 408, 20001", async (t) => {
    const { socket, whole } = await serverWith(t, never, short);
    socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    const text = await whole;
    t.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    t.match(JSON.parse(text.slice(text.indexOf("\r\n\r\n"))), {
      code: 20001,
      message: "Malformed request: it took too long (ERR_HTTP_REQUEST_TIMEOUT)",
      status: 408,
    });
  });
  t.test("incomplete headers: 408", async (t) => {
    const { socket, whole } = await serverWith(t, never, short);
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
    t.match(await whole, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  });
  t.test("connection or tunnel without a byte: closed without a response", async (t) => {
    const { port, whole } = await serverWith(t, never, { firstByteTimeout: 20 });
    t.equal(await whole, "");
    const { line, body } = await tunnelTo(port, "api.twilio.com:443");
    t.equal(line, "200 Connection established");
    t.equal(await body(), "");
  });
  t.test("incomplete TLS handshake: closed", async (t) => {
    const { socket, whole } = await serverWith(t, never, short);
    socket.write(Buffer.from([0x16, 3, 1]));
    t.equal(await whole, "");
  });
  t.test("slow response to a complete request: no timeout", async (t) => {
    const { server, port, socket, whole } = await serverWith(
      t,
      (request, answer) => {
        // The later, incomplete request times out first.
        if (request.url === "/") server.once("clientError", () => answer.setHeader("Connection", "close").end("late"));
      },
      { ...short, firstByteTimeout: 20 },
    );
    socket.write(REQUEST);
    const other = connect(port, "127.0.0.1");
    other.write("GET /other HTTP/1.1\r\n");
    t.match(await textOf(other), /^HTTP\/1\.1 408 /);
    t.match(await whole, /^HTTP\/1\.1 200 OK[\s\S]*late/);
  });
  t.test("timeouts of the emulator: those of TIMEOUTS", async (t) => {
    const { server } = (await emulator(t)).app;
    t.same(
      [server.headersTimeout, server.requestTimeout, server.keepAliveTimeout],
      [TIMEOUTS.headers, TIMEOUTS.request, TIMEOUTS.keepAlive],
    );
  });
});
