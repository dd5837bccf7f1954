import t from "tap";
import { AUTHORIZED, EXAMPLE, emulator, numbered, pathOf } from "../support/emulator.js";

const ALWAYS = {
  "x-home-region": "us1",
  "x-api-domain": "api.twilio.com",
  "x-powered-by": "AT-5000",
  "x-shenanigans": "none",
};
const STRICT = { "strict-transport-security": "max-age=31536000" };
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers":
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key",
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-expose-headers": "ETag",
  "access-control-allow-credentials": "true",
};
const COMMON = {
  ...ALWAYS,
  ...CORS,
  "twilio-request-id": /^RQ[0-9a-f]{32}$/,
  "twilio-request-duration": /^\d+\.\d{3}$/,
};

t.test("headers", async (t) => {
  const { app, send } = await emulator(t);
  for (const [name, url, status] of [
    ["a recording", pathOf(EXAMPLE), 200],
    ["an unknown recording", pathOf(numbered("99")), 404],
    ["a faulty parameter", `${pathOf(EXAMPLE)}?IncludeSoftDeleted=x`, 400],
  ] as const) {
    t.test(`${name}: ${status}, all common headers, Twilio-Concurrent-Requests 1`, async (t) => {
      const { headers, statusCode } = await send(url);
      t.equal(statusCode, status);
      t.match(headers, { ...COMMON, "twilio-concurrent-requests": "1" });
      t.equal(headers["content-type"], "application/json; charset=utf-8");
      for (const name of ["etag", "last-modified", "cache-control", "content-encoding"]) t.notOk(headers[name], name);
    });
  }
  t.test("recording: no X-Twilio-Error-Code", async (t) => {
    t.notOk((await send(pathOf(EXAMPLE))).headers["x-twilio-error-code"]);
  });
  t.test("error: X-Twilio-Error-Code", async (t) => {
    t.equal((await send(pathOf(numbered("99")))).headers["x-twilio-error-code"], "20404");
  });
  t.test("delete: 204, common headers, no Content-Type", async (t) => {
    const { headers } = await send(pathOf(numbered("05")), { method: "DELETE" });
    t.match(headers, COMMON);
    t.notOk(headers["content-type"]);
  });
  t.test("401: challenge, JSON without a charset, no Twilio-Concurrent-Requests", async (t) => {
    const { headers } = await app.inject(pathOf(EXAMPLE));
    t.equal(headers["content-type"], "application/json");
    t.match(headers, { ...COMMON, "www-authenticate": 'Basic realm="Twilio API"', "x-twilio-error-code": "20003" });
    t.notOk(headers["twilio-concurrent-requests"]);
    const xml = await app.inject(pathOf(EXAMPLE).replace(".json", ".xml"));
    t.equal(xml.headers["content-type"], "application/xml");
  });
  t.test("Strict-Transport-Security: for names of other machines, not for localhost and the like", async (t) => {
    for (const [host, isSent] of [
      ["api.twilio.com", true],
      ["api.twilio.com:443", true],
      ["twilio:2010", true],
      ["10.1.2.3:2010", true],
      ["localhost.example.com", true],
      ["notlocalhost", true],
      ["[2001:db8::1]:2010", true],
      ["localhost", false],
      ["LocalHost:2010", false],
      ["localhost.:2010", false],
      ["app.localhost:2010", false],
      ["a.b.localhost", false],
      ["127.0.0.1:2010", false],
      ["127.1.2.3", false],
      ["[::1]:2010", false],
      ["[::ffff:127.0.0.1]", false],
    ] as const) {
      const { headers } = await send(pathOf(EXAMPLE), { headers: { host } });
      t.match(headers, COMMON);
      t.equal(headers["strict-transport-security"], isSent ? STRICT["strict-transport-security"] : undefined, host);
    }
  });
  t.test("Twilio-Request-Id: unique, and the same sequence for the same seed", async (t) => {
    const ids = async (randomSeed: number) => {
      const { app } = await emulator(t, { randomSeed });
      const answers = [await app.inject("/1"), await app.inject("/2")];
      return answers.map(({ headers }) => headers["twilio-request-id"]);
    };
    const [first, same, other] = [await ids(1), await ids(1), await ids(2)];
    t.not(first[0], first[1]);
    t.same(first, same);
    t.notSame(first, other);
  });
});

t.test("OPTIONS without credentials: 204, CORS headers", async (t) => {
  const { app } = await emulator(t);
  for (const url of [pathOf(EXAMPLE), "/unknown"]) {
    const answer = await app.inject({ method: "OPTIONS", url, headers: { origin: "https://app.example.com" } });
    t.equal(answer.statusCode, 204);
    t.equal(answer.body, "");
    t.match(answer.headers, COMMON);
  }
});

t.test("--no-cors: no CORS headers on any response, other headers unchanged", async (t) => {
  const { app, send } = await emulator(t, { noCors: true });
  const preflight = await app.inject({ method: "OPTIONS", url: pathOf(EXAMPLE) });
  t.equal(preflight.statusCode, 204);
  for (const { headers } of [
    preflight,
    await send(pathOf(EXAMPLE)),
    await send("/unknown"),
    await app.inject("/unknown"),
  ]) {
    t.match(headers, ALWAYS);
    for (const name of Object.keys(CORS)) t.notOk(name in headers, name);
  }
});

t.test("error for a path without .json: 404, application/xml", async (t) => {
  const { send } = await emulator(t);
  const answer = await send("/2010-04-01/a%26%3Cb%3E%01");
  t.equal(answer.statusCode, 404);
  t.equal(answer.headers["content-type"], "application/xml");
  t.equal(
    answer.body,
    "<?xml version='1.0' encoding='UTF-8'?>\n" +
      "<TwilioResponse><RestException><Code>20404</Code>" +
      "<Message>The requested resource /2010-04-01/a&amp;&lt;b&gt;\uFFFD was not found</Message>" +
      "<MoreInfo>https://www.twilio.com/docs/errors/20404</MoreInfo><Status>404</Status></RestException></TwilioResponse>",
  );
});

t.test("internal error: 500, 20500, X-Emulator-Fault", async (t) => {
  const { app, state } = await emulator(t);
  await app.ready();
  state.database.exec("DROP TABLE recordings");
  const answer = await app.inject({ url: pathOf(EXAMPLE), headers: AUTHORIZED });
  t.equal(answer.statusCode, 500);
  t.equal(answer.headers["x-emulator-fault"], "internal");
  t.same(answer.json(), {
    code: 20500,
    message: "Internal Server Error",
    more_info: "https://www.twilio.com/docs/errors/20500",
    status: 500,
  });
});
